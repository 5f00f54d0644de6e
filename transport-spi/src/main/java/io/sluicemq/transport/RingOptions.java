package io.sluicemq.transport;

/**
 * Sizes of a {@link MessageRing}.
 *
 * @param ringBytes capacity of the ring, a power of two from 4 KiB to 1 GiB; a record takes at most an eighth of it.
 * @param maxLargeBytes most bytes in messages that travel by reference; one message alone may exceed it.
 * @param maxMessages high-water mark in messages, 0 for none.
 * @param singleProducer whether one thread alone offers, which is cheaper.
 * @param conflate whether only the newest message is kept, whatever the sizes.
 */
public record RingOptions(
        int ringBytes, long maxLargeBytes, int maxMessages, boolean singleProducer, boolean conflate) {
    /** Smallest ring, in bytes. */
    public static final int MIN_RING_BYTES = 4 * 1024;

    /** Largest ring, in bytes. */
    public static final int MAX_RING_BYTES = 1 << 30;

    /**
     * Sizes of a ring that keeps all its messages.
     *
     * @param ringBytes capacity of the ring.
     * @param maxLargeBytes most bytes in messages that travel by reference.
     * @param maxMessages high-water mark in messages.
     * @param singleProducer whether one thread alone offers.
     */
    public RingOptions(
            final int ringBytes, final long maxLargeBytes, final int maxMessages, final boolean singleProducer) {
        this(ringBytes, maxLargeBytes, maxMessages, singleProducer, false);
    }

    /** Checks the values. */
    public RingOptions {
        if (ringBytes < MIN_RING_BYTES || ringBytes > MAX_RING_BYTES || Integer.bitCount(ringBytes) != 1) {
            throw new IllegalArgumentException("ringBytes=" + ringBytes + ", limit=" + MIN_RING_BYTES + ".."
                    + MAX_RING_BYTES + ", use a power of two");
        }
        if (maxLargeBytes < 0) {
            throw new IllegalArgumentException("maxLargeBytes=" + maxLargeBytes + ", limit=0, use a positive number");
        }
        if (maxMessages < 0) {
            throw new IllegalArgumentException(
                    "maxMessages=" + maxMessages + ", limit=0, use 0 for no mark or a positive number");
        }
    }
}
