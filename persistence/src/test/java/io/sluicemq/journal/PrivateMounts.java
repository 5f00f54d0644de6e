package io.sluicemq.journal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs with file systems that nobody else sees, and that are gone when the program ends, however it does. That takes root on
 * Linux.
 */
final class PrivateMounts {
    private static final long LIMIT_SECONDS = 60;

    private PrivateMounts() {}

    /** Skips the test where these mounts cannot be made, with the words of the system as the reason. */
    static void assume(final Path folder, final String mounts) throws Exception {
        final Path output = folder.resolve("mounts");
        assumeTrue(System.getProperty("os.name").equals("Linux"), "mounts are private on Linux alone");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "there is no unshare");
        final Process process = start(output, mounts, List.of("true"));
        assumeTrue(
                exitCode(process) == 0,
                "mounts cannot be made here: "
                        + Files.readString(output, StandardCharsets.UTF_8).strip());
    }

    /** Runs shell commands that mount something, and then becomes the program, whose process id is that of the answer. */
    static Process start(final Path output, final String mounts, final List<String> program) throws IOException {
        final List<String> command =
                new ArrayList<>(List.of("unshare", "-m", "sh", "-e", "-c", mounts + "\nexec \"$@\"", "sh"));
        command.addAll(program);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Of the program, when it has ended. */
    static int exitCode(final Process process) throws InterruptedException {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("running after " + LIMIT_SECONDS + " s, pid=" + process.pid());
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A JVM that starts fast and runs a class with these arguments. */
    static List<String> jvm(final Class<?> program, final String... arguments) {
        final List<String> command = new ArrayList<>(ChildJvm.command());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
