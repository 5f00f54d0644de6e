package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.SslSessionTicketKey;
import io.netty.handler.ssl.ClientAuth;
import io.sluicemq.transport.tls.TlsManagers;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * BoringSSL's contexts for the options of one driver's sockets: one for each options and direction, so that a ticket of one is worth
 * nothing with another, whose peers may be others. Any thread.
 */
final class QuicTls {
    /** The version of what is spoken inside; one that does not fit with this one gets another token. */
    static final String ALPN = "sluicemq/1";

    private final SecureRandom random = new SecureRandom();

    /** Both guarded by this. */
    private final Map<TlsOptions, Made> listening = new HashMap<>();

    private final Map<TlsOptions, Made> dialing = new HashMap<>();

    /** What a peer was refused for, by the engine of its connection. */
    private final Map<SSLEngine, String> refusals = new ConcurrentHashMap<>();

    private record Made(TlsManagers of, QuicSslContext context) {}

    /**
     * The context for new connections, with what the files hold now. For threads that may block.
     *
     * @param options of the socket.
     * @param dialed whether this side connects.
     * @param nowNs as of {@link System#nanoTime()}.
     * @return the same until a file has changed.
     * @throws IOException when there is none; the text says why.
     */
    @SuppressWarnings("ReferenceEquality") // the same until a file has changed
    synchronized QuicSslContext context(final TlsOptions options, final boolean dialed, final long nowNs)
            throws IOException {
        final TlsManagers now = options.managers(nowNs);
        final Map<TlsOptions, Made> all = dialed ? dialing : listening;
        Made made = all.get(options);
        if (made == null || made.of != now) {
            made = new Made(now, dialed ? client(options, now) : server(options, now));
            all.put(options, made);
        }
        return made.context;
    }

    private QuicSslContext client(final TlsOptions options, final TlsManagers managers) {
        final QuicSslContextBuilder builder = QuicSslContextBuilder.forClient();
        if (managers.key() != null) {
            builder.keyManager(managers.key(), null);
        }
        return common(builder, managers)
                .endpointIdentificationAlgorithm(options.checksServerName() ? "HTTPS" : "")
                .build();
    }

    private QuicSslContext server(final TlsOptions options, final TlsManagers managers) {
        return common(QuicSslContextBuilder.forServer(managers.key(), null), managers)
                .clientAuth(
                        switch (options.clientAuthentication()) {
                            case REQUIRED -> ClientAuth.REQUIRE;
                            case WANTED -> ClientAuth.OPTIONAL;
                            case NONE -> ClientAuth.NONE;
                        })
                .build();
    }

    private QuicSslContextBuilder common(final QuicSslContextBuilder builder, final TlsManagers managers) {
        return builder.trustManager(new Recorder(managers.trust()))
                .applicationProtocols(ALPN)
                .sessionCacheSize(0)
                .earlyData(false);
    }

    /**
     * Has a listener's context forget all tickets that it issued: who resumes a session shows no certificate. Without a key of ours BoringSSL
     * has one for as long as the context lives. Before each connection.
     */
    void forgetTickets(final QuicSslContext context) {
        context.sessionContext()
                .setTicketKeys(new SslSessionTicketKey(
                        fresh(SslSessionTicketKey.NAME_SIZE),
                        fresh(SslSessionTicketKey.HMAC_KEY_SIZE),
                        fresh(SslSessionTicketKey.AES_KEY_SIZE)));
    }

    private byte[] fresh(final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Why the peer of a connection was refused, or null. Once. */
    String takeRefusal(final SSLEngine engine) {
        return engine == null ? null : refusals.remove(engine);
    }

    /** Keeps the words of a refusal, of which only a number would get through BoringSSL. */
    private final class Recorder extends X509ExtendedTrustManager {
        /** As the JDK names that of TLS 1.3, which has no part in the check. */
        private static final String KEY_EXCHANGE = "UNKNOWN";

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

        private CertificateException record(final SSLEngine engine, final CertificateException failure) {
            refusals.put(engine, failure.getMessage());
            return failure;
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
