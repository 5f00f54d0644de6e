package io.sluicemq.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one program of a comparison is asked to do: {@code MODE [ENDPOINT] SIZE COUNT [WARMUP] [--OPTION[=VALUE]...]}, in the order
 * of libzmq's perf programs. Modes that begin with {@code inproc-} take no endpoint.
 */
final class PerfArguments {
    private static final String INPROC_ENDPOINT = "inproc://perf";
    private static final Set<String> OPTIONS = new TreeSet<>(Set.of(
            "verify",
            "single-producer",
            "invoked",
            "hwm",
            "idle",
            "peers",
            "rate",
            "by-reference",
            "tls",
            "quic",
            "batch",
            "group",
            "directory",
            "qos",
            "window",
            "synced"));

    private final String mode;
    private final Load load;
    private final Map<String, String> options;
    private final boolean invoked;
    private final Idle idle;

    private PerfArguments(final String mode, final Load load, final Map<String, String> options) {
        this.mode = mode;
        this.load = load;
        this.options = options;
        // Asked for in the loops that are measured.
        invoked = options.containsKey("invoked");
        idle = Idle.valueOf(options.getOrDefault("idle", "block").toUpperCase(Locale.ROOT));
    }

    static PerfArguments parse(final String... args) {
        final Map<String, String> options = new HashMap<>();
        final String[] words = new String[args.length];
        int count = 0;
        for (final String arg : args) {
            if (arg.startsWith("--")) {
                putOption(options, arg.substring(2));
            } else {
                words[count++] = arg;
            }
        }
        final boolean inproc = count > 0 && words[0].startsWith("inproc-");
        final int first = inproc ? 1 : 2;
        if (count < first + 2 || count > first + 3) {
            throw new IllegalArgumentException("words=" + count + ", limit=" + (first + 2) + ".." + (first + 3)
                    + ", give MODE " + (inproc ? "" : "ENDPOINT ") + "SIZE COUNT [WARMUP]");
        }
        final Load load = new Load(
                inproc ? INPROC_ENDPOINT : endpoint(words[1], options),
                (int) number("SIZE", words[first], 0),
                number("COUNT", words[first + 1], 2),
                count == first + 3 ? number("WARMUP", words[first + 2], 0) : 0,
                options.containsKey("verify"));
        return new PerfArguments(words[0], load, options);
    }

    private static String endpoint(final String plain, final Map<String, String> options) {
        if (options.containsKey("quic")) {
            return plain.replaceFirst("^tcp:", "quic:");
        }
        return options.containsKey("tls") ? "tls+" + plain : plain;
    }

    private static void putOption(final Map<String, String> options, final String text) {
        final int equals = text.indexOf('=');
        final String name = equals < 0 ? text : text.substring(0, equals);
        if (!OPTIONS.contains(name)) {
            throw new IllegalArgumentException("option=--" + name + ", limit=" + OPTIONS + ", correct it");
        }
        options.put(name, equals < 0 ? "" : text.substring(equals + 1));
    }

    private static long number(final String name, final String text, final long least) {
        try {
            final long value = Long.parseLong(text);
            if (value >= least && value <= Integer.MAX_VALUE) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // Told below, together with a value out of range.
        }
        throw new IllegalArgumentException(
                name + "=" + text + ", limit=" + least + ".." + Integer.MAX_VALUE + ", give a whole number");
    }

    String mode() {
        return mode;
    }

    Load load() {
        return load;
    }

    /** One thread alone sends, and says so. */
    boolean singleProducer() {
        return options.containsKey("single-producer");
    }

    /** One payload is sent again and again without a copy. */
    boolean byReference() {
        return options.containsKey("by-reference");
    }

    /** What passes is encrypted, over tcp. */
    boolean tls() {
        return options.containsKey("tls");
    }

    /** Over quic in the place of tcp. */
    boolean quic() {
        return options.containsKey("quic");
    }

    /** The measuring thread does the I/O. */
    boolean invoked() {
        return invoked;
    }

    /** High-water marks in messages. */
    int highWaterMark(final int byDefault) {
        return number("hwm", byDefault);
    }

    /** Sockets on the side that has many. */
    int peers() {
        return number("peers", 1);
    }

    /** Messages a second of a run at a fixed rate. */
    int rate() {
        return number("rate", 10_000);
    }

    /** Records of one append to a journal. */
    int batch() {
        return number("batch", 1);
    }

    /** Records of one sync of a journal, 0 for none. */
    int group() {
        return number("group", 0);
    }

    /** Where the processes of a run keep what is durable. */
    Path directory() {
        final String text = options.get("directory");
        if (text == null) {
            throw new IllegalArgumentException("--directory=none, limit=one, name an empty one or none that exists");
        }
        return Path.of(text);
    }

    /** The same, or the endpoint of a run that has nothing else. */
    Path files() {
        return options.containsKey("directory") ? directory() : Path.of(load.endpoint());
    }

    /** Quality of service of MQTT. */
    int qos() {
        return number("qos", 1);
    }

    /** Messages under way to be acknowledged. */
    int window() {
        return number("window", 1024);
    }

    /** What is acknowledged survives the loss of power; else the end of a process. */
    boolean synced() {
        return options.containsKey("synced");
    }

    /** What a loop does that finds nothing to do. */
    Idle idle() {
        return idle;
    }

    private int number(final String name, final int byDefault) {
        final String text = options.get(name);
        return text == null ? byDefault : (int) number("--" + name, text, 0);
    }
}
