package io.sluicemq.transport.tls;

import io.sluicemq.transport.stream.StreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The way in of one encrypted connection. Records are decrypted where they were read and go from there into the reader's
 * buffer. What is left of the encrypted bytes, less than a record more than was asked for, and what of a record had no room,
 * is kept until the next read. Agent thread.
 */
final class TlsInput {
    static final int HEADER_BYTES = 5;

    /** Most bytes of a record that is protected: RFC 5246, 6.2.3; RFC 8446, 5.2 allows less. */
    static final int MAX_RECORD_BYTES = HEADER_BYTES + 16_384 + 2_048;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final TlsLayer layer;
    private final StreamChannel channel;
    private final TlsOutput output;
    private SSLEngine engine;
    private boolean open;
    private boolean mayRenegotiate; // before TLS 1.3

    /** Encrypted bytes that were not used, in a chunk; or null. */
    private ByteBuffer carry;

    private boolean carriesRecord;

    /** Decrypted bytes that had no room, in a chunk; or null. */
    private ByteBuffer plain;

    /** The channel had no more when it was read last in this turn. */
    private boolean drained;

    private boolean ended;
    private boolean endTold;
    private IOException failure;

    TlsInput(final TlsLayer layer, final StreamChannel channel, final TlsOutput output) {
        this.layer = layer;
        this.channel = channel;
        this.output = output;
    }

    void engine(final SSLEngine newEngine) {
        engine = newEngine;
    }

    void onOpen() {
        open = true;
        mayRenegotiate = !"TLSv1.3".equals(engine.getSession().getProtocol());
    }

    boolean hasBuffered() {
        return plain != null || carriesRecord || failure != null || (ended && !endTold);
    }

    /** Takes one record of the handshake; false when it is not here in full. */
    boolean shakeHands() throws IOException {
        final ByteBuffer bytes = load();
        try {
            int record = recordLength(bytes);
            if (record == 0 && fill(bytes, 1)) {
                record = recordLength(bytes);
            }
            if (record > 0) {
                unwrap(bytes, record, EMPTY);
            }
            return record > 0;
        } finally {
            keep(bytes);
        }
    }

    int read(final ByteBuffer target) throws IOException {
        final int start = target.position();
        givePlain(target);
        if (target.hasRemaining() && failure == null && !ended) {
            try {
                decrypt(target);
            } catch (final IOException e) {
                // What came before it is to be delivered first.
                failure = e;
            }
        }
        final int count = target.position() - start;
        if (count > 0) {
            return count;
        }
        if (failure != null) {
            throw failure;
        }
        endTold = ended;
        return ended ? -1 : 0;
    }

    private void decrypt(final ByteBuffer target) throws IOException {
        final ByteBuffer bytes = load();
        try {
            boolean going = true;
            while (going && target.hasRemaining() && !ended) {
                final int record = recordLength(bytes);
                if (record > 0) {
                    unwrap(bytes, record, target);
                } else {
                    going = fill(bytes, target.remaining());
                }
            }
        } finally {
            keep(bytes);
        }
    }

    /** Length of the record that is here in full, or 0. */
    private static int recordLength(final ByteBuffer bytes) throws SSLException {
        final int count = bytes.remaining();
        if (count == 0) {
            return 0;
        }
        final int at = bytes.position();
        if (!TlsFailure.isRecordType(bytes.get(at))) {
            throw new TlsFailure.NotTls(bytes);
        }
        if (count < HEADER_BYTES) {
            return 0;
        }
        final int length = HEADER_BYTES + (bytes.getShort(at + HEADER_BYTES - Short.BYTES) & 0xFFFF);
        if (length > MAX_RECORD_BYTES) {
            throw new SSLException("tlsRecordBytes=" + length + ", limit=" + MAX_RECORD_BYTES
                    + ", the peer does not speak TLS, or does not keep to it");
        }
        return count >= length ? length : 0;
    }

    /** Reads what makes so many decrypted bytes, and up to a record more; false when there is no more. */
    private boolean fill(final ByteBuffer bytes, final int wanted) throws IOException {
        if (drained) {
            return false;
        }
        bytes.compact();
        final int asked = Math.min(bytes.remaining(), wanted + MAX_RECORD_BYTES - bytes.position());
        bytes.limit(bytes.position() + asked);
        final int count = channel.read(bytes);
        bytes.flip();
        if (count < 0) {
            throw new TlsFailure.Truncated();
        }
        drained = count < asked;
        return count > 0;
    }

    private void unwrap(final ByteBuffer bytes, final int record, final ByteBuffer target) throws IOException {
        final boolean fits = target.remaining() >= record;
        final ByteBuffer into = fits ? target : layer.decrypted.clear();
        final int limit = bytes.limit();
        bytes.limit(bytes.position() + record);
        final SSLEngineResult result = engine.unwrap(bytes, into);
        bytes.limit(limit);
        if (!fits && into.position() > 0) {
            plain = layer.chunks.acquire(into.flip().remaining()).put(into).flip();
            givePlain(target);
        }
        check(result);
    }

    private void check(final SSLEngineResult result) throws SSLException {
        final HandshakeStatus status = result.getHandshakeStatus();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            ended = true;
            if (!open) {
                throw new SSLException("the peer ended the TLS handshake");
            }
        } else if (open && mayRenegotiate && status != HandshakeStatus.NOT_HANDSHAKING) {
            throw new SSLException(
                    "renegotiation=asked for by the peer, limit=none, connect anew or use TLSv1.3 on both sides");
        } else if (open && status == HandshakeStatus.NEED_WRAP) {
            output.onWrapWanted();
        } else if (result.bytesConsumed() == 0) {
            throw new SSLException("tlsRecord=" + result.getStatus() + ", limit=OK, the record cannot be used");
        }
    }

    private void givePlain(final ByteBuffer target) {
        if (plain == null) {
            return;
        }
        final int count = Math.min(plain.remaining(), target.remaining());
        target.put(target.position(), plain, plain.position(), count);
        target.position(target.position() + count);
        plain.position(plain.position() + count);
        if (!plain.hasRemaining()) {
            layer.chunks.release(plain);
            plain = null;
        }
    }

    private ByteBuffer load() {
        drained = false;
        final ByteBuffer bytes = layer.encrypted.clear();
        if (carry != null) {
            bytes.put(carry);
            layer.chunks.release(carry);
            carry = null;
        }
        carriesRecord = false;
        return bytes.flip();
    }

    private void keep(final ByteBuffer bytes) {
        if (bytes.hasRemaining() && !ended) {
            carry = layer.chunks.acquire(bytes.remaining());
            carry.put(bytes).flip();
            carriesRecord = isComplete(carry);
        }
    }

    private static boolean isComplete(final ByteBuffer bytes) {
        return bytes.remaining() >= HEADER_BYTES
                && bytes.remaining() >= HEADER_BYTES + (bytes.getShort(HEADER_BYTES - Short.BYTES) & 0xFFFF);
    }

    void release() {
        if (carry != null) {
            layer.chunks.release(carry);
            carry = null;
        }
        if (plain != null) {
            layer.chunks.release(plain);
            plain = null;
        }
    }
}
