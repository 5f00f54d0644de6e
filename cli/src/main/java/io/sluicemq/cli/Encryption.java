package io.sluicemq.cli;

import io.sluicemq.ContextOptions;
import io.sluicemq.Socket;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.transport.tls.TlsOptions.ClientAuthentication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Certificates and trust, for endpoints that are encrypted. */
final class Encryption {
    private static final List<String> ENCRYPTED = List.of("tls+tcp://", "quic://");

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "PEM: own certificate and those that lead to its authority, for tls+tcp:// and "
                    + "quic://; needs --key")
    private Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM: key of --cert, in PKCS#8 without a password")
    private Path key;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "PEM: authorities of the peers' certificates (default: the system's)")
    private List<Path> trust = new ArrayList<>();

    @Option(
            names = "--pin",
            paramLabel = "SHA256",
            description = "fingerprint of a peer's certificate; no other certificate is taken then. To listen it needs "
                    + "--client-auth required")
    private List<String> pins = new ArrayList<>();

    @Option(
            names = "--client-auth",
            paramLabel = "MODE",
            description = "${COMPLETION-CANDIDATES}: whether peers that connect must show a certificate (default none)")
    private Mode clientAuthentication = Mode.none;

    @Option(
            names = "--server-name",
            paramLabel = "NAME",
            description = "name that the certificate of the other side must have (default: the host of the endpoint)")
    private String serverName;

    @Option(
            names = "--dev-certificate",
            description = "in the place of --cert: make a certificate that lasts as long as this process, and name its "
                    + "fingerprint on standard error, for --pin of the other side")
    private boolean devCertificate;

    @Option(
            names = "--insecure",
            description = "take any certificate, and without --cert make one that lasts as long as this process: for "
                    + "trying things out only, as anybody may stand in for the other side")
    private boolean insecure;

    /** Named as users write them. */
    enum Mode {
        none,
        wanted,
        required;

        ClientAuthentication value() {
            return switch (this) {
                case none -> ClientAuthentication.NONE;
                case wanted -> ClientAuthentication.WANTED;
                case required -> ClientAuthentication.REQUIRED;
            };
        }
    }

    /** Options of a context whose sockets may be encrypted, at these endpoints or null; tells loudly what is not safe. */
    ContextOptions.Builder contextOptions(final Consumer<String> warnings, final List<String> endpoints) {
        checkNeeded(endpoints);
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException((certificate == null ? "cert" : "key")
                    + "=none, limit=--cert and --key together, give the other one too");
        }
        if (devCertificate && certificate != null) {
            throw new IllegalArgumentException(
                    "certificates=2, limit=1, leave out either --cert and --key or --dev-certificate");
        }
        final TlsOptions.Builder options = TlsOptions.builder().clientAuthentication(clientAuthentication.value());
        if (certificate != null) {
            options.certificate(certificate, key);
        } else if (devCertificate) {
            final TlsIdentity own = ephemeral();
            options.identity(own);
            warnings.accept("certificate made for this process, sha256=" + own.fingerprint()
                    + ", give it to the other side by --pin");
        }
        trust.forEach(options::trust);
        pins.forEach(options::pinnedFingerprint);
        if (serverName != null) {
            options.serverName(serverName);
        }
        if (insecure) {
            beInsecure(options, warnings);
        }
        return ContextOptions.builder().transport(options.build());
    }

    /** Who asks for security is not to go without, for a scheme that was forgotten. */
    private void checkNeeded(final List<String> endpoints) {
        final String given = given();
        if (given != null && endpoints.stream().noneMatch(Encryption::isEncrypted)) {
            throw new IllegalArgumentException(given + "=given, limit=endpoints of " + ENCRYPTED + ", "
                    + endpoints.stream().filter(Objects::nonNull).toList()
                    + " is not encrypted: use one of these, or leave out " + given);
        }
    }

    /** One of the options, or null. */
    private String given() {
        if (!pins.isEmpty()) {
            return "--pin";
        } else if (certificate != null || key != null) {
            return certificate == null ? "--key" : "--cert";
        } else if (serverName != null) {
            return "--server-name";
        } else if (devCertificate) {
            return "--dev-certificate";
        } else if (!trust.isEmpty()) {
            return "--trust";
        } else if (clientAuthentication != Mode.none) {
            return "--client-auth";
        }
        return insecure ? "--insecure" : null;
    }

    private static boolean isEncrypted(final String endpoint) {
        return endpoint != null && ENCRYPTED.stream().anyMatch(endpoint.toLowerCase(Locale.ROOT)::startsWith);
    }

    /** Binds, or says by which options it can. */
    String bind(final Socket socket, final String endpoint) {
        final boolean encrypted = isEncrypted(endpoint);
        if (encrypted && !pins.isEmpty() && clientAuthentication != Mode.required) {
            throw new IllegalArgumentException("client-auth=" + clientAuthentication
                    + ", limit=required to listen with --pin at endpoint=" + endpoint
                    + ", as a peer without a certificate would be let in: give --client-auth required");
        }
        if (encrypted && certificate == null && !devCertificate && !insecure) {
            throw new IllegalArgumentException("certificate=none, limit=one to listen at endpoint=" + endpoint
                    + ", give --cert and --key, or --dev-certificate to try things out");
        }
        return socket.bind(endpoint);
    }

    private void beInsecure(final TlsOptions.Builder options, final Consumer<String> warnings) {
        options.insecureAcceptAnyCertificate();
        warnings.accept("WARNING: --insecure: certificates are not verified, anybody may stand in for the other side");
        if (certificate == null && !devCertificate) {
            final TlsIdentity own = ephemeral();
            options.identity(own);
            warnings.accept("WARNING: --insecure: certificate made for this process, sha256=" + own.fingerprint()
                    + ", the other side can check it by --pin");
        }
    }

    /** A certificate for this machine, gone with the process. */
    static TlsIdentity ephemeral() {
        return new CertificateBuilder("CN=sluice ephemeral")
                .name("localhost")
                .name("127.0.0.1")
                .name("::1")
                .build();
    }
}
