package io.sluicemq.bench;

import org.agrona.DirectBuffer;

/** Counts what arrives from many senders or at many receivers, as one, and takes the time. For one thread. */
final class FanMeter {
    private final Load load;
    private final long startAt;
    private final long endAt;
    private final long[] receivedBy;
    private long received;
    private long startNs;
    private long endNs;

    /**
     * Makes a meter.
     *
     * @param load with a warm-up, in messages of each counted party.
     * @param peers how many senders or receivers there are.
     * @param parties by how many the counts of the load are multiplied.
     */
    FanMeter(final Load load, final int peers, final int parties) {
        if (load.warmup() == 0) {
            throw new IllegalArgumentException("WARMUP=0, limit=1, let some messages pass before");
        }
        this.load = load;
        startAt = load.warmup() * parties;
        endAt = load.total() * parties;
        receivedBy = new long[peers];
    }

    /** A message at one of many receivers, which all get the same messages. */
    void acceptAt(final int receiver, final DirectBuffer buffer, final int offset, final int length) {
        if (load.verify()) {
            Payload.check(buffer, offset, length, receivedBy[receiver]++);
        }
        count(length);
    }

    /** A message of one of many senders, which number the messages in turn. */
    void acceptFromAny(final DirectBuffer buffer, final int offset, final int length) {
        if (load.verify()) {
            final long number = Payload.number(buffer, offset);
            final int sender = (int) (number % receivedBy.length);
            Payload.check(buffer, offset, length, receivedBy[sender]++ * receivedBy.length + sender);
        }
        count(length);
    }

    private void count(final int length) {
        if (length != load.size()) {
            throw new IllegalStateException(
                    "messageBytes=" + length + ", limit=" + load.size() + ", give both sides the same SIZE");
        }
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
        return Math.round((endAt - startAt) * 1e9 / Math.max(1, endNs - startNs));
    }
}
