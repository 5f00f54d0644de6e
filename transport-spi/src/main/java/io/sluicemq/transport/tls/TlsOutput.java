package io.sluicemq.transport.tls;

import io.sluicemq.transport.stream.StreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of one encrypted connection: full records as long as there are bytes for them, and many records in one write.
 * What the medium does not take is kept, and nothing more is taken until it has gone. Agent thread.
 */
final class TlsOutput {
    private static final Logger LOG = LoggerFactory.getLogger(TlsOutput.class);

    /** Records that go into one write. */
    private static final int WRITE_BYTES = 128 * 1024;

    /** Room for one record, whatever its protection. */
    private static final int RECORD_BYTES = 32 * 1024;

    /** What the engine itself has to say in one flush, so that thousands of answers hold nobody up. */
    private static final int MAX_FLUSH_RECORDS = 32;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final HeapChunks chunks;
    private final StreamChannel channel;
    private final ByteBuffer[] one = new ByteBuffer[1];
    private SSLEngine engine;
    private int packetBytes;

    /** Encrypted, in a chunk, and not yet written; or null. */
    private ByteBuffer pending;

    private boolean wrapWanted;
    private boolean closing;
    private boolean shut;

    TlsOutput(final HeapChunks chunks, final StreamChannel channel) {
        this.chunks = chunks;
        this.channel = channel;
    }

    void engine(final SSLEngine newEngine) {
        engine = newEngine;
    }

    void onOpen() {
        packetBytes = engine.getSession().getPacketBufferSize();
    }

    /** The engine has something of its own to say. */
    void onWrapWanted() {
        wrapWanted = true;
    }

    /** Whether the engine still has something of its own to say, since there was no room for it. */
    boolean isWrapWanted() {
        return wrapWanted;
    }

    boolean isFlushed() {
        return pending == null && !wrapWanted && closing == shut;
    }

    boolean flush() throws IOException {
        if (pending != null && !writePending()) {
            return false;
        }
        for (int records = 0; wrapWanted; records++) {
            if (records == MAX_FLUSH_RECORDS) {
                return false;
            }
            wrapOwn();
            if (!writePending()) {
                return false;
            }
        }
        if (closing && !shut) {
            shut = true;
            channel.shutdownOutput();
        }
        return true;
    }

    int write(final ByteBuffer source) throws IOException {
        one[0] = source;
        return (int) write(one, 1);
    }

    long write(final ByteBuffer[] sources, final int count) throws IOException {
        long taken = 0;
        boolean going = flush();
        while (going && hasRemaining(sources, count)) {
            taken += wrap(sources, count);
            going = writePending();
        }
        return taken;
    }

    private static boolean hasRemaining(final ByteBuffer[] sources, final int count) {
        // The last one first, as it is the last to be used up.
        for (int i = count - 1; i >= 0; i--) {
            if (sources[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    private long wrap(final ByteBuffer[] sources, final int count) throws SSLException {
        final ByteBuffer target = chunks.acquire(WRITE_BYTES);
        try {
            long taken = 0;
            do {
                final SSLEngineResult result = engine.wrap(sources, 0, count, target);
                taken += result.bytesConsumed();
                if (result.getStatus() != SSLEngineResult.Status.OK || result.bytesProduced() == 0) {
                    throw new SSLException(
                            "tlsOutput=" + result.getStatus() + ", limit=OK, the peer ended the connection");
                }
            } while (target.remaining() >= packetBytes && hasRemaining(sources, count));
            pending = target.flip();
            return taken;
        } finally {
            releaseUnused(target);
        }
    }

    /** Wraps what the engine has to say itself. */
    private void wrapOwn() throws SSLException {
        final ByteBuffer target = chunks.acquire(RECORD_BYTES);
        try {
            final SSLEngineResult result = engine.wrap(EMPTY, target);
            pending = target.flip();
            wrapWanted = result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && result.getStatus() == SSLEngineResult.Status.OK
                    && result.bytesProduced() > 0;
        } finally {
            releaseUnused(target);
        }
    }

    @SuppressWarnings("ReferenceEquality") // equals would compare the content
    private void releaseUnused(final ByteBuffer target) {
        if (pending != target) {
            chunks.release(target);
        }
    }

    private boolean writePending() throws IOException {
        channel.write(pending);
        if (pending.hasRemaining()) {
            return false;
        }
        chunks.release(pending);
        pending = null;
        return true;
    }

    /** Says the end (close_notify, RFC 8446, 6.1) behind all that was taken, and then ends the stream. */
    void shutdown() throws IOException {
        if (!closing) {
            closing = true;
            engine.closeOutbound();
            wrapWanted = true;
            flush();
        }
    }

    /** Tells the peer why the handshake or a record failed (alert, RFC 8446, 6.2), if there is room for it now. */
    void tellFailure() {
        if (pending == null) {
            wrapWanted = true;
            tryToFlush();
        }
    }

    /** Tells a peer that does not speak TLS that we do, by an alert in clear: unexpected_message (RFC 8446, 6). */
    void tellThatThisIsTls() {
        try {
            channel.write(ByteBuffer.wrap(new byte[] {21, 3, 3, 0, 2, 2, 10}));
        } catch (final IOException e) {
            LOG.debug("the peer cannot be told that TLS is spoken here", e);
        }
    }

    /** Says the end, if there is room for it now. */
    void tellEnd() {
        if (!closing && pending == null) {
            engine.closeOutbound();
            wrapWanted = true;
            tryToFlush();
        }
    }

    /** For what nobody asked to have written: whoever writes next finds out that the medium fails. */
    void tryToFlush() {
        try {
            flush();
        } catch (final IOException e) {
            LOG.debug("what TLS itself has to say cannot be written", e);
        }
    }

    void release() {
        if (pending != null) {
            chunks.release(pending);
            pending = null;
        }
    }
}
