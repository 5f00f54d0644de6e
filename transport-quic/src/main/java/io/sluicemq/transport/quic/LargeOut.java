package io.sluicemq.transport.quic;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.stream.LaneWriter;
import org.agrona.concurrent.UnsafeBuffer;

/** A large message on its way to the peer, on a stream of its own. Agent. */
final class LargeOut {
    private final int kind;
    private final UnsafeBuffer buffer;
    private final int offset;
    private final int length;
    private final BufferPool pool;
    private LaneWriter writer;
    private boolean taken;

    /**
     * Makes one without a stream.
     *
     * @param kind of the message.
     * @param buffer holds it.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @param pool to which the buffer goes back; null if it is the application's.
     */
    LargeOut(final int kind, final UnsafeBuffer buffer, final int offset, final int length, final BufferPool pool) {
        this.kind = kind;
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        this.pool = pool;
    }

    void open(final LaneWriter itsWriter) {
        writer = itsWriter;
    }

    /** Goes on; true when all is QUIC's. */
    boolean send() {
        if (writer == null) {
            return false;
        }
        if (!taken && writer.offer(kind, buffer, offset, length)) {
            taken = true;
            release();
        }
        writer.flush();
        if (taken && writer.isDrained()) {
            writer.end();
            return true;
        }
        return false;
    }

    /** Whether the message is in the account of the connection already. */
    boolean isTaken() {
        return taken;
    }

    long unsentMessages() {
        return writer == null ? 0 : writer.unsentMessages();
    }

    private void release() {
        if (pool != null) {
            pool.release(buffer);
        }
    }

    /** Nothing is sent any more. */
    void close() {
        if (writer != null) {
            writer.release();
        }
        if (!taken) {
            release();
        }
    }
}
