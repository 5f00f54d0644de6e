package io.sluicemq.cli;

import io.sluicemq.stat.StatReader;
import io.sluicemq.stat.StatSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what running processes count: sockets, peers, queues, drops by cause. */
@Command(
        name = "stat",
        mixinStandardHelpOptions = true,
        header = "Shows the sockets, peers, queues and drops of running processes.",
        description = {
            "",
            "Reads the statistics files that processes of this user keep; it neither stops nor slows them. A socket "
                    + "is shown with its id, its type, the endpoints that it is bound and connected to, and its "
                    + "counts; below it, why messages were dropped, and its peers. A peer is CONNECTING, HANDSHAKING, "
                    + "READY or CLOSING; queued are messages that wait for it, as of the last second.",
            "docs/observing.md tells what each number counts, and the names of the JSON object.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice stat                     all processes of this user",
            "  sluice stat 4711 --watch 1      one process, with rates, once a second",
            "  sluice stat --json              one JSON object a line, for programs"
        })
final class StatCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "PID|FILE",
            description = "a process, or a statistics file (default: all processes of this user)")
    private String target;

    @Option(names = "--json", description = "print one JSON object a line, one for each context of a process")
    private boolean json;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            description = "print again every so many seconds, with rates, until a signal or the end of the process")
    private Double watchSeconds;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Map<Path, StatSnapshot> previous = new HashMap<>();
    private long previousNs;

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (watchSeconds == null) {
            return show() > 0 || target == null ? ExitCodes.OK : ExitCodes.FAILURE;
        }
        if (!(watchSeconds >= 0.1 && watchSeconds <= 86_400)) {
            throw new IllegalArgumentException(
                    "watch=" + watchSeconds + ", limit=0.1..86400 s, give seconds in that range");
        }
        return Lifetime.run(stopped::countDown, this::watch);
    }

    private int watch() throws InterruptedException, IOException {
        final long periodNs = (long) (watchSeconds * 1e9);
        boolean seen = false;
        while (true) {
            final boolean none = show() == 0;
            if (none && target != null) {
                return seen ? ExitCodes.OK : ExitCodes.FAILURE;
            }
            seen = true;
            if (stopped.await(periodNs, TimeUnit.NANOSECONDS)) {
                return ExitCodes.OK;
            }
        }
    }

    /** How many contexts were shown. */
    private int show() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final long nowNs = System.nanoTime();
        final double seconds = (nowNs - previousNs) / 1e9;
        int shown = 0;
        for (final Path file : files()) {
            final StatSnapshot snapshot = read(file);
            if (snapshot != null) {
                final StatReport report = new StatReport(file, snapshot, previous.get(file), seconds);
                out.println(json ? report.json() : report.text());
                previous.put(file, snapshot);
                shown++;
            }
        }
        previousNs = nowNs;
        out.flush();
        if (shown == 0) {
            final String what = target == null ? "processes" : "processes(" + target + ")";
            tell(what + "=0, limit=running ones of this user that use SluiceMQ, start one or name its file");
        }
        return shown;
    }

    private List<Path> files() throws IOException {
        if (target == null) {
            return StatReader.list();
        }
        if (!target.chars().allMatch(Character::isDigit) || Files.exists(Path.of(target))) {
            return List.of(Path.of(target));
        }
        return StatReader.list().stream()
                .filter(file -> (file.getFileName() + "-").startsWith(target + "-"))
                .toList();
    }

    /** Null when the process has ended meanwhile, or cannot be read and is one of many: then the others are shown. */
    private StatSnapshot read(final Path file) throws IOException {
        try {
            return StatReader.open(file);
        } catch (final IOException e) {
            if (!Files.exists(file)) {
                return null;
            }
            if (target != null) {
                throw e;
            }
            tell(e.getMessage());
            return null;
        }
    }

    private void tell(final String text) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + text);
    }
}
