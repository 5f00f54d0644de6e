package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the library at work, and checks what it shows. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        header = "Shows the whole library at work in a minute, on this machine alone.",
        description = {
            "",
            "A second JVM is started. Lines of text go through PUB/SUB, a pipeline of workers and a routed exchange, over "
                    + "each transport; what arrives is compared with what was sent, byte for byte. Lines published durably "
                    + "reach a subscriber whose JVM is killed meanwhile, each once. The last lines are "
                    + "the throughput of each transport. The exit code is 0 only if everything held.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice demo /usr/share/dict/words")
final class DemoCommand implements Callable<Integer> {
    private static final int NAME_WIDTH = 8;

    /** For a JVM that lives for a second. */
    private static final String STARTS_SOON = "-XX:TieredStopAtLevel=1";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "text to send (default: the project's own pages)")
    private Path file;

    @Option(names = "--messages", paramLabel = "N", description = "lines that each step carries (default 100000)")
    private int messages = 100_000;

    @Option(
            names = "--throughput-messages",
            paramLabel = "N",
            description = "messages whose passage is timed, for each transport (default 2000000)")
    private long throughputMessages = 2_000_000;

    private int failures;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Numbers.atLeast("messages", messages, 1, Numbers.GIVE_MORE);
        Numbers.atLeast("throughput-messages", throughputMessages, 2, Numbers.GIVE_MORE);
        final DemoText text = DemoText.of(file);
        final TlsIdentity own = Encryption.ephemeral();
        final TlsOptions tls = TlsOptions.builder().identity(own).build();
        final Context context =
                Context.create(ContextOptions.builder().transport(tls).build());
        try (DemoHelper threads = new ThreadHelper(context);
                DemoHelper process = new ProcessHelper(own.fingerprint())) {
            return Lifetime.run(
                    () -> context.close(Duration.ZERO),
                    () -> show(
                            context, text, threads, process, () -> new ProcessHelper(own.fingerprint(), STARTS_SOON)));
        } finally {
            context.close(Duration.ZERO);
        }
    }

    private int show(
            final Context context,
            final DemoText text,
            final DemoHelper threads,
            final DemoHelper process,
            final DemoDurable.JvmMaker jvms)
            throws InterruptedException, IOException {
        final PrintWriter out = spec.commandLine().getOut();
        out.println("text: " + text.lines().size() + " lines of " + text.source() + "; inproc: " + threads.place()
                + "; the others: " + process.place());
        final List<DemoMedium> media = List.of(
                new DemoMedium("inproc", "inproc://demo-%d", threads),
                new DemoMedium("tcp", "tcp://127.0.0.1:0", process),
                new DemoMedium("tls+tcp", "tls+tcp://127.0.0.1:0", process),
                new DemoMedium("quic", "quic://127.0.0.1:0", process),
                new DemoMedium("ipc", "ipc://*", process),
                new DemoMedium("shm", "shm://*", process));
        final Progress progress = new Progress(spec.commandLine().getErr(), Boolean.getBoolean("sluice.terminal"));
        final DemoRun run = new DemoRun(context, text.lines(), messages, progress);
        final List<DemoStep> steps = new ArrayList<>();
        media.forEach(medium -> steps.add(new DemoPubSub(medium)));
        media.forEach(medium -> steps.add(new DemoPipeline(medium)));
        media.forEach(medium -> steps.add(new DemoExchange(medium)));
        steps.add(new DemoDurable(jvms));
        steps.add(new DemoLibzmq());
        for (final DemoStep step : steps) {
            final String outcome = run(step, run);
            out.println(step.title() + ": " + outcome);
        }
        for (final DemoMedium medium : media) {
            final String outcome = run(new DemoThroughput(medium, throughputMessages), run);
            out.println(medium.name() + " ".repeat(NAME_WIDTH - medium.name().length()) + outcome);
        }
        return failures == 0 ? ExitCodes.OK : ExitCodes.FAILURE;
    }

    private String run(final DemoStep step, final DemoRun run) throws InterruptedException, IOException {
        run.progress().show(step.title(), 0, 1);
        final long startNs = System.nanoTime();
        String outcome;
        try {
            outcome = step.run(run);
        } catch (final CliException e) {
            failures++;
            outcome = "FAILED, " + e.getMessage();
        }
        run.progress().clear();
        return step instanceof DemoThroughput
                ? outcome
                : outcome + " (" + (System.nanoTime() - startNs) / 1_000_000 + " ms)";
    }
}
