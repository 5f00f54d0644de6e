package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class KeyFileModeTest {
    private static final TlsIdentity OWN = new CertificateBuilder("CN=own").build();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-r--r--"})
    void shouldWarnOnceWhenOthersMayReadTheKey(final String mode) throws IOException {
        final Path key = key(mode);

        final String logged = logOfBuild(key);

        assertThat(logged)
                .contains("WARN", "mode=" + mode + ", limit=", "run: chmod 600 " + key)
                .containsOnlyOnce("privateKeyFile=" + key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw--wx--x"})
    void shouldSayNothingOfAKeyThatItsOwnerAloneMayRead(final String mode) throws IOException {
        final Path key = key(mode);

        assertThat(logOfBuild(key)).isEmpty();
    }

    @Test
    void shouldSayNothingOfAFileThatIsNotThere() throws IOException {
        assertThat(logOf(() -> KeyFileMode.warnIfOthersMayRead(folder.resolve("none.pem"))))
                .isEmpty();
    }

    private Path key(final String mode) throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "no POSIX modes on this file system");
        final Path key = Files.writeString(folder.resolve("key.pem"), OWN.privateKeyPem());
        return Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));
    }

    private String logOfBuild(final Path key) throws IOException {
        final Path certificate = Files.writeString(folder.resolve("cert.pem"), OWN.certificatePem());
        return logOf(() -> assertThat(TlsOptions.builder()
                        .certificate(certificate, key)
                        .build()
                        .hasCertificate())
                .isTrue());
    }

    private static String logOf(final Runnable task) {
        final PrintStream before = System.err;
        final ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try {
            task.run();
        } finally {
            System.setErr(before);
        }
        return logged.toString(StandardCharsets.UTF_8);
    }
}
