package io.sluicemq.bench;

import java.util.Arrays;
import java.util.Locale;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Throughput and round trips of JeroMQ, with the modes and arguments of libzmq's perf programs:
 *
 * <pre>
 * local-thr|remote-thr|local-lat|remote-lat ENDPOINT SIZE COUNT [WARMUP]
 * inproc-thr|inproc-lat SIZE COUNT [WARMUP]
 * </pre>
 *
 * <p>Both sides of a run take the same SIZE, COUNT and WARMUP: WARMUP messages pass before the COUNT that are measured. The
 * receiver's clock runs from the message before the first measured one to the last, so a run without warm-up measures COUNT - 1
 * messages. The last line is {@code <integer> msg/s} or {@code <number> us p50}. Socket options are JeroMQ's defaults, except
 * for the handshake interval.
 */
public final class JeroMqPerf {

    /** JeroMQ 0.6.0 leaves some connections silent until this time is over and it connects anew (zeromq/jeromq#1022). */
    private static final int HANDSHAKE_MS = 1_000;

    private static final String INPROC_ENDPOINT = "inproc://perf";
    private static final String USAGE =
            "usage: JeroMqPerf local-thr|remote-thr|local-lat|remote-lat ENDPOINT SIZE COUNT [WARMUP]"
                    + System.lineSeparator()
                    + "       JeroMqPerf inproc-thr|inproc-lat SIZE COUNT [WARMUP]";

    private final String endpoint;
    private final int size;
    private final int count;
    private final int warmup;

    private JeroMqPerf(final String endpoint, final int size, final int count, final int warmup) {
        this.endpoint = endpoint;
        this.size = size;
        this.count = count;
        this.warmup = warmup;
    }

    /**
     * Runs one side, or both for inproc.
     *
     * @param args mode and its arguments.
     * @throws InterruptedException when interrupted while waiting for the other thread of an inproc run.
     */
    public static void main(final String[] args) throws InterruptedException {
        final boolean inproc = args.length > 0 && args[0].startsWith("inproc-");
        final int first = inproc ? 1 : 2;
        if (args.length < first + 2 || args.length > first + 3) {
            System.err.println(USAGE);
            System.exit(2);
        }
        final JeroMqPerf run = new JeroMqPerf(
                inproc ? INPROC_ENDPOINT : args[1],
                parse("SIZE", args[first], 0),
                parse("COUNT", args[first + 1], 2),
                args.length == first + 3 ? parse("WARMUP", args[first + 2], 0) : 0);
        try (ZMQ.Context context = ZMQ.context(1)) {
            run.run(args[0], context);
        }
    }

    private void run(final String mode, final ZMQ.Context context) throws InterruptedException {
        switch (mode) {
            case "local-thr" -> pull(open(context, SocketType.PULL, true));
            case "remote-thr" -> push(open(context, SocketType.PUSH, false));
            case "local-lat" -> reply(open(context, SocketType.REP, true));
            case "remote-lat" -> request(open(context, SocketType.REQ, false));
            case "inproc-thr" -> {
                final ZMQ.Socket pull = open(context, SocketType.PULL, true);
                final Thread other = new Thread(() -> push(open(context, SocketType.PUSH, false)), "push");
                other.start();
                pull(pull);
                other.join();
            }
            case "inproc-lat" -> {
                final ZMQ.Socket rep = open(context, SocketType.REP, true);
                final Thread other = new Thread(() -> request(open(context, SocketType.REQ, false)), "request");
                other.start();
                reply(rep);
                other.join();
            }
            default -> {
                System.err.println(USAGE);
                System.exit(2);
            }
        }
    }

    private ZMQ.Socket open(final ZMQ.Context context, final SocketType type, final boolean binds) {
        final ZMQ.Socket socket = context.socket(type);
        socket.setHandshakeIvl(HANDSHAKE_MS);
        if (!(binds ? socket.bind(endpoint) : socket.connect(endpoint))) {
            throw new IllegalStateException("cannot open endpoint=" + endpoint + " errno=" + socket.errno());
        }
        return socket;
    }

    private void push(final ZMQ.Socket socket) {
        try (socket) {
            final byte[] message = new byte[size];
            for (int i = 0; i < warmup + count; i++) {
                require(socket.send(message, 0), "send");
            }
        }
    }

    private void pull(final ZMQ.Socket socket) {
        try (socket) {
            final int before = Math.max(1, warmup);
            final int measured = warmup > 0 ? count : count - 1;
            receive(socket, before);
            final long startNs = System.nanoTime();
            receive(socket, measured);
            final long elapsedNs = Math.max(1, System.nanoTime() - startNs);
            System.out.println(Math.round(measured * 1e9 / elapsedNs) + " msg/s");
        }
    }

    private void reply(final ZMQ.Socket socket) {
        try (socket) {
            for (int i = 0; i < warmup + count; i++) {
                require(socket.send(receiveOne(socket), 0), "send");
            }
        }
    }

    private void request(final ZMQ.Socket socket) {
        final long[] roundTripsNs = new long[count];
        try (socket) {
            final byte[] message = new byte[size];
            for (int i = 0; i < warmup + count; i++) {
                final long startNs = System.nanoTime();
                require(socket.send(message, 0), "send");
                receiveOne(socket);
                if (i >= warmup) {
                    roundTripsNs[i - warmup] = System.nanoTime() - startNs;
                }
            }
        }
        Arrays.sort(roundTripsNs);
        System.out.println(String.format(Locale.ROOT, "%.3f us p50", roundTripsNs[count / 2] / 1e3));
    }

    private void receive(final ZMQ.Socket socket, final int messages) {
        for (int i = 0; i < messages; i++) {
            receiveOne(socket);
        }
    }

    private byte[] receiveOne(final ZMQ.Socket socket) {
        final byte[] message = socket.recv(0);
        require(message != null && message.length == size, "receive");
        return message;
    }

    private static void require(final boolean done, final String what) {
        if (!done) {
            throw new IllegalStateException("JeroMQ failed to " + what);
        }
    }

    private static int parse(final String name, final String text, final int least) {
        try {
            final int value = Integer.parseInt(text);
            if (value >= least) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // Told below, together with a value that is too small.
        }
        System.err.println(
                "JeroMqPerf: " + name + "=" + text + ", limit=" + least + ", give a whole number from the limit on");
        System.exit(2);
        return least;
    }
}
