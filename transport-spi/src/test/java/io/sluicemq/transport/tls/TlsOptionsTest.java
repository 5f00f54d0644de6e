package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.tls.TlsOptions.ClientAuthentication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class TlsOptionsTest {
    private static final TlsIdentity OWN =
            new CertificateBuilder("CN=own").name("localhost").name("127.0.0.1").build();

    @TempDir
    private Path folder;

    private Path write(final String name, final String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path certificate() throws IOException {
        return write("cert.pem", OWN.certificatePem());
    }

    private Path key() throws IOException {
        return write("key.pem", OWN.privateKeyPem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void shouldReadKeysOfEachKind(final String algorithm) throws IOException, NoSuchAlgorithmException {
        final TlsIdentity identity = new CertificateBuilder("CN=x")
                .keys(KeyPairGenerator.getInstance(algorithm).generateKeyPair())
                .build();
        final Path certificate = write("cert.pem", "Some words in front.\n" + identity.certificatePem());
        final Path key = write("key.pem", identity.privateKeyPem());

        final TlsOptions options =
                TlsOptions.builder().certificate(certificate, key).build();

        assertThat(options.hasCertificate()).isTrue();
        assertThat(Pem.certificates(certificate)).containsExactlyElementsOf(identity.chain());
    }

    @Test
    void shouldReadWellInALog() {
        assertThat(TlsOptions.builder().serverName("orders").build().toString())
                .startsWith("TlsOptions[certificateChainFile=null, hasCertificate=false, ")
                .contains(", serverName=orders, ", ", protocols=[TLSv1.3], ");
    }

    @Test
    void shouldNameTheFileThatIsMissing() throws IOException {
        final Path key = key();

        assertWrong(TlsOptions.builder().certificate(folder.resolve("none.pem"), key), "none.pem", "limit=a PEM file");
    }

    @Test
    void shouldNameTheLineOfACutFile() throws IOException {
        final String pem = OWN.certificatePem();
        final Path cut = write("cut.pem", "\n\n" + pem.substring(0, pem.length() / 2));
        final Path key = key();

        assertWrong(TlsOptions.builder().certificate(cut, key), "cut.pem", "line=3", "without its end");
    }

    @Test
    void shouldSayWhatIsMissingInAFile() throws IOException {
        final Path certificate = certificate();
        final Path key = key();

        assertWrong(TlsOptions.builder().certificate(certificate, certificate), "no BEGIN PRIVATE KEY");
        assertWrong(TlsOptions.builder().certificate(key, key), "no BEGIN CERTIFICATE");
        assertWrong(TlsOptions.builder().trust(key), "no BEGIN CERTIFICATE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void shouldSayHowToConvertAnotherFormOfKey(final String type) throws IOException {
        final Path old = write("old.pem", "-----BEGIN " + type + "-----\nAAAA\n-----END " + type + "-----\n");
        final Path certificate = certificate();

        assertWrong(
                TlsOptions.builder().certificate(certificate, old),
                "line=1",
                "BEGIN " + type,
                "openssl pkcs8 -topk8 -nocrypt -in " + old);
    }

    @Test
    void shouldRefuseAKeyThatSignsInOneWayOnly() throws IOException, NoSuchAlgorithmException {
        final KeyPair pss = KeyPairGenerator.getInstance("RSASSA-PSS").generateKeyPair();
        final TlsIdentity identity = new TlsIdentity(pss.getPrivate(), OWN.chain());
        final Path key = write("pss.pem", identity.privateKeyPem());

        assertWrong(TlsOptions.builder().certificate(certificate(), key), "pss.pem", "give one of RSA, EC or Ed25519");
        assertWrong(TlsOptions.builder().identity(identity), "keyAlgorithm=RSASSA-PSS", "limit=RSA, EC or Ed25519");
        assertThatThrownBy(() -> new CertificateBuilder("CN=pss").keys(pss).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keyAlgorithm=RSASSA-PSS");
    }

    @Test
    void shouldRefuseAKeyOfAnotherCertificate() throws IOException {
        final Path other =
                write("other.pem", new CertificateBuilder("CN=other").build().privateKeyPem());
        final Path certificate = certificate();

        assertWrong(TlsOptions.builder().certificate(certificate, other), "other.pem", "CN=own");
    }

    @Test
    void shouldRefuseValuesThatNobodyCanMean() throws IOException {
        final Path certificate = certificate();

        assertWrong(TlsOptions.builder().protocols("TLSv1.1"), "protocols=TLSv1.1", "TLSv1.2");
        assertWrong(TlsOptions.builder().protocols(), "protocols=none");
        assertWrong(TlsOptions.builder().cipherSuites("NO_SUCH_SUITE"), "cipherSuites=NO_SUCH_SUITE");
        assertWrong(TlsOptions.builder().pinnedFingerprint("12:34"), "pinnedFingerprint=1234", "limit=64");
        assertWrong(
                TlsOptions.builder().clientAuthentication(ClientAuthentication.REQUIRED),
                "clientAuthentication=REQUIRED",
                "limit=trust files");
        assertWrong(
                TlsOptions.builder().insecureAcceptAnyCertificate().trust(certificate), "insecureAcceptAnyCertificate");
    }

    @Test
    void shouldNameProtocolAndSuitesThatDoNotFit() {
        final String old = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
        final String current = "TLS_AES_128_GCM_SHA256";

        assertWrong(
                TlsOptions.builder().cipherSuites(old),
                "cipherSuites=[" + old + "]",
                "protocols=[TLSv1.3]",
                "for TLSv1.3");
        assertWrong(
                TlsOptions.builder().protocols("TLSv1.3", "TLSv1.2").cipherSuites(current),
                "cipherSuites=[" + current + "]",
                "protocols=[TLSv1.3, TLSv1.2]",
                "for TLSv1.2");
        assertThat(TlsOptions.builder()
                        .protocols("TLSv1.3", "TLSv1.2")
                        .cipherSuites(current, old)
                        .build()
                        .cipherSuites())
                .containsExactly(current, old);
    }

    @Test
    void shouldHaveOneCertificateOfItsOwn() throws IOException {
        final Path certificate = certificate();
        final Path key = key();

        assertWrong(TlsOptions.builder().identity(OWN).certificate(certificate, key), "identity=");
    }

    @Test
    void shouldSayThatAKeyStaysWhereItIs() {
        final TlsIdentity kept = new TlsIdentity(new KeptKey(), OWN.chain());

        assertThatThrownBy(kept::privateKeyPem)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("privateKey=EC without encoding, limit=");
    }

    /** As a hardware module gives one. */
    private static final class KeptKey implements PrivateKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return null;
        }

        @Override
        public byte[] getEncoded() {
            return null;
        }
    }

    @Test
    void shouldTakeAFingerprintAsOpensslWritesIt() {
        final String colons =
                OWN.fingerprint().toUpperCase(java.util.Locale.ROOT).replaceAll("(..)(?=.)", "$1:");

        final TlsOptions options =
                TlsOptions.builder().pinnedFingerprint(colons).build();
        final TlsOptions labelled = TlsOptions.builder()
                .pinnedFingerprint("sha256 Fingerprint=" + colons)
                .pinnedFingerprint("sha256=" + OWN.fingerprint())
                .pinnedFingerprint("SHA256: " + colons)
                .build();

        assertThat(options.pinnedFingerprints()).containsExactly(OWN.fingerprint());
        assertThat(labelled.pinnedFingerprints()).containsExactly(OWN.fingerprint());
    }

    private static void assertWrong(final TlsOptions.Builder builder, final String... texts) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(texts)
                .hasMessageContaining("limit=");
    }
}
