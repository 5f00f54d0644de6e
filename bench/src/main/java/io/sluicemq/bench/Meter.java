package io.sluicemq.bench;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Counts the messages of one receiver, takes the time at the two that bound the measurement, and verifies. For one thread. */
final class Meter {
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final Load load;
    private final long startAt;
    private final long endAt;
    private long received;
    private long startNs;
    private long endNs;

    Meter(final Load load) {
        this.load = load;
        startAt = load.before();
        endAt = load.total();
    }

    void accept(final DirectBuffer buffer, final int offset, final int length) {
        if (load.verify()) {
            Payload.check(buffer, offset, length, received);
        }
        count(length);
    }

    void accept(final byte[] message) {
        if (load.verify()) {
            view.wrap(message);
            Payload.check(view, 0, message.length, received);
        }
        count(message.length);
    }

    private void count(final int length) {
        if (length != load.size()) {
            throw new IllegalStateException(
                    "messageBytes=" + length + ", limit=" + load.size() + ", give both sides the same SIZE");
        }
        count();
    }

    /** Takes note of a message whose bytes somebody else has looked at. */
    void count() {
        received++;
        if (received == startAt) {
            startNs = System.nanoTime();
        } else if (received == endAt) {
            endNs = System.nanoTime();
        }
    }

    long received() {
        return received;
    }

    boolean isComplete() {
        return received >= endAt;
    }

    long left() {
        return endAt - received;
    }

    long messagesPerSecond() {
        return Math.round(load.measured() * 1e9 / Math.max(1, endNs - startNs));
    }
}
