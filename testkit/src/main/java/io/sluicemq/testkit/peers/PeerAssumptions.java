package io.sluicemq.testkit.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What a test needs from the machine: missing, the test is skipped on a user's machine and fails in CI. Any thread may call. */
public final class PeerAssumptions {

    /** System property that makes a missing program a failure; the environment variable {@code CI=true} does the same. */
    public static final String CI_PROPERTY = "sluicemq.ci";

    private PeerAssumptions() {}

    /**
     * Goes on only when libzmq is there.
     *
     * @throws AssertionError in CI when it is missing.
     * @throws org.opentest4j.TestAbortedException elsewhere when it is missing.
     */
    public static void requireLibzmq() {
        require(LibzmqProbe.problem(), "libzmq", LibzmqProbe.HOW_TO_INSTALL, isCi());
    }

    /**
     * Goes on only when OpenSSL's program is there.
     *
     * @throws AssertionError in CI when it is missing.
     * @throws org.opentest4j.TestAbortedException elsewhere when it is missing.
     */
    public static void requireOpenssl() {
        require(problemOf("openssl", "version"), "openssl", "install the package openssl", isCi());
    }

    /**
     * Goes on only when the MQTT broker Mosquitto is there.
     *
     * @throws AssertionError in CI when it is missing.
     * @throws org.opentest4j.TestAbortedException elsewhere when it is missing.
     */
    public static void requireMosquitto() {
        final String program = MosquittoBroker.program();
        final String problem = Files.isExecutable(Path.of(program)) ? null : "no program " + program;
        require(problem, "mosquitto", "install the package mosquitto", isCi());
    }

    private static String problemOf(final String... command) {
        try {
            final int exit = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            return exit == 0 ? null : "exit=" + exit;
        } catch (final IOException e) {
            return e.getMessage();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    static void require(final String problem, final String what, final String howToInstall, final boolean ci) {
        if (problem == null) {
            return;
        }
        final String text = what + " is missing (" + problem + "), " + howToInstall;
        if (ci) {
            throw new AssertionError(text);
        }
        Assumptions.abort(text);
    }

    private static boolean isCi() {
        return Boolean.getBoolean(CI_PROPERTY) || "true".equals(System.getenv("CI"));
    }
}
