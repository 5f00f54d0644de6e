package io.sluicemq.transport.tls;

import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Options of encrypted connections, such as {@code tls+tcp://}: who we are, whom we trust, and which protocols. Sockets that
 * share one object share what it has read. Immutable; any thread.
 *
 * <p>Files are named, not copied: one that changes is read again, at the next connection but at most once a second, and
 * connections that are open live on. A changed file that is broken is logged, and what was read before stays in use.
 */
public final class TlsOptions implements TransportOptions {
    private static final String TLS_1_3 = "TLSv1.3";
    private static final List<String> KNOWN_PROTOCOLS = List.of(TLS_1_3, "TLSv1.2");
    private static final int FINGERPRINT_DIGITS = 64;

    private static final Pattern FINGERPRINT_LABEL = Pattern.compile("(?i)^sha-?256( fingerprint)?[=:] *");

    /** No certificate of our own; a peer that is dialed is verified by the system's trust store and its name. */
    public static final TlsOptions DEFAULTS = builder().build();

    /** Whether a listener asks its peers for a certificate. */
    public enum ClientAuthentication {
        /** It does not. */
        NONE,
        /** It does, and lets those in who have none. One that is shown must be trusted. */
        WANTED,
        /** Who has none that is trusted is refused. */
        REQUIRED
    }

    private final Path certificateChainFile;
    private final Path privateKeyFile;
    private final TlsIdentity identity;
    private final List<Path> trustFiles;
    private final ClientAuthentication clientAuthentication;
    private final String serverName;
    private final boolean checksServerName;
    private final List<String> protocols;
    private final List<String> cipherSuites;
    private final Set<String> pinnedFingerprints;
    private final boolean acceptsAnyCertificate;
    private final TlsContexts contexts;

    private TlsOptions(final Builder builder) {
        certificateChainFile = builder.certificateChainFile;
        privateKeyFile = builder.privateKeyFile;
        identity = builder.identity;
        trustFiles = List.copyOf(builder.trustFiles);
        clientAuthentication = builder.clientAuthentication;
        serverName = builder.serverName;
        checksServerName = builder.checksServerName;
        protocols = builder.protocols;
        cipherSuites = builder.cipherSuites;
        pinnedFingerprints = Set.copyOf(builder.pinnedFingerprints);
        acceptsAnyCertificate = builder.acceptsAnyCertificate;
        contexts = new TlsContexts(this);
    }

    /**
     * Starts with all defaults.
     *
     * @return a builder.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Our certificate and those that lead to its authority.
     *
     * @return a PEM file; null when there is none.
     */
    public Path certificateChainFile() {
        return certificateChainFile;
    }

    /**
     * The key of our certificate.
     *
     * @return a PEM file; null when there is none.
     */
    public Path privateKeyFile() {
        return privateKeyFile;
    }

    /**
     * Our certificate and key where they come from no file.
     *
     * @return as given; null when there is none.
     */
    public TlsIdentity identity() {
        return identity;
    }

    /**
     * Certificates of the authorities that peers are verified by.
     *
     * @return PEM files; empty for the system's trust store.
     */
    public List<Path> trustFiles() {
        return trustFiles;
    }

    /**
     * Whether a listener asks its peers for a certificate.
     *
     * @return {@link ClientAuthentication#NONE} by default.
     */
    public ClientAuthentication clientAuthentication() {
        return clientAuthentication;
    }

    /**
     * The name that the certificate of a dialed peer must have.
     *
     * @return a host name or an IP address; null for the host of the endpoint.
     */
    public String serverName() {
        return serverName;
    }

    /**
     * Whether a dialed peer's certificate must have the right name.
     *
     * @return true by default.
     */
    public boolean checksServerName() {
        return checksServerName;
    }

    /**
     * Versions of TLS that are spoken.
     *
     * @return such as {@code TLSv1.3}.
     */
    public List<String> protocols() {
        return protocols;
    }

    /**
     * Cipher suites that are offered or accepted, in the order of preference.
     *
     * @return empty for what the JDK has enabled.
     */
    public List<String> cipherSuites() {
        return cipherSuites;
    }

    /**
     * The only certificates that a peer may have.
     *
     * @return SHA-256 in lower-case hexadecimal; empty for no such rule.
     */
    public Set<String> pinnedFingerprints() {
        return pinnedFingerprints;
    }

    /**
     * Whether peers go unverified.
     *
     * @return false by default.
     */
    public boolean acceptsAnyCertificate() {
        return acceptsAnyCertificate;
    }

    /**
     * Whether there is a certificate of our own, without which nobody can listen.
     *
     * @return true with an identity or files of one.
     */
    public boolean hasCertificate() {
        return identity != null || certificateChainFile != null;
    }

    /** Whether a peer's certificate must lead to an authority, and be within its dates. */
    boolean asksAuthorities() {
        return !acceptsAnyCertificate && (!trustFiles.isEmpty() || pinnedFingerprints.isEmpty());
    }

    /**
     * What these options come to for an implementation of TLS that is not the JDK's. Looks at the files again once a second at the
     * most. For threads that may block.
     *
     * @param nowNs as of {@link System#nanoTime()}.
     * @return the same until a file has changed.
     * @throws IOException when this JDK cannot do it.
     */
    public TlsManagers managers(final long nowNs) throws IOException {
        return contexts.managers(nowNs);
    }

    TlsContexts contexts() {
        return contexts;
    }

    /** Without what belongs to the private key. */
    @Override
    public String toString() {
        return "TlsOptions[certificateChainFile=" + certificateChainFile + ", hasCertificate=" + hasCertificate()
                + ", trustFiles=" + trustFiles + ", clientAuthentication=" + clientAuthentication + ", serverName="
                + serverName + ", checksServerName=" + checksServerName + ", protocols=" + protocols + ", cipherSuites="
                + cipherSuites + ", pinnedFingerprints=" + pinnedFingerprints + ", acceptsAnyCertificate="
                + acceptsAnyCertificate + "]";
    }

    /** Gathers the values of {@link TlsOptions}. Not thread safe. */
    public static final class Builder {
        private Path certificateChainFile;
        private Path privateKeyFile;
        private TlsIdentity identity;
        private final List<Path> trustFiles = new ArrayList<>();
        private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
        private String serverName;
        private boolean checksServerName = true;
        private List<String> protocols = List.of(TLS_1_3);
        private List<String> cipherSuites = List.of();
        private final Set<String> pinnedFingerprints = new TreeSet<>();
        private boolean acceptsAnyCertificate;

        private Builder() {}

        /**
         * Our certificate and key, as PEM files that are read again when they change.
         *
         * @param certificateChain our certificate first, then those that lead to its authority.
         * @param privateKey PKCS#8 without a password ({@code BEGIN PRIVATE KEY}); RSA, EC or Ed25519.
         * @return this.
         */
        public Builder certificate(final Path certificateChain, final Path privateKey) {
            certificateChainFile = Objects.requireNonNull(certificateChain, "certificateChain");
            privateKeyFile = Objects.requireNonNull(privateKey, "privateKey");
            return this;
        }

        /**
         * Our certificate and key, from elsewhere than files.
         *
         * @param own such as one of a key store, or made by {@link CertificateBuilder}.
         * @return this.
         */
        public Builder identity(final TlsIdentity own) {
            identity = Objects.requireNonNull(own, "own");
            return this;
        }

        /**
         * Adds authorities that peers are verified by, in place of the system's trust store.
         *
         * @param certificates PEM file of one certificate or more; a peer's own self-signed one will do.
         * @return this.
         */
        public Builder trust(final Path certificates) {
            trustFiles.add(Objects.requireNonNull(certificates, "certificates"));
            return this;
        }

        /**
         * Whether a listener asks its peers for a certificate, which makes the authentication mutual.
         *
         * @param mode {@link ClientAuthentication#NONE} by default. Others need {@link #trust} or {@link #pinnedFingerprint}:
         *     the system's trust store would let in whoever has bought a certificate anywhere.
         * @return this.
         */
        public Builder clientAuthentication(final ClientAuthentication mode) {
            clientAuthentication = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /**
         * The name that the certificate of a dialed peer must have, and that the peer is told (SNI).
         *
         * @param name a host name or an IP address; by default the host of the endpoint.
         * @return this.
         */
        public Builder serverName(final String name) {
            serverName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Whether a dialed peer's certificate must have the right name. Without it whoever has a certificate of a trusted
         * authority may stand in for the peer.
         *
         * @param check true by default.
         * @return this.
         */
        public Builder checkServerName(final boolean check) {
            checksServerName = check;
            return this;
        }

        /**
         * Versions of TLS that are spoken.
         *
         * @param names of {@code TLSv1.3}, the default, and {@code TLSv1.2}. Over the latter a side that ends its stream reads
         *     nothing more, so what the peer had under way may be lost.
         * @return this.
         */
        public Builder protocols(final String... names) {
            protocols = List.of(names);
            return this;
        }

        /**
         * Cipher suites that are offered or accepted.
         *
         * @param names as the JDK has them, in the order of preference, for each of {@link #protocols} one at least; by default
         *     what it has enabled.
         * @return this.
         */
        public Builder cipherSuites(final String... names) {
            cipherSuites = List.of(names);
            return this;
        }

        /**
         * Adds a certificate that a peer may have; with one or more of them, no other may. Without {@link #trust} they stand in
         * for authority, name and dates. A listener needs {@link ClientAuthentication#REQUIRED} too, as a peer without a
         * certificate would pass; its {@code bind} refuses otherwise.
         *
         * @param sha256 64 hexadecimal digits, with or without colons, as {@code openssl x509 -fingerprint -sha256} says; what it
         *     and {@code keytool} have in front of them, {@code sha256 Fingerprint=} or {@code SHA256:}, may be left there.
         * @return this.
         */
        public Builder pinnedFingerprint(final String sha256) {
            pinnedFingerprints.add(FINGERPRINT_LABEL
                    .matcher(sha256)
                    .replaceFirst("")
                    .replace(":", "")
                    .toLowerCase(Locale.ROOT));
            return this;
        }

        /**
         * Leaves peers unverified: what is sent is encrypted, but perhaps for an impostor in the middle. For trying things out.
         *
         * @return this.
         */
        public Builder insecureAcceptAnyCertificate() {
            acceptsAnyCertificate = true;
            return this;
        }

        /**
         * Checks all values, and reads the files. May block.
         *
         * @return the options.
         * @throws IllegalArgumentException when a value is out of its range, or a file is not what it should be.
         */
        public TlsOptions build() {
            checkIdentity();
            checkPeers();
            checkNames("protocols", protocols, KNOWN_PROTOCOLS);
            if (protocols.isEmpty()) {
                throw new IllegalArgumentException("protocols=none, limit=" + KNOWN_PROTOCOLS + ", name one at least");
            }
            if (!cipherSuites.isEmpty()) {
                checkCipherSuites();
            }
            final TlsOptions options = new TlsOptions(this);
            options.contexts.readFiles();
            return options;
        }

        private void checkIdentity() {
            if (identity != null && certificateChainFile != null) {
                throw new IllegalArgumentException("identity=given beside certificateChainFile=" + certificateChainFile
                        + ", limit=one certificate of our own, leave one out");
            }
        }

        private void checkPeers() {
            for (final String pinned : pinnedFingerprints) {
                if (pinned.length() != FINGERPRINT_DIGITS || !pinned.matches("[0-9a-f]+")) {
                    throw new IllegalArgumentException("pinnedFingerprint=" + pinned + ", limit=" + FINGERPRINT_DIGITS
                            + " hexadecimal digits, take what openssl x509 -fingerprint -sha256 says");
                }
            }
            final boolean verifies = !trustFiles.isEmpty() || !pinnedFingerprints.isEmpty();
            if (clientAuthentication != ClientAuthentication.NONE && !verifies && !acceptsAnyCertificate) {
                throw new IllegalArgumentException("clientAuthentication=" + clientAuthentication
                        + ", limit=trust files or pinned fingerprints, name the authority of the peers' certificates");
            }
            if (acceptsAnyCertificate && verifies) {
                throw new IllegalArgumentException(
                        "insecureAcceptAnyCertificate=given, limit=no trust files and no pinned"
                                + " fingerprints, as nothing is verified: leave out one or the other");
            }
        }

        private static void checkNames(final String option, final List<String> names, final List<String> known) {
            for (final String name : names) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException(
                            option + "=" + name + ", limit=" + known + ", use names of this list");
                }
            }
        }

        private void checkCipherSuites() {
            try {
                final SSLContext jdk = SSLContext.getDefault();
                final String[] known = jdk.getSupportedSSLParameters().getCipherSuites();
                checkNames("cipherSuites", cipherSuites, Arrays.asList(known));
                for (final String protocol : protocols) {
                    checkCipherSuites(jdk.createSSLEngine(), protocol);
                }
            } catch (final NoSuchAlgorithmException e) {
                throw new IllegalStateException("TLS=missing, limit=every JDK has it, use another JDK", e);
            }
        }

        /** The JDK does not tell which suite is for which version, but refuses to begin without one. */
        private void checkCipherSuites(final SSLEngine trial, final String protocol) {
            trial.setUseClientMode(true);
            trial.setEnabledProtocols(new String[] {protocol});
            trial.setEnabledCipherSuites(cipherSuites.toArray(new String[0]));
            try {
                trial.beginHandshake();
            } catch (final SSLException e) {
                throw new IllegalArgumentException(
                        "cipherSuites=" + cipherSuites + ", limit=one at least for each of protocols=" + protocols
                                + ", there is none for " + protocol + ": add one, or leave that protocol out",
                        e);
            }
        }
    }
}
