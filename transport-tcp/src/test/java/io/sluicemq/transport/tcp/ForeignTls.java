package io.sluicemq.transport.tcp;

import io.sluicemq.transport.tls.TlsIdentity;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS as a peer has it that is not ours: the JDK's sockets with its own key and trust managers. */
final class ForeignTls {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignTls.class);

    private ForeignTls() {}

    static SSLContext trusting(final TlsIdentity trusted) throws GeneralSecurityException, IOException {
        return context(null, trusted);
    }

    static SSLContext context(final TlsIdentity own, final TlsIdentity trusted)
            throws GeneralSecurityException, IOException {
        final KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        if (own != null) {
            keys.setKeyEntry(
                    "own", own.privateKey(), new char[0], own.chain().toArray(new java.security.cert.Certificate[0]));
        }
        final KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, new char[0]);
        final KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("peer", trusted.certificate());
        final TrustManagerFactory trustManagers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    static void write(final Socket socket, final byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (final IOException e) {
            LOG.debug("closed before it could write", e);
        }
    }
}
