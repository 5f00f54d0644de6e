package io.sluicemq.bench;

import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The JDK's engine round a socket with nothing else: what TLS in Java could be at best. As many records go into a write as a
 * message batch fills; encrypted bytes are on the heap, where the JDK's ciphers are fastest. One thread a side.
 */
final class RawTls implements ByteStream {
    private static final int NET_BYTES = 300 << 10;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer out = ByteBuffer.allocate(NET_BYTES);
    private final ByteBuffer in = ByteBuffer.allocate(NET_BYTES).flip();
    private final ByteBuffer plain = ByteBuffer.allocate(NET_BYTES).flip();
    private final int recordBytes;

    private RawTls(final SocketChannel channel, final SSLEngine engine) throws IOException {
        this.channel = channel;
        this.engine = engine;
        shakeHands();
        recordBytes = engine.getSession().getPacketBufferSize();
    }

    /** For both sides: a certificate made on the spot, which nobody verifies. */
    static TlsOptions options() {
        return TlsOptions.builder()
                .identity(identity())
                .insecureAcceptAnyCertificate()
                .build();
    }

    static TlsIdentity identity() {
        return new CertificateBuilder("CN=localhost").name("localhost").build();
    }

    static RawTls wrap(final SocketChannel channel, final boolean client) throws IOException {
        try {
            final KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            final TlsIdentity own = identity();
            keys.setKeyEntry("own", own.privateKey(), new char[0], own.chain().toArray(new Certificate[0]));
            final KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(keys, new char[0]);
            final SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(managers.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
            final SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(client);
            return new RawTls(channel, engine);
        } catch (final GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private void shakeHands() throws IOException {
        engine.beginHandshake();
        final ByteBuffer nothing = ByteBuffer.allocate(NET_BYTES);
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED) {
            switch (status) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> {
                    engine.wrap(EMPTY, out);
                    writeOut();
                }
                default -> {
                    if (engine.unwrap(in, nothing).bytesConsumed() == 0) {
                        fill();
                    }
                }
            }
            status = engine.getHandshakeStatus();
        }
    }

    private int fill() throws IOException {
        in.compact();
        final int count = channel.read(in);
        in.flip();
        return count;
    }

    private void writeOut() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        final int start = target.position();
        givePlain(target);
        unwrap(target);
        while (target.position() == start) {
            final int count = fill();
            if (count <= 0) {
                return count;
            }
            unwrap(target);
        }
        return target.position() - start;
    }

    /** All records that are here in full and have room; what of the last one has none waits. */
    private void unwrap(final ByteBuffer target) throws IOException {
        boolean going = in.hasRemaining();
        while (going && target.hasRemaining()) {
            if (target.remaining() >= recordBytes) {
                going = engine.unwrap(in, target).bytesConsumed() > 0;
            } else {
                plain.clear();
                going = engine.unwrap(in, plain).bytesConsumed() > 0;
                plain.flip();
                givePlain(target);
            }
            going &= in.hasRemaining();
        }
    }

    private void givePlain(final ByteBuffer target) {
        final int count = Math.min(plain.remaining(), target.remaining());
        target.put(target.position(), plain, plain.position(), count);
        target.position(target.position() + count);
        plain.position(plain.position() + count);
    }

    @Override
    public void write(final ByteBuffer source) throws IOException {
        do {
            engine.wrap(source, out);
        } while (source.hasRemaining() && out.remaining() >= recordBytes);
        writeOut();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Takes every certificate. */
    static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) {
            // Speed is measured, not trust.
        }

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) {
            // Speed is measured, not trust.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
