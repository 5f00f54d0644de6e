package io.sluicemq.transport.tls;

import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.StreamChannel;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * What the encrypted connections of one driver share: memory, and where their work is done. One per driver. Agent thread.
 *
 * <p>A connection that is idle holds no buffer, apart from what the JDK's {@link javax.net.ssl.SSLEngine} keeps. The
 * reading of files and the arithmetic of the handshake are done by {@link TransportContext#handshakes()}.
 */
public final class TlsLayer {
    final TransportContext context;

    /** For the dates of certificates alone. */
    final LongSupplier wallClockMs;

    final HeapChunks chunks = new HeapChunks();

    /** What a pipe asks for in a turn. */
    private static final int READ_BYTES = 256 * 1024;

    /** Encrypted bytes as they are read, the rest of the last turn in front. */
    final ByteBuffer encrypted = ByteBuffer.allocate(READ_BYTES + TlsInput.MAX_RECORD_BYTES);

    /** A record that does not fit where it is to go. */
    final ByteBuffer decrypted = ByteBuffer.allocate(TlsInput.MAX_RECORD_BYTES);

    /**
     * Makes a layer, with some 300 KiB of memory.
     *
     * @param context of the agent.
     */
    public TlsLayer(final TransportContext context) {
        this(context, System::currentTimeMillis);
    }

    TlsLayer(final TransportContext context, final LongSupplier wallClockMs) {
        this.context = context;
        this.wallClockMs = wallClockMs;
    }

    /**
     * Checks that it is possible, and safe, to listen with these options.
     *
     * @param options of the listener.
     * @param endpoint for people.
     * @throws IllegalArgumentException when there is no certificate; when there are pinned fingerprints, and yet whoever shows
     *     no certificate would be let in.
     */
    public static void checkListening(final TlsOptions options, final String endpoint) {
        if (!options.hasCertificate()) {
            throw new IllegalArgumentException("certificate=none, limit=one to listen at endpoint=" + endpoint
                    + ", give TlsOptions.Builder certificate(chain, key), or identity(own)");
        }
        if (!options.pinnedFingerprints().isEmpty()
                && options.clientAuthentication() != TlsOptions.ClientAuthentication.REQUIRED) {
            throw new IllegalArgumentException("clientAuthentication=" + options.clientAuthentication()
                    + ", limit=REQUIRED to listen with pinnedFingerprint at endpoint=" + endpoint
                    + ", as a peer without a certificate would be let in: require one, or pin none for this socket");
        }
    }

    /**
     * Encrypts a connection that was accepted.
     *
     * @param channel carries the encrypted bytes; belongs to the result from now on.
     * @param options with a certificate.
     * @return the channel of what was decrypted.
     */
    public StreamChannel accepting(final StreamChannel channel, final TlsOptions options) {
        return new TlsChannel(
                this, channel, options, false, nowNs -> options.contexts().engine(false, null, -1, nowNs));
    }

    /**
     * Encrypts a connection that was dialed.
     *
     * @param channel carries the encrypted bytes; belongs to the result from now on.
     * @param options of whom to trust.
     * @param host name or IP address that was dialed, for the check of the certificate.
     * @param port that was dialed.
     * @return the channel of what was decrypted.
     */
    public StreamChannel dialing(
            final StreamChannel channel, final TlsOptions options, final String host, final int port) {
        final String name = options.serverName() == null ? host : options.serverName();
        return new TlsChannel(
                this, channel, options, true, nowNs -> options.contexts().engine(true, name, port, nowNs));
    }
}
