package io.sluicemq.transport.quic;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.stream.LaneReader;
import io.sluicemq.transport.stream.StreamGroup;
import io.sluicemq.transport.stream.StreamPipe;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A large message of the peer's that comes on a stream of its own, and then waits for its turn. Agent. */
final class LargeIn extends EndLayer {
    private final long number;
    private final boolean inOrder;
    private final LaneReader reader;
    private final StreamPipe pipe;
    private final BufferPool pool;
    private final MessageRing ring;
    private int kind;
    private UnsafeBuffer buffer;
    private int offset;
    private int length;
    private boolean came;

    /**
     * Begins to read.
     *
     * @param header of the stream.
     * @param stream on which it comes.
     * @param group of the driver.
     * @param pipe of the connection.
     * @param end of the socket.
     * @param ring into which the message goes.
     */
    LargeIn(
            final StreamHeader header,
            final LaneChannel stream,
            final StreamGroup group,
            final StreamPipe pipe,
            final PipeEnd end,
            final MessageRing ring) {
        super(end);
        this.number = header.number();
        this.inOrder = header.isInOrder();
        this.pipe = pipe;
        this.ring = ring;
        this.pool = ring.pool();
        this.reader = new LaneReader(group, stream, pipe, this, apart -> {
            refuse("X-APART");
            return true;
        });
    }

    long number() {
        return number;
    }

    boolean isInOrder() {
        return inOrder;
    }

    void turn() {
        reader.turn();
    }

    boolean hasMore() {
        return reader.hasMore();
    }

    /** Whether the message is here. */
    boolean isHere() {
        return buffer != null;
    }

    /** Whether it was handed over, and the stream is at its end. */
    boolean isDone() {
        return reader.hasEnded() && buffer == null;
    }

    @Override
    public boolean onMessage(final int itsKind, final DirectBuffer source, final int from, final int bytes) {
        final UnsafeBuffer copy = pool.acquire(Math.max(1, bytes));
        copy.putBytes(0, source, from, bytes);
        return keep(itsKind, copy, 0, bytes);
    }

    @Override
    public boolean onLargeMessage(final int itsKind, final UnsafeBuffer source, final int from, final int bytes) {
        return keep(itsKind, source, from, bytes);
    }

    private boolean keep(final int itsKind, final UnsafeBuffer memory, final int from, final int bytes) {
        if (came) {
            refuse("message");
            pool.release(memory);
            return true;
        }
        came = true;
        kind = itsKind;
        buffer = memory;
        offset = from;
        length = bytes;
        return true;
    }

    private void refuse(final String what) {
        pipe.abort(
                CloseReason.PROTOCOL_ERROR,
                "secondOnStream=" + what + ", limit=one message, the peer breaks the protocol: see docs/wire-quic.md");
    }

    /** Hands it over, if there is room. */
    boolean deliver() {
        if (buffer == null) {
            return false;
        }
        if (!offer()) {
            ring.requestSpace();
            // Once more: what was taken in between is told to nobody.
            if (!offer()) {
                return false;
            }
        }
        ring.signal();
        buffer = null;
        return true;
    }

    private boolean offer() {
        return ring.offerQuietly(0, null, kind | MessageKind.POOLED, buffer, offset, length);
    }

    /** Nothing is read any more. What has come in full goes to the application, out of its order, if there is room. */
    void close() {
        reader.close();
        if (buffer != null && !deliver()) {
            reader.discard();
            pool.release(buffer);
            buffer = null;
        }
    }
}
