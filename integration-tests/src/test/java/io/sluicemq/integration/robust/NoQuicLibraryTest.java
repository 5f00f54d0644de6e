package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A platform for which there is no library of QUIC. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NoQuicLibraryTest {
    @TempDir
    Path folder;

    /** What the tests run with, but for the libraries. */
    private static String pathWithoutLibrary() {
        final String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(entry -> !entry.contains("netty-codec-native-quic"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void shouldListThePlatformsThatHaveALibraryAndGoOnWithOtherTransports() throws Exception {
        final ChildJvm.Result result = ChildJvm.run(
                folder,
                Duration.ofSeconds(60),
                ChildJvm.CLASS_PATH_FLAG,
                "-cp",
                pathWithoutLibrary(),
                NoQuicLibraryProgram.class.getName());

        final String platforms =
                "limit=those with a library for QUIC: linux-x86_64, linux-aarch_64 (both glibc), osx-x86_64";
        assertThat(result.output())
                .contains("bind: cannot bind endpoint=quic://127.0.0.1:0: platform=")
                .contains("connect: CONNECT_FAILED cannot connect to endpoint=quic://127.0.0.1:4: platform=")
                .contains("tcp goes on");
        assertThat(result.output().split(Pattern.quote(platforms), -1)).hasSize(3);
        assertThat(result.exitCode()).isZero();
    }
}
