package io.sluicemq.transport.quic;

import io.sluicemq.transport.SharedCarrier;
import java.util.concurrent.atomic.AtomicLong;

/** Messages and bytes that have left the rings of a connection, each of which is told once. */
final class SentCount {
    // Written by the agent.
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    // Any thread adds to them.
    private final AtomicLong toldMessages = new AtomicLong();
    private final AtomicLong toldBytes = new AtomicLong();

    /** Agent. */
    void add(final int moreMessages, final long moreBytes) {
        if (moreMessages > 0) {
            messages.lazySet(messages.get() + moreMessages);
            bytes.lazySet(bytes.get() + moreBytes);
        }
    }

    /** Any thread: tells what was not told yet. */
    void report(final SharedCarrier.SentListener listener) {
        final long sentMessages = messages.get();
        final long sentBytes = bytes.get();
        final long moreMessages = sentMessages - toldMessages.getAndAccumulate(sentMessages, Math::max);
        final long moreBytes = sentBytes - toldBytes.getAndAccumulate(sentBytes, Math::max);
        if (moreMessages > 0 || moreBytes > 0) {
            listener.onSent(Math.max(0, moreMessages), Math.max(0, moreBytes));
        }
    }
}
