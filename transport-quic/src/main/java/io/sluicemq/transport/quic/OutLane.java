package io.sluicemq.transport.quic;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.RingOptions;
import io.sluicemq.transport.stream.LaneWriter;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One lane to the peer: the ring that the application's threads write, and the stream on which the agent sends what is there, as
 * far as the peer has given credit. Agent, unless said.
 */
final class OutLane {
    /** Of an X-APART, with what stands in the way of it. */
    private static final int MIN_MARKER_ROOM = 64;

    private final Lanes lanes;
    private final int number;
    private final int urgency;
    private final MessageRing ring;
    private final MessageHandler toStream = this::toStream;
    private LaneChannel channel;
    private LaneWriter writer;

    /** A message that went past the ring has gone in part: nothing else may go before the rest of it. */
    private boolean partlyPast;

    /** Number of the one that was begun last. */
    private long lastLarge = -1;

    /** There was no memory for a copy of the message that goes next: asking anew costs more each time than it is worth. */
    private boolean withoutCopy;

    private boolean ended;
    private int sentMessages;
    private long sentBytes;

    /** A lane with a ring of the size of the outlet's, so that all that waits there fits in. */
    OutLane(final Lanes lanes, final int number, final int urgency, final MessageRing outlet) {
        this.lanes = lanes;
        this.number = number;
        this.urgency = urgency;
        this.ring = new MessageRing(
                new RingOptions(outlet.ringBytes(), outlet.maxLargeBytes(), outlet.maxMessages(), false),
                outlet.pool(),
                lanes::onRoom);
    }

    /** The stream is there. */
    void open(final LaneChannel stream, final LaneWriter itsWriter) {
        channel = stream;
        writer = itsWriter;
        ring.listener(ready -> lanes.requestTurn());
    }

    int number() {
        return number;
    }

    int urgency() {
        return urgency;
    }

    /** Any thread. */
    MessageRing ring() {
        return ring;
    }

    void credit(final long bytes) {
        if (channel != null) {
            channel.credit(bytes);
        }
    }

    /** Sends what waits; returns how many messages have left the ring. */
    int drain(final int limit) {
        if (writer == null || ended || partlyPast) {
            return 0;
        }
        sentMessages = 0;
        sentBytes = 0;
        try {
            ring.poll(toStream, limit);
        } finally {
            lanes.onSent(sentMessages, sentBytes);
        }
        writer.flush();
        return sentMessages;
    }

    private boolean toStream(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final boolean taken = goesApart(length)
                ? sendApart(kind, buffer, offset, length)
                : writer.offer(kind, buffer, offset, length);
        if (taken) {
            sentMessages++;
            sentBytes += length;
            withoutCopy = false;
        }
        return taken;
    }

    /** Not if all that may are others': then it goes on the lane, so that these do not hold it up. */
    private boolean goesApart(final int length) {
        return lanes.isLarge(length)
                && !withoutCopy
                && !writer.isMessagePartlyWritten()
                && (lanes.mayBeginLarge() || !lanes.isHandedOver(lastLarge));
    }

    /** A large message begins: its place in the order is put on the lane. */
    void begunLarge(final long itsNumber) {
        lastLarge = itsNumber;
        if (lanes.keepsOrder()) {
            writer.command(lanes.marker(), lanes.markerLength());
        }
    }

    /** Goes on with a message that has gone in part, and with nothing else. */
    void goOn() {
        if (isPartlyWritten() && !partlyPast) {
            drain(1);
        }
    }

    boolean isPartlyPast() {
        return partlyPast;
    }

    /** Inside a poll: the message's buffer is taken over, if it came by reference. */
    private boolean sendApart(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (!mayMark()) {
            return false;
        }
        final int lent = ring.takeOver();
        if (lent == 0) {
            return sendCopy(kind, buffer, offset, length);
        }
        final BufferPool pool = (lent & MessageKind.POOLED) == 0 ? null : ring.pool();
        lanes.sendLarge(this, new LargeOut(kind, (UnsafeBuffer) buffer, offset, length, pool));
        return true;
    }

    /** On the lane itself where there is no memory for a copy. */
    private boolean sendCopy(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final UnsafeBuffer copy;
        try {
            copy = ring.pool().acquire(length);
        } catch (final OutOfMemoryError e) {
            withoutCopy = true;
            return writer.offer(kind, buffer, offset, length);
        }
        copy.putBytes(0, buffer, offset, length);
        lanes.sendLarge(this, new LargeOut(kind, copy, 0, length, ring.pool()));
        return true;
    }

    /** Whether a large message may begin now, and its place in the order be put on the lane. */
    private boolean mayMark() {
        if (!lanes.mayBeginLarge()) {
            return false;
        }
        writer.flush();
        return !lanes.keepsOrder() || (writer.isDrained() && channel.room() >= MIN_MARKER_ROOM);
    }

    /**
     * Sends a message past the ring, in which nothing waits.
     *
     * @return false as {@link io.sluicemq.transport.Carrier#offer}.
     */
    boolean offerPast(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (writer == null || ended) {
            return false;
        }
        final boolean taken = sendPast(kind & MessageKind.MASK, buffer, offset, length);
        if (taken) {
            withoutCopy = false;
            lanes.onSent(1, length);
        }
        return taken;
    }

    private boolean sendPast(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final boolean apart = !partlyPast && goesApart(length);
        final boolean taken = apart
                ? (mayMark() && sendCopy(kind, buffer, offset, length))
                : writer.offer(kind, buffer, offset, length);
        partlyPast = !taken && writer.isMessagePartlyWritten();
        return taken;
    }

    void flush() {
        if (writer != null && !ended) {
            writer.flush();
        }
    }

    boolean isDrained() {
        return writer == null || writer.isDrained();
    }

    /** Whether a message stands in the middle. */
    boolean isPartlyWritten() {
        return writer != null && writer.isMessagePartlyWritten();
    }

    boolean hasEnded() {
        return ended;
    }

    /** Ends the stream once all that was begun has gone. */
    void end() {
        if (writer != null && !ended && writer.isDrained()) {
            ended = true;
            writer.end();
        }
    }

    long unsentMessages() {
        return writer == null ? 0 : writer.unsentMessages();
    }

    /** Nothing is sent any more. */
    void close() {
        if (writer != null) {
            writer.release();
            if (!ended) {
                // So that the peer sees the end at once.
                writer.end();
            }
        }
        ended = true;
    }
}
