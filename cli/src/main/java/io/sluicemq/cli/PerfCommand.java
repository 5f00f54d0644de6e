package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.Socket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures throughput and round trips; either side of a run may be libzmq's own program. */
@Command(
        name = "perf",
        mixinStandardHelpOptions = true,
        header = "Measures messages a second and round-trip times.",
        description = {
            "",
            "The arguments are those of libzmq's perf programs, so that either side of a run can be libzmq's. "
                    + "Give both sides the same SIZE, COUNT and WARMUP.",
            ""
        },
        synopsisSubcommandLabel = "MODE",
        commandListHeading = "%nModes:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  One process, two threads, ten million messages of 64 B:",
            "    sluice perf inproc-thr 64 10000000 1000000",
            "  Two processes, round trips over tcp:",
            "    sluice perf local-lat tcp://127.0.0.1:5555 64 100000 20000 &",
            "    sluice perf remote-lat tcp://127.0.0.1:5555 64 100000 20000",
            "",
            "The last line of a throughput run is '<integer> msg/s', of a latency run '<number> us p50'."
        })
final class PerfCommand implements Runnable {
    private static final String INPROC = "inproc://perf";
    private static final Duration LINGER = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a MODE is missing");
    }

    @Command(name = "local-thr", header = "PULL: binds, receives, prints the rate.", mixinStandardHelpOptions = true)
    int localThroughput(@Mixin final Target target, @Mixin final Tuning tuning)
            throws InterruptedException, IOException {
        final PerfRun run = target.run();
        try (Context context = tuning.context(run);
                PullSocket pull = context.pull(tuning.options())) {
            return Lifetime.run(() -> pull.close(Duration.ZERO), () -> {
                final PerfRun bound = bind(pull, tuning, run, "local-thr");
                report(bound, tuning).throughput(PerfLoops.pull(pull, bound));
                return ExitCodes.OK;
            });
        }
    }

    @Command(name = "remote-thr", header = "PUSH: connects and sends.", mixinStandardHelpOptions = true)
    int remoteThroughput(@Mixin final Target target, @Mixin final Tuning tuning)
            throws InterruptedException, IOException {
        final PerfRun run = target.run();
        try (Context context = tuning.context(run);
                PushSocket push = context.push(tuning.options().toBuilder()
                        .listener(teller("remote-thr"))
                        .build())) {
            return Lifetime.run(() -> push.close(Duration.ZERO), () -> {
                push.connect(run.endpoint());
                PerfLoops.push(push, run);
                requireNothingLeft(push.close(LINGER));
                return ExitCodes.OK;
            });
        }
    }

    @Command(name = "local-lat", header = "REP: binds and replies.", mixinStandardHelpOptions = true)
    int localLatency(@Mixin final Target target, @Mixin final Tuning tuning) throws InterruptedException, IOException {
        final PerfRun run = target.run();
        try (Context context = tuning.context(run);
                RepSocket rep = context.rep(tuning.options())) {
            return Lifetime.run(() -> rep.close(Duration.ZERO), () -> {
                PerfLoops.reply(rep, bind(rep, tuning, run, "local-lat"));
                requireNothingLeft(rep.close(LINGER));
                return ExitCodes.OK;
            });
        }
    }

    @Command(
            name = "remote-lat",
            header = "REQ: connects, asks, prints the median round trip.",
            mixinStandardHelpOptions = true)
    int remoteLatency(@Mixin final Target target, @Mixin final Tuning tuning) throws InterruptedException, IOException {
        final PerfRun run = target.run();
        try (Context context = tuning.context(run);
                ReqSocket req = context.req(
                        tuning.options().toBuilder()
                                .listener(teller("remote-lat"))
                                .build(),
                        ReqOptions.DEFAULTS)) {
            return Lifetime.run(() -> req.close(Duration.ZERO), () -> {
                req.connect(run.endpoint());
                report(run, tuning).latency(PerfLoops.request(req, run));
                return ExitCodes.OK;
            });
        }
    }

    @Command(
            name = "inproc-thr",
            header = "PUSH and PULL on two threads of this process; prints the rate.",
            mixinStandardHelpOptions = true)
    int inprocThroughput(@Mixin final Load load, @Mixin final Tuning tuning) throws InterruptedException, IOException {
        final PerfRun run = load.run(INPROC);
        try (Context context = tuning.context(run);
                PullSocket pull = context.pull(tuning.options());
                PushSocket push = context.push(tuning.options())) {
            return Lifetime.run(() -> context.close(Duration.ZERO), () -> {
                pull.bind(run.endpoint());
                push.connect(run.endpoint());
                final FutureTask<Void> sender = start("push", () -> PerfLoops.push(push, run));
                final long elapsedNs = PerfLoops.pull(pull, run);
                join(sender);
                report(run, tuning).throughput(elapsedNs);
                return ExitCodes.OK;
            });
        }
    }

    @Command(
            name = "inproc-lat",
            header = "REQ and REP on two threads of this process; prints the median round trip.",
            mixinStandardHelpOptions = true)
    int inprocLatency(@Mixin final Load load, @Mixin final Tuning tuning) throws InterruptedException, IOException {
        final PerfRun run = load.run(INPROC);
        try (Context context = tuning.context(run);
                RepSocket rep = context.rep(tuning.options());
                ReqSocket req = context.req(tuning.options(), ReqOptions.DEFAULTS)) {
            return Lifetime.run(() -> context.close(Duration.ZERO), () -> {
                rep.bind(run.endpoint());
                req.connect(run.endpoint());
                final FutureTask<Void> replier = start("rep", () -> PerfLoops.reply(rep, run));
                final Histogram roundTripsNs = PerfLoops.request(req, run);
                join(replier);
                report(run, tuning).latency(roundTripsNs);
                return ExitCodes.OK;
            });
        }
    }

    /** Binds, and names the endpoint if it had a wildcard. */
    private PerfRun bind(final Socket socket, final Tuning tuning, final PerfRun run, final String mode) {
        final String endpoint = tuning.encryption.bind(socket, run.endpoint());
        if (!endpoint.equals(run.endpoint())) {
            say(mode, "listening on " + endpoint);
        }
        return new PerfRun(endpoint, run.size(), run.count(), run.warmup());
    }

    private SocketListener teller(final String mode) {
        return new ConnectTeller(text -> say(mode, text));
    }

    private void say(final String mode, final String text) {
        spec.commandLine().getErr().println(spec.qualifiedName() + " " + mode + ": " + text);
    }

    private PerfReport report(final PerfRun run, final Tuning tuning) {
        return new PerfReport(spec.commandLine().getOut(), run, tuning.json);
    }

    private static void requireNothingLeft(final long messages) {
        if (messages > 0) {
            throw new CliException(
                    ExitCodes.LEFT_BEHIND,
                    "messagesLeft=" + messages + ", limit=0 after " + LINGER.toSeconds()
                            + " s, see whether the other side is still there");
        }
    }

    private static FutureTask<Void> start(final String name, final Loop loop) {
        final FutureTask<Void> task = new FutureTask<>(() -> {
            loop.run();
            return null;
        });
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static void join(final FutureTask<Void> task) throws InterruptedException {
        try {
            task.get();
        } catch (final ExecutionException e) {
            throw new CliException(ExitCodes.FAILURE, e.getCause().getMessage());
        }
    }

    /** One end of a measurement on a thread of its own. */
    private interface Loop {
        void run() throws InterruptedException;
    }

    /** How many messages of which size. */
    static final class Load {
        @Parameters(index = "0", paramLabel = "SIZE", description = "bytes of each message, 0 or more")
        private int size;

        @Parameters(
                index = "1",
                paramLabel = "COUNT",
                description = "messages, or round trips, to be measured: 2 or more")
        private long count;

        @Parameters(
                index = "2",
                arity = "0..1",
                defaultValue = "0",
                paramLabel = "WARMUP",
                description = "how many pass before, on both sides (default 0)")
        private long warmup;

        PerfRun run(final String endpoint) {
            return check(endpoint, size, count, warmup);
        }

        static PerfRun check(final String endpoint, final int size, final long count, final long warmup) {
            Numbers.atLeast("SIZE", size, 0, Numbers.GIVE_MORE);
            Numbers.atLeast("COUNT", count, 2, Numbers.GIVE_MORE);
            Numbers.atLeast("WARMUP", warmup, 0, Numbers.GIVE_MORE);
            return new PerfRun(endpoint, size, count, warmup);
        }
    }

    /** Where, and how many messages of which size. */
    static final class Target {
        @Parameters(
                index = "0",
                paramLabel = "ENDPOINT",
                description =
                        "such as tcp://127.0.0.1:5555, ipc:///tmp/perf or shm://perf; the local side binds it, the "
                                + "remote side connects to it; with port 0, ipc://* or shm://*, the local side takes "
                                + "a free one and names it on standard error")
        private String endpoint;

        @Parameters(index = "1", paramLabel = "SIZE", description = "bytes of each message, 0 or more")
        private int size;

        @Parameters(
                index = "2",
                paramLabel = "COUNT",
                description = "messages, or round trips, to be measured: 2 or more")
        private long count;

        @Parameters(
                index = "3",
                arity = "0..1",
                defaultValue = "0",
                paramLabel = "WARMUP",
                description = "how many pass before, on both sides (default 0)")
        private long warmup;

        PerfRun run() {
            return Load.check(endpoint, size, count, warmup);
        }
    }

    /** How it is measured. */
    static final class Tuning {
        @Option(names = "--single-producer", description = "use the cheaper ring for one sending thread")
        private boolean singleProducer;

        @Option(names = "--invoked", description = "start no I/O thread: the measuring thread does the I/O")
        private boolean invoked;

        @Option(
                names = "--hwm",
                paramLabel = "N",
                description = "high-water marks, in messages; 0 leaves the limits in bytes (default 1000)")
        private int highWaterMark = SocketOptions.DEFAULT_HIGH_WATER_MARK;

        @Mixin
        private Encryption encryption;

        @Option(names = "--json", description = "print one JSON object instead of text")
        private boolean json;

        Context context(final PerfRun run) {
            return Context.create(encryption
                    .contextOptions(System.err::println, List.of(run.endpoint()))
                    .invoked(invoked)
                    .build());
        }

        SocketOptions options() {
            Numbers.atLeast("hwm", highWaterMark, 0, "give 0 for no mark, or more");
            return SocketOptions.builder()
                    .singleProducer(singleProducer)
                    .sendHighWaterMark(highWaterMark)
                    .receiveHighWaterMark(highWaterMark)
                    .build();
        }
    }
}
