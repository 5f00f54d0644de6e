package io.sluicemq.transport.tls;

import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Names under which {@link io.sluicemq.wire.PeerMetadata#attributes()} holds what TLS knows of a peer. An attribute that is
 * not known is not there.
 */
public final class TlsAttributes {
    /**
     * The subject of the peer's certificate as RFC 2253 writes it, such as {@code CN=orders,O=Example}. There only if the
     * certificate was verified: never with {@link TlsOptions.Builder#insecureAcceptAnyCertificate}.
     */
    public static final String PRINCIPAL = "tls.principal";

    /**
     * Hosts, addresses and URIs for which the peer's certificate stands, as it writes them, each behind its kind and with a space
     * between: {@code DNS:orders.example URI:spiffe://example/orders IP:192.0.2.1}. Split it and compare whole names. A name
     * with a space in it is left out. There only if the certificate was verified, as for {@link #PRINCIPAL}, and has any.
     */
    public static final String NAMES = "tls.names";

    /** SHA-256 of the peer's certificate in lower-case hexadecimal. There whenever the peer showed a certificate. */
    public static final String FINGERPRINT = "tls.fingerprint";

    /** The version of TLS, such as {@code TLSv1.3}. */
    public static final String PROTOCOL = "tls.protocol";

    /** The cipher suite, such as {@code TLS_AES_256_GCM_SHA384}. */
    public static final String CIPHER = "tls.cipher";

    private TlsAttributes() {}

    /**
     * What a session knows of the peer: all of it once the handshake is done.
     *
     * @param session of the connection.
     * @param options under which it was made.
     * @return by the names of this class.
     */
    public static Map<String, String> of(final SSLSession session, final TlsOptions options) {
        final Map<String, String> all = new HashMap<>();
        all.put(PROTOCOL, session.getProtocol());
        all.put(CIPHER, session.getCipherSuite());
        try {
            final X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
            all.put(FINGERPRINT, TlsIdentity.fingerprint(certificate));
            if (!options.acceptsAnyCertificate()) {
                all.put(PRINCIPAL, certificate.getSubjectX500Principal().getName());
                final String names = CertificateNames.exact(certificate);
                if (!names.isEmpty()) {
                    all.put(NAMES, names);
                }
            }
        } catch (final SSLPeerUnverifiedException e) {
            all.remove(PRINCIPAL);
        }
        all.values().removeIf(Objects::isNull);
        return all;
    }
}
