package io.sluicemq.testkit;

import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * An authority that lives as long as a test does, and certificates of it: for a listener on this machine, a client, and the
 * wrong ones. Immutable; any thread.
 */
public final class TestCertificates {
    private final TlsIdentity authority;

    /** Makes a new authority, which nobody trusts yet. */
    public TestCertificates() {
        authority = new CertificateBuilder("CN=Test authority").authority().build();
    }

    /**
     * Who signs.
     *
     * @return the authority.
     */
    public TlsIdentity authority() {
        return authority;
    }

    /**
     * A certificate for this machine.
     *
     * @return for {@code localhost}, {@code 127.0.0.1} and {@code ::1}.
     */
    public TlsIdentity server() {
        return new CertificateBuilder("CN=Test server")
                .name("localhost")
                .name("127.0.0.1")
                .name("::1")
                .issuer(authority)
                .build();
    }

    /**
     * A certificate with one name.
     *
     * @param name of a host.
     * @return for that host and no other.
     */
    public TlsIdentity named(final String name) {
        return new CertificateBuilder("CN=" + name).name(name).issuer(authority).build();
    }

    /**
     * A certificate without names, as a client's.
     *
     * @param principal such as {@code CN=client}.
     * @return for that principal.
     */
    public TlsIdentity client(final String principal) {
        return new CertificateBuilder(principal).issuer(authority).build();
    }

    /**
     * A certificate for this machine that is out of date.
     *
     * @return one that expired yesterday.
     */
    public TlsIdentity expired() {
        final Instant yesterday = Instant.now().minus(Duration.ofDays(1));
        return new CertificateBuilder("CN=Old server")
                .name("localhost")
                .name("127.0.0.1")
                .validity(yesterday.minus(Duration.ofDays(9)), yesterday)
                .issuer(authority)
                .build();
    }

    /**
     * Writes the authority's certificate.
     *
     * @param folder that exists.
     * @return the PEM file, for {@link TlsOptions.Builder#trust}.
     */
    public Path trustFile(final Path folder) {
        return write(folder.resolve("trust.pem"), authority.certificatePem());
    }

    /**
     * Writes a certificate.
     *
     * @param folder that exists.
     * @param identity whose chain is written.
     * @return the PEM file {@code cert.pem}.
     */
    public static Path certificateFile(final Path folder, final TlsIdentity identity) {
        return write(folder.resolve("cert.pem"), identity.certificatePem());
    }

    /**
     * Writes a private key.
     *
     * @param folder that exists.
     * @param identity whose key is written.
     * @return the PEM file {@code key.pem}.
     */
    public static Path keyFile(final Path folder, final TlsIdentity identity) {
        return write(folder.resolve("key.pem"), identity.privateKeyPem());
    }

    private static Path write(final Path file, final String text) {
        try {
            return Files.writeString(file, text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Options that serve both sides of a connection on this machine.
     *
     * @return with a certificate of {@link #server()}, which both sides show, and trust in its fingerprint alone.
     */
    public static TlsOptions bothSides() {
        final TlsIdentity own = new TestCertificates().server();
        return TlsOptions.builder()
                .identity(own)
                .pinnedFingerprint(own.fingerprint())
                .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                .build();
    }
}
