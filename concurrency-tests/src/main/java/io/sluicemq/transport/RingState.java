package io.sluicemq.transport;

import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A small ring with its listener and owner, as the tests of a ring use it; each message is one long, repeated. */
final class RingState implements MessageHandler {
    static final long MANY_BYTES = 1L << 40;

    /** More than a record of the smallest ring takes, so that it travels by reference. */
    static final int LARGE_LONGS = 80;

    private static final int TORN = 10_000;

    final AtomicInteger told = new AtomicInteger();
    final AtomicInteger spaceTold = new AtomicInteger();
    final MessageRing ring;

    /** What the consumer saw, one decimal digit a message in the order of their coming; from 10_000 on when one was torn. */
    private int seen;

    private boolean torn;

    RingState(final int maxMessages, final boolean singleProducer) {
        this(maxMessages, singleProducer, false);
    }

    RingState(final int maxMessages, final boolean singleProducer, final boolean conflate) {
        ring = new MessageRing(
                new RingOptions(RingOptions.MIN_RING_BYTES, MANY_BYTES, maxMessages, singleProducer, conflate),
                new BufferPool(MANY_BYTES),
                spaceTold::incrementAndGet);
    }

    /** A ring whose consumer is awake: polled, and not disarmed. */
    RingState awake() {
        ring.listener(ready -> told.incrementAndGet());
        ring.offer(0, null, MessageKind.SINGLE, message(9, 1), 0, Long.BYTES);
        ring.poll(this, 1);
        forget();
        told.set(0);
        return this;
    }

    void forget() {
        seen = 0;
        torn = false;
    }

    static UnsafeBuffer message(final long value, final int longs) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[longs * Long.BYTES]);
        for (int i = 0; i < longs; i++) {
            buffer.putLong(i * Long.BYTES, value);
        }
        return buffer;
    }

    int offer(final UnsafeBuffer message) {
        return ring.offer(0, null, MessageKind.SINGLE, message, 0, message.capacity()) ? 1 : 0;
    }

    /** Polls this often, and returns what all polls since {@link #forget()} saw. */
    int poll(final int times) {
        for (int i = 0; i < times; i++) {
            ring.poll(this, 1);
        }
        return torn ? TORN + seen : seen;
    }

    @Override
    public boolean onMessage(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        // Behind a prefix stands a frame header, which is no whole number of longs.
        final int from = kind == MessageKind.FRAMES ? offset + length % Long.BYTES : offset;
        final long value = buffer.getLong(from);
        for (int at = from; at < offset + length; at += Long.BYTES) {
            torn |= buffer.getLong(at) != value;
        }
        seen = seen * 10 + (int) value;
        return true;
    }
}
