package io.sluicemq.testkit.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Asks once whether Python can load libzmq. */
final class LibzmqProbe {

    static final String HOW_TO_INSTALL =
            "install libzmq with its Python binding (Debian: apt-get install python3-zmq) or point the system property "
                    + LibzmqPeer.PYTHON_PROPERTY + " to an interpreter that has it";

    private static final long LIMIT_MS = 30_000;
    private static final String PROBLEM = probe();

    private LibzmqProbe() {}

    /** Null when libzmq can be used. */
    static String problem() {
        return PROBLEM;
    }

    private static String probe() {
        Process process = null;
        try {
            process = new ProcessBuilder(LibzmqPeer.python(), "-c", "import zmq; print(zmq.zmq_version())")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS)) {
                return LibzmqPeer.python() + " did not answer, waitedMs=" + LIMIT_MS;
            }
            final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.exitValue() == 0 ? null : lastLine(text);
        } catch (final IOException e) {
            return e.getMessage();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted while asking " + LibzmqPeer.python();
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private static String lastLine(final String text) {
        final String stripped = text.strip();
        return stripped.substring(stripped.lastIndexOf('\n') + 1);
    }
}
