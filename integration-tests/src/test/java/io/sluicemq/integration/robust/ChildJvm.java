package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.ipc.IpcTransport;
import io.sluicemq.transport.tcp.TcpTransport;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;

/** Runs a program in a JVM of its own, with nothing on its path but the library and what that needs. */
final class ChildJvm {
    /** What Agrona needs on the class path. */
    static final String CLASS_PATH_FLAG = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

    private static final List<Class<?>> LIBRARY = List.of(
            Context.class, Transport.class, TcpTransport.class, IpcTransport.class, DirectBuffer.class, Logger.class);

    private ChildJvm() {}

    /** How a program ended, and what it wrote to both its outputs. */
    record Result(int exitCode, String output) {}

    /** Folders and jars of the library, joined to a path. */
    static String libraryPath() {
        return path(LIBRARY.stream());
    }

    /** As {@link #libraryPath()}, with the classes of these tests. */
    static String testPath() {
        return path(Stream.concat(LIBRARY.stream(), Stream.of(ChildJvm.class)));
    }

    private static String path(final Stream<Class<?>> classes) {
        return classes.map(type -> locationOf(type).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path locationOf(final Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs to the end; a program that goes beyond the limit is killed, which its exit code shows. */
    static Result run(final Path folder, final Duration limit, final String... arguments)
            throws IOException, InterruptedException {
        final Path output = folder.resolve("output");
        final Process process = start(folder, output, List.of(arguments));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            final int exitCode = process.waitFor();
            return new Result(exitCode, Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Starts a program whose temporary files go to a folder and whose outputs both go to a file. */
    static Process start(final Path folder, final Path output, final List<String> arguments) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + folder);
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
