package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a certificate that the JDK refuses. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class PeerTrustTest {
    private static final X509Certificate[] CHAIN = {
        new CertificateBuilder("CN=peer").name("peer.example").build().certificate()
    };

    private static final String WRONG_USE = "certificate=CN=peer, limit=one that is made for this use";

    @Test
    void shouldBlameTheNameOnlyWhereItIsWrong() {
        final CertificateException wrongName = new CertificateException("No name matching other.example found");

        assertThatThrownBy(() -> refusing(wrongName).checkServerTrusted(CHAIN, "EC", engine(true)))
                .hasMessageContaining("serverName=other.example, limit=[DNS:peer.example]");
        assertThatThrownBy(() -> refusing(wrongName).checkClientTrusted(CHAIN, "EC", engine(false)))
                .hasMessageContaining(WRONG_USE);
    }

    @Test
    void shouldTellWhatElseIsWrong() {
        final CertificateException wrongUse = new CertificateParsingException("Extended key usage does not permit use");

        assertThatThrownBy(() -> refusing(wrongUse).checkServerTrusted(CHAIN, "EC", engine(true)))
                .hasMessageContaining(WRONG_USE)
                .hasMessageContaining("(Extended key usage does not permit use)");
        assertThatThrownBy(() -> refusing(wrongUse).checkClientTrusted(CHAIN, "EC", engine(false)))
                .hasMessageContaining(WRONG_USE);
    }

    @Test
    void shouldSayThatNoAuthorityVouchesForIt() {
        final CertificateException unknown =
                new CertificateException("PKIX path building failed", new CertPathBuilderException("no path"));

        assertThatThrownBy(() -> refusing(unknown).checkServerTrusted(CHAIN, "EC", engine(true)))
                .hasMessageContaining("issuer=CN=peer, limit=authorities that are trusted")
                .hasMessageContaining("leads to none of them");
    }

    private static SSLEngine engine(final boolean client) throws NoSuchAlgorithmException {
        final SSLEngine engine = SSLContext.getDefault().createSSLEngine("other.example", 1);
        engine.setUseClientMode(client);
        return engine;
    }

    private static PeerTrust refusing(final CertificateException failure) {
        return new PeerTrust(TlsOptions.DEFAULTS, new Refusing(failure));
    }

    private static final class Refusing extends X509ExtendedTrustManager {
        private final CertificateException failure;

        Refusing(final CertificateException failure) {
            this.failure = failure;
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
                throws CertificateException {
            throw failure;
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
                throws CertificateException {
            throw failure;
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) throws CertificateException {
            // The JDK looks at no name where it is given no engine.
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) throws CertificateException {
            // Likewise.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
