package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a program must be started, and what one that is started otherwise is told. */
@Timeout(60)
class LaunchTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    void shouldRunOnClassPathWithFlag() throws IOException, InterruptedException {
        final ChildJvm.Result result = ChildJvm.run(
                folder, LIMIT, ChildJvm.CLASS_PATH_FLAG, "-cp", ChildJvm.testPath(), PushPullProgram.class.getName());

        assertThat(result.output()).contains("arrived=there");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void shouldSayWhichFlagIsMissingBeforeAnythingElse() throws IOException, InterruptedException {
        final ChildJvm.Result result =
                ChildJvm.run(folder, LIMIT, "-cp", ChildJvm.testPath(), PushPullProgram.class.getName());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output().lines().filter(line -> !line.startsWith("SLF4J")))
                .first()
                .asString()
                .contains("IllegalStateException")
                .contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
        assertThat(result.output()).doesNotContain("Caused by", "arrived");
        // No statistics file and no folder for one was made.
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("output"));
        }
    }

    @Test
    void shouldRunOnModulePath() throws IOException, InterruptedException {
        final ChildJvm.Result result = runModule("--add-exports=java.base/jdk.internal.misc=org.agrona");

        assertThat(result.output()).contains("arrived=tcp://127.0.0.1:0", "arrived=ipc://*");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void shouldSayWhichFlagIsMissingOnModulePath() throws IOException, InterruptedException {
        final ChildJvm.Result result = runModule("-showversion");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("--add-exports java.base/jdk.internal.misc=org.agrona");
    }

    /** Makes a module of the program that requires the sockets and names no transport, and runs it with one more flag. */
    private ChildJvm.Result runModule(final String flag) throws IOException, InterruptedException {
        final Path sources = Files.createDirectories(folder.resolve("sources"));
        final Path program = sources.resolve("Program.java");
        final Path descriptor = sources.resolve("module-info.java");
        Files.writeString(descriptor, "module program { requires io.sluicemq.sockets; }");
        Files.writeString(program, """
                package program;

                import io.sluicemq.Context;

                public final class Program {
                    public static void main(final String[] arguments) throws InterruptedException {
                        for (final String endpoint : new String[] {"tcp://127.0.0.1:0", "ipc://*"}) {
                            try (var context = Context.create(); var pull = context.pull(); var push = context.push()) {
                                push.connect(pull.bind(endpoint));
                                push.send(endpoint);
                                System.out.println("arrived=" + pull.receiveMessage().text());
                            }
                        }
                    }
                }
                """);
        final Path classes = folder.resolve("classes");
        final List<String> options = List.of(
                "--module-path",
                ChildJvm.libraryPath(),
                "-d",
                classes.toString(),
                descriptor.toString(),
                program.toString());
        final int failures = ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new));
        assertThat(failures).isZero();
        return ChildJvm.run(
                folder,
                LIMIT,
                flag,
                "--module-path",
                ChildJvm.libraryPath() + java.io.File.pathSeparator + classes,
                "--module",
                "program/program.Program");
    }
}
