package io.sluicemq.transport.quic;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.RingOptions;
import io.sluicemq.transport.RingOwner;
import io.sluicemq.transport.stream.LaneReader;
import io.sluicemq.transport.stream.StreamGroup;
import io.sluicemq.transport.stream.StreamPipe;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One lane of the peer's: its stream, and the ring that the application's threads read. Agent, unless said. */
final class InLane extends EndLayer {
    private static final int RING_BYTES = 1 << 20;

    /** In all lanes of a peer: it alone decides how many there are. */
    private static final long MAX_LARGE_BYTES = 64L << 20;

    private final MessageRing ring;
    private final long windowBytes;
    private StreamInput input;
    private LaneChannel channel;
    private LaneReader reader;
    private long grantedBytes;

    /**
     * Makes one without a stream.
     *
     * @param lanes of the connection.
     * @param end of the socket.
     * @param pool for large messages.
     * @param windowBytes that the peer may send beyond what was read.
     * @param count of the peer's lanes.
     */
    InLane(final Lanes lanes, final PipeEnd end, final BufferPool pool, final long windowBytes, final int count) {
        super(end);
        this.windowBytes = windowBytes;
        this.grantedBytes = windowBytes;
        this.ring = new MessageRing(
                new RingOptions(
                        RING_BYTES, MAX_LARGE_BYTES / count, end.options().receiveMaxMessages(), true),
                pool,
                new RingOwner() {
                    @Override
                    public void onSpace() {
                        lanes.onTaken();
                    }

                    @Override
                    public void onConflated(final long messages) {
                        end.onDropped(Dropped.CONFLATED, messages);
                    }
                });
    }

    /** Any thread. */
    MessageRing ring() {
        return ring;
    }

    boolean isOpen() {
        return reader != null;
    }

    /**
     * The peer's stream is there.
     *
     * @param onApart as in {@link LaneReader}.
     */
    void open(
            final StreamInput stream,
            final LaneChannel itsChannel,
            final StreamGroup group,
            final StreamPipe pipe,
            final LongPredicate onApart) {
        input = stream;
        channel = itsChannel;
        reader = new LaneReader(group, itsChannel, pipe, this, onApart);
        // A peer that keeps to its credit never fills it.
        stream.maxQueuedBytes((int) windowBytes + 1);
    }

    /** Whether the peer has sent more than it was allowed. */
    boolean isOverCredit() {
        return input != null && input.receivedBytes() > grantedBytes;
    }

    /** Hands over what is there; true if anything may have come of it. */
    boolean turn() {
        if (reader == null) {
            return false;
        }
        if (!reader.hasMore()) {
            // What stands still is not to keep its part of the window that all streams share.
            input.askForMore();
            return false;
        }
        reader.turn();
        ring.signal();
        return true;
    }

    boolean hasMore() {
        return reader != null && reader.hasMore();
    }

    void resume() {
        if (reader != null) {
            reader.resume();
        }
    }

    boolean hasEnded() {
        return reader != null && reader.hasEnded();
    }

    /** What the peer may send on the lane altogether, if that has become worth telling, else 0. Told once. */
    long takeGrant() {
        final long grant = channel == null ? 0 : channel.readBytes() + windowBytes;
        if (grant - grantedBytes < windowBytes / 2) {
            return 0;
        }
        grantedBytes = grant;
        return grant;
    }

    @Override
    public boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (ring.offerQuietly(0, null, kind, buffer, offset, length)) {
            return true;
        }
        ring.requestSpace();
        // Once more: what was taken in between is told to nobody.
        return ring.offerQuietly(0, null, kind, buffer, offset, length);
    }

    @Override
    public boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        return onMessage(kind | MessageKind.POOLED, buffer, offset, length);
    }

    /** Nothing is read any more; what is in the ring is the application's. */
    void close() {
        if (reader != null) {
            reader.close();
        }
        ring.signal();
        ring.close();
    }
}
