package io.sluicemq.cli;

import io.sluicemq.Message;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SocketOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The exchange of {@link DemoExchange} with libzmq on the other side, where its Python binding is installed. */
final class DemoLibzmq implements DemoStep {
    private static final String ID = "libzmq";
    private static final String SCRIPT = "libzmq_replier.py";
    private static final long PROCESS_LIMIT_S = 20;

    @Override
    public String title() {
        return "libzmq over tcp, in Python";
    }

    @Override
    public String run(final DemoRun run) throws InterruptedException, IOException {
        final String python = findPython();
        if (python == null) {
            return "not shown: no python3 with the zmq module here (Debian: apt-get install python3-zmq)";
        }
        final RouterOptions mandatory = RouterOptions.builder().mandatory(true).build();
        try (RouterSocket router = run.context().router(SocketOptions.DEFAULTS, mandatory)) {
            final String endpoint = router.bind("tcp://127.0.0.1:0");
            final Process replier = new ProcessBuilder(python, "-c", script(), endpoint, ID)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                DemoRun.check(router.awaitPeers(1, DemoRoles.PATIENCE), "libzmq has shaken hands");
                DemoExchange.ask(run, router, title(), ID);
                DemoRoles.send(router, Message.of(ID, DemoRoles.END));
                final String version = new String(replier.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                DemoRun.check(replier.waitFor(PROCESS_LIMIT_S, TimeUnit.SECONDS), "the Python program ends");
                return run.messages() + " lines there and back as they were, libzmq " + version.strip();
            } finally {
                replier.destroyForcibly();
            }
        }
    }

    /** The first interpreter that has the binding; null for none. */
    private static String findPython() throws InterruptedException {
        for (final String candidate : List.of(System.getProperty("sluicemq.python", "python3"), "/usr/bin/python3")) {
            try {
                final Process probe = new ProcessBuilder(candidate, "-c", "import zmq")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (probe.waitFor(PROCESS_LIMIT_S, TimeUnit.SECONDS) && probe.exitValue() == 0) {
                    return candidate;
                }
                probe.destroyForcibly();
            } catch (final IOException e) {
                // Not installed: the next one.
            }
        }
        return null;
    }

    private static String script() throws IOException {
        try (InputStream stream = DemoLibzmq.class.getResourceAsStream(SCRIPT)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
