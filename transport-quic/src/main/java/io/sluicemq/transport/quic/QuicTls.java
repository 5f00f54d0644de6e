package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsManagers;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * BoringSSL's contexts for the options of one driver's sockets: one for each options, direction and use of early data, so that a ticket of one is worth
 * nothing with another, whose peers may be others. Any thread.
 */
final class QuicTls {
    /** The version of what is spoken inside; one that does not fit with this one gets another token. */
    static final String ALPN = "sluicemq/1";

    /** Guarded by this. */
    private final Map<Use, TlsContext> contexts = new HashMap<>();

    /** What a peer was refused for, by the engine of its connection. */
    private final Map<SSLEngine, String> refusals = new ConcurrentHashMap<>();

    /** What a context is for: a ticket for one is worth nothing with another. */
    private record Use(TlsOptions options, boolean dialed, boolean early) {}

    /**
     * The context for new connections, with what the files hold now. For threads that may block.
     *
     * @param options of the socket.
     * @param dialed whether this side connects.
     * @param early whether sessions are resumed, with early data.
     * @param nowNs as of {@link System#nanoTime()}.
     * @return the same until a file has changed, or its sessions are too old.
     * @throws IOException when there is none; the text says why.
     */
    synchronized TlsContext context(
            final TlsOptions options, final boolean dialed, final boolean early, final long nowNs) throws IOException {
        final TlsManagers now = options.managers(nowNs);
        final Use use = new Use(options, dialed, early);
        TlsContext context = contexts.get(use);
        if (context == null || !context.serves(now, nowNs)) {
            final QuicSslContext made = dialed ? client(options, now, early) : server(options, now, early);
            context = new TlsContext(now, made, early, nowNs);
            contexts.put(use, context);
        }
        return context;
    }

    private QuicSslContext client(final TlsOptions options, final TlsManagers managers, final boolean early) {
        final QuicSslContextBuilder builder = QuicSslContextBuilder.forClient();
        if (managers.key() != null) {
            builder.keyManager(managers.key(), null);
        }
        return common(builder, managers, early)
                .endpointIdentificationAlgorithm(options.checksServerName() ? "HTTPS" : "")
                .build();
    }

    private QuicSslContext server(final TlsOptions options, final TlsManagers managers, final boolean early) {
        return common(QuicSslContextBuilder.forServer(managers.key(), null), managers, early)
                .clientAuth(
                        switch (options.clientAuthentication()) {
                            case REQUIRED -> ClientAuth.REQUIRE;
                            case WANTED -> ClientAuth.OPTIONAL;
                            case NONE -> ClientAuth.NONE;
                        })
                .build();
    }

    private QuicSslContextBuilder common(
            final QuicSslContextBuilder builder, final TlsManagers managers, final boolean early) {
        return builder.trustManager(new Recorder(managers.trust()))
                .applicationProtocols(ALPN)
                .sessionCacheSize(early ? TlsContext.MAX_SESSIONS : 0)
                .sessionTimeout(TimeUnit.NANOSECONDS.toSeconds(TlsContext.SESSION_LIFETIME_NS))
                .earlyData(early);
    }

    /** What the session knows of the peer; it tells the version only when the handshake is done, though QUIC has no other. */
    static Map<String, String> attributes(final SSLEngine engine, final TlsOptions options) {
        final Map<String, String> known = TlsAttributes.of(engine.getSession(), options);
        known.put(TlsAttributes.PROTOCOL, "TLSv1.3");
        return known;
    }

    /** Why the peer of a connection was refused, or null. Once. */
    String takeRefusal(final SSLEngine engine) {
        return engine == null ? null : refusals.remove(engine);
    }

    /** Keeps the words of a refusal, of which only a number would get through BoringSSL. */
    private final class Recorder extends X509ExtendedTrustManager {
        /** As the JDK names that of TLS 1.3, which has no part in the check. */
        private static final String KEY_EXCHANGE = "UNKNOWN";

        // BoringSSL's X509_V_ERR_CERT_HAS_EXPIRED and so on, of which the last is the alert bad_certificate.
        private static final int CERTIFICATE_EXPIRED = 10;
        private static final int CERTIFICATE_REVOKED = 23;
        private static final int CERTIFICATE_REJECTED = 28;

        private final X509ExtendedTrustManager trust;

        Recorder(final X509ExtendedTrustManager trust) {
            this.trust = trust;
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
                throws CertificateException {
            try {
                trust.checkServerTrusted(chain, KEY_EXCHANGE, engine);
            } catch (final CertificateException e) {
                throw record(engine, e);
            }
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
                throws CertificateException {
            try {
                trust.checkClientTrusted(chain, KEY_EXCHANGE, engine);
            } catch (final CertificateException e) {
                throw record(engine, e);
            }
        }

        /** The peer hears what is wrong with its certificate; of an exception that Netty does not know, it would of an internal error. */
        private CertificateException record(final SSLEngine engine, final CertificateException failure) {
            refusals.put(engine, failure.getMessage());
            return new OpenSslCertificateException(failure.getMessage(), failure, numberOf(failure));
        }

        private static int numberOf(final CertificateException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateExpiredException) {
                    return CERTIFICATE_EXPIRED;
                }
                if (cause instanceof CertPathValidatorException invalid) {
                    final CertPathValidatorException.Reason reason = invalid.getReason();
                    if (reason == CertPathValidatorException.BasicReason.EXPIRED) {
                        return CERTIFICATE_EXPIRED;
                    }
                    if (reason == CertPathValidatorException.BasicReason.REVOKED) {
                        return CERTIFICATE_REVOKED;
                    }
                }
            }
            return CERTIFICATE_REJECTED;
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trust.getAcceptedIssuers();
        }

        // BoringSSL always names the engine.

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) throws CertificateException {
            trust.checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) throws CertificateException {
            trust.checkServerTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket)
                throws CertificateException {
            trust.checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket)
                throws CertificateException {
            trust.checkServerTrusted(chain, type, socket);
        }
    }
}
