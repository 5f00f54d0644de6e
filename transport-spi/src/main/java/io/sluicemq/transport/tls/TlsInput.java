package io.sluicemq.transport.tls;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.stream.StreamChannel;
import io.sluicemq.transport.stream.StreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The way in of one encrypted connection. Records are decrypted where they were read and go from there into the reader's
 * buffer. What is left of the encrypted bytes, and what of a record had no room, is kept until the next read.
 *
 * <p>A turn, {@link #begin} to {@link #end}, reads the medium once and takes at most {@link #MAX_TURN_RECORDS}, whatever is in
 * them. Agent thread.
 */
final class TlsInput {
    static final int HEADER_BYTES = 5;

    /** Most bytes of a record that is protected: RFC 5246, 6.2.3; RFC 8446, 5.2 allows less. */
    static final int MAX_RECORD_BYTES = HEADER_BYTES + 16_384 + 2_048;

    /** So that a peer of small or empty records holds nobody up. Records that are full make a read of 256 KiB before. */
    static final int MAX_TURN_RECORDS = 32;

    /** What a peer may send before the handshake is done; each of its messages is 32 KiB at most in the JDK. */
    static final int MAX_HANDSHAKE_BYTES = 256 * 1024;

    /** In a row, and within a second: a peer that has nothing to say still answers our key updates. */
    static final int MAX_RECORDS_WITHOUT_DATA = 32;

    private static final long COUNT_INTERVAL_NS = 1_000_000_000L;

    /**
     * Of a record without data. An honest key update is alone in its record (RFC 8446, 5.1), 27 B; a record that is full of them
     * keeps the engine busy for a second.
     */
    static final int MAX_UPDATE_BYTES = 64;

    /** Of longer records without data, on a connection that was dialed: a listener's tickets are up to some KiB each. */
    static final int MAX_TICKET_BYTES = 32 * 1024;

    /**
     * Answers that the engine may hold while the medium has no room, some 500 B each. More than one, as two peers that both
     * write, and both wait for an answer to be written before they read on, would wait for ever.
     */
    private static final int MAX_UNWRITTEN_ANSWERS = 8;

    /** First and least size of a read: what is read is kept, and of small records only some are taken in a turn. */
    private static final int MIN_FILL_BYTES = 32 * 1024;

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

    /** Encrypted bytes of this turn, in the layer's buffer, or in {@link #carry} as long as that has a full record. */
    private ByteBuffer bytes;

    private boolean inCarry;
    private boolean filled;
    private int turnRecords;
    private int fillBytes = MIN_FILL_BYTES;

    private int handshakeBytes;
    private int recordsWithoutData;
    private long countedSinceNs;
    private int ticketBytes;
    private int maxTicketBytes;
    private int unwrittenAnswers;
    private boolean stalled;

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

    void onOpen(final boolean dialed) {
        open = true;
        recordsWithoutData = 0;
        countedSinceNs = layer.context.nowNs();
        maxTicketBytes = dialed ? MAX_TICKET_BYTES : 0;
        mayRenegotiate = !"TLSv1.3".equals(engine.getSession().getProtocol());
    }

    boolean hasBuffered() {
        return plain != null || (carriesRecord && !stalled) || failure != null || (ended && !endTold);
    }

    /** Whether nothing is read until the engine's answers are written, which the peer's not reading prevents. */
    boolean isStalled() {
        return stalled;
    }

    /** Tells that something was written; true when reading goes on now. */
    boolean resume() {
        if (output.isWrapWanted()) {
            return false;
        }
        final boolean resumed = stalled;
        stalled = false;
        unwrittenAnswers = 0;
        return resumed;
    }

    /** Whether the peer has said anything yet. What is no TLS is refused before anything is done for it. */
    boolean hasFirstBytes() throws IOException {
        begin();
        try {
            final boolean isSpeaking = fill(1);
            recordLength(bytes);
            return isSpeaking;
        } finally {
            end();
        }
    }

    /** Takes one record of the handshake, within a turn; false when it is not here in full. */
    boolean shakeHands() throws IOException {
        int record = recordLength(bytes);
        if (record == 0 && fill(1)) {
            record = recordLength(bytes);
        }
        if (record > 0) {
            handshakeBytes += record;
            if (handshakeBytes > MAX_HANDSHAKE_BYTES) {
                throw new SSLException("tlsHandshakeBytes=" + handshakeBytes + ", limit=" + MAX_HANDSHAKE_BYTES
                        + ", the peer sends more than a handshake needs, see whether it speaks TLS");
            }
            unwrap(record, EMPTY);
        }
        return record > 0;
    }

    int read(final ByteBuffer target) throws IOException {
        final int start = target.position();
        givePlain(target);
        if (target.hasRemaining() && failure == null && !ended && !stalled) {
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
        begin();
        try {
            boolean going = true;
            while (going && target.hasRemaining() && !ended && !stalled) {
                final int record = recordLength(bytes);
                if (record == 0) {
                    going = fill(target.remaining());
                } else if (turnRecords == MAX_TURN_RECORDS) {
                    fillBytes = MIN_FILL_BYTES;
                    going = false;
                } else {
                    turnRecords++;
                    unwrap(record, target);
                    // One without data may have cost more than a full one.
                    going = recordsWithoutData == 0;
                }
            }
        } finally {
            end();
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

    /** Reads, once in a turn, what makes so many decrypted bytes, and up to a record more; false when there is no more. */
    private boolean fill(final int wanted) throws IOException {
        if (filled) {
            return false;
        }
        filled = true;
        leaveCarry();
        bytes.compact();
        final int asked = Math.min(fillBytes, wanted + MAX_RECORD_BYTES) - bytes.position();
        bytes.limit(bytes.position() + asked);
        final int count = channel.read(bytes);
        bytes.flip();
        if (count < 0) {
            throw new TlsFailure.Truncated();
        }
        if (count == asked) {
            fillBytes = Math.min(2 * fillBytes, layer.encrypted.capacity());
        }
        return count > 0;
    }

    private void unwrap(final int record, final ByteBuffer target) throws IOException {
        final boolean fits = target.remaining() >= record;
        final ByteBuffer into = fits ? target : layer.decrypted.clear();
        final int limit = bytes.limit();
        bytes.limit(bytes.position() + record);
        final SSLEngineResult result = engine.unwrap(bytes, into);
        bytes.limit(limit);
        if (open && result.getStatus() != SSLEngineResult.Status.CLOSED) {
            checkUse(record, result.bytesProduced());
        }
        if (!fits && into.position() > 0) {
            plain = layer.chunks.acquire(into.flip().remaining()).put(into).flip();
            givePlain(target);
        }
        check(result);
    }

    private void check(final SSLEngineResult result) throws IOException {
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
            answer(result.bytesProduced() == 0);
        } else if (result.bytesConsumed() == 0) {
            throw new SSLException("tlsRecord=" + result.getStatus() + ", limit=OK, the record cannot be used");
        }
    }

    /** Before the engine's answers are written, as there may be thousands. */
    private void checkUse(final int record, final int data) throws StreamException {
        if (data > 0) {
            recordsWithoutData = 0;
            return;
        }
        final long nowNs = layer.context.nowNs();
        if (nowNs - countedSinceNs >= COUNT_INTERVAL_NS) {
            countedSinceNs = nowNs;
            recordsWithoutData = 0;
        }
        recordsWithoutData++;
        if (recordsWithoutData > MAX_RECORDS_WITHOUT_DATA) {
            throw new StreamException(
                    CloseReason.PROTOCOL_ERROR,
                    "tlsRecordsWithoutData=" + recordsWithoutData + ", limit=" + MAX_RECORDS_WITHOUT_DATA
                            + " in a row within a second, the peer sends key updates, warnings or empty records and no data",
                    null);
        }
        // Before TLS 1.3 nothing in such a record makes work.
        if (record > MAX_UPDATE_BYTES && !mayRenegotiate) {
            ticketBytes += record;
            if (ticketBytes > maxTicketBytes) {
                throw new StreamException(
                        CloseReason.PROTOCOL_ERROR,
                        "tlsRecordBytes=" + record + " without data, limit=" + MAX_UPDATE_BYTES + ", and "
                                + maxTicketBytes
                                + " for tickets, the peer sends many key updates at once, or pads its records",
                        null);
            }
        }
    }

    /** The engine has an answer, such as to a key update. A write that fails is found out by whoever writes next. */
    private void answer(final boolean isNew) {
        output.onWrapWanted();
        output.tryToFlush();
        if (!output.isWrapWanted()) {
            unwrittenAnswers = 0;
        } else if (isNew) {
            unwrittenAnswers++;
        }
        stalled = unwrittenAnswers >= MAX_UNWRITTEN_ANSWERS;
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

    /** Begins a turn. */
    void begin() {
        filled = false;
        turnRecords = 0;
        inCarry = true;
        bytes = carry;
        if (!carriesRecord) {
            leaveCarry();
        }
    }

    /** What is carried over is copied once, and not in each turn that takes a few small records of it. */
    private void leaveCarry() {
        if (inCarry) {
            inCarry = false;
            bytes = layer.encrypted.clear();
            if (carry != null) {
                bytes.put(carry);
                layer.chunks.release(carry);
                carry = null;
            }
            bytes.flip();
        }
    }

    /** Ends a turn. */
    void end() {
        carriesRecord = !ended && isComplete(bytes);
        if (!inCarry || !carriesRecord) {
            leaveCarry();
            if (bytes.hasRemaining() && !ended) {
                carry = layer.chunks.acquire(bytes.remaining());
                carry.put(bytes).flip();
            }
        }
        bytes = null;
    }

    private static boolean isComplete(final ByteBuffer bytes) {
        final int at = bytes.position();
        return bytes.remaining() >= HEADER_BYTES
                && bytes.remaining() >= HEADER_BYTES + (bytes.getShort(at + HEADER_BYTES - Short.BYTES) & 0xFFFF);
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
