package io.sluicemq.transport.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one set of options has read of its files, and the JDK's context made of that. Threads that may block; by turns. */
final class TlsContexts {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);

    /** Files are looked at no more often. */
    private static final long CHECK_INTERVAL_NS = 1_000_000_000L;

    /** How long a session can be resumed, and so a certificate is believed that was verified. The JDK's default is a day. */
    private static final int SESSION_TIMEOUT_S = 600;

    private static final byte[] PROBE = {1, 2, 3, 4};

    private final TlsOptions options;

    // All of them guarded by this.
    private List<Stamp> stamps = List.of();
    private Material material;
    private Made made;
    private boolean isChecked;
    private long checkedNs;

    /** By which a file that has changed is known; without time and size for one that cannot be looked at. */
    private record Stamp(Path file, FileTime modified, long bytes) {}

    private record Material(TlsIdentity identity, List<X509Certificate> trusted) {}

    private record Made(TlsManagers managers, SSLContext context) {}

    TlsContexts(final TlsOptions options) {
        this.options = options;
    }

    /**
     * Reads the files for the first time.
     *
     * @throws IllegalArgumentException when one is not what it should be.
     */
    synchronized void readFiles() {
        stamps = look();
        material = read();
    }

    /** Makes an engine for one connection, with what the files hold now. */
    SSLEngine engine(final boolean client, final String host, final int port, final long nowNs) throws IOException {
        final SSLContext current = current(nowNs).context();
        final SSLEngine engine = client ? current.createSSLEngine(host, port) : current.createSSLEngine();
        engine.setUseClientMode(client);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(options.protocols().toArray(new String[0]));
        if (!options.cipherSuites().isEmpty()) {
            parameters.setCipherSuites(options.cipherSuites().toArray(new String[0]));
        }
        if (!client) {
            switch (options.clientAuthentication()) {
                case WANTED -> parameters.setWantClientAuth(true);
                case REQUIRED -> parameters.setNeedClientAuth(true);
                case NONE -> {}
            }
        } else if (options.checksServerName()) {
            // The rules for names of RFC 2818 are those that everybody's certificates are made for.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** For another implementation of TLS, with what the files hold now. */
    TlsManagers managers(final long nowNs) throws IOException {
        return current(nowNs).managers();
    }

    private synchronized Made current(final long nowNs) throws IOException {
        if (!isChecked || nowNs - checkedNs >= CHECK_INTERVAL_NS) {
            isChecked = true;
            checkedNs = nowNs;
            readAgainIfChanged();
        }
        if (made == null) {
            made = make(material);
            if (options.acceptsAnyCertificate()) {
                LOG.warn(
                        "insecureAcceptAnyCertificate=given, limit=trying things out: anybody may stand in for the peer");
            }
        }
        return made;
    }

    private void readAgainIfChanged() {
        final List<Stamp> now = look();
        if (now.equals(stamps)) {
            return;
        }
        // A broken file is told once, and read again when it changes again.
        stamps = now;
        try {
            final Material changed = read();
            made = make(changed);
            material = changed;
            LOG.info(
                    "certificates were read again, identity={}, trusted={}",
                    changed.identity(),
                    changed.trusted().size());
        } catch (final IllegalArgumentException | IOException e) {
            LOG.error("changed certificates are not used, those read before stay in use: {}", e.getMessage());
        }
    }

    private List<Stamp> look() {
        final List<Path> files = new ArrayList<>(options.trustFiles());
        if (options.certificateChainFile() != null) {
            files.add(options.certificateChainFile());
            files.add(options.privateKeyFile());
        }
        return files.stream().map(TlsContexts::stamp).toList();
    }

    private static Stamp stamp(final Path file) {
        try {
            final BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(file, found.lastModifiedTime(), found.size());
        } catch (final IOException e) {
            return new Stamp(file, null, -1);
        }
    }

    private Material read() {
        TlsIdentity own = options.identity();
        if (options.certificateChainFile() != null) {
            KeyFileMode.warnIfOthersMayRead(options.privateKeyFile());
            own = new TlsIdentity(
                    Pem.privateKey(options.privateKeyFile()), Pem.certificates(options.certificateChainFile()));
        }
        if (own != null) {
            checkKey(own);
        }
        final List<X509Certificate> trusted = new ArrayList<>();
        for (final Path file : options.trustFiles()) {
            trusted.addAll(Pem.certificates(file));
        }
        return new Material(own, trusted);
    }

    private void checkKey(final TlsIdentity own) {
        final String algorithm = own.privateKey().getAlgorithm();
        boolean fits = false;
        try {
            final Signature signature = Signature.getInstance(CertificateBuilder.signatureOf(algorithm));
            signature.initSign(own.privateKey());
            signature.update(PROBE);
            final byte[] signed = signature.sign();
            signature.initVerify(own.certificate().getPublicKey());
            signature.update(PROBE);
            fits = signature.verify(signed);
        } catch (final GeneralSecurityException e) {
            LOG.debug("the key cannot be tried on its certificate", e);
        }
        if (!fits) {
            final Object key = options.privateKeyFile() == null ? algorithm : options.privateKeyFile();
            throw new IllegalArgumentException(
                    "privateKey=" + key + ", limit=the key of the first certificate, subject="
                            + own.certificate().getSubjectX500Principal() + ", give the two that were made together");
        }
    }

    private Made make(final Material from) throws IOException {
        try {
            final SSLContext context = SSLContext.getInstance("TLS");
            final OneKey key = from.identity() == null ? null : new OneKey(from.identity());
            final PeerTrust trust = new PeerTrust(options, authorities(from));
            context.init(key == null ? new KeyManager[0] : new KeyManager[] {key}, new TrustManager[] {trust}, null);
            context.getClientSessionContext().setSessionTimeout(SESSION_TIMEOUT_S);
            context.getServerSessionContext().setSessionTimeout(SESSION_TIMEOUT_S);
            return new Made(new TlsManagers(key, trust), context);
        } catch (final GeneralSecurityException e) {
            throw new IOException("tls=cannot be set up, limit=what this JDK has: " + e.getMessage(), e);
        }
    }

    /** Null when authorities are not asked. */
    private X509ExtendedTrustManager authorities(final Material from) throws GeneralSecurityException, IOException {
        if (!options.asksAuthorities()) {
            return null;
        }
        KeyStore store = null; // the system's
        if (!from.trusted().isEmpty()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < from.trusted().size(); i++) {
                store.setCertificateEntry(String.valueOf(i), from.trusted().get(i));
            }
        }
        final TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }
}
