package io.sluicemq.testkit.peers;

import java.nio.ByteBuffer;

/**
 * The deterministic content of a frame. Where 8 bytes fit, the first 8 are the sequence number, big-endian; byte {@code p} of
 * the rest is {@code (p + 31 * sequence) mod 251}. The prime period makes a block that was lost, doubled or swapped visible
 * for every power-of-two buffer size.
 */
public final class BulkPattern {

    /** Bytes of the sequence number at the head of a frame that is long enough. */
    public static final int SEQUENCE_BYTES = Long.BYTES;

    private static final int PERIOD = 251;
    private static final int STEP = 31;

    private BulkPattern() {}

    /**
     * Makes a frame.
     *
     * @param sequence number of the frame, not negative.
     * @param lengthBytes of the frame.
     * @return a new array.
     */
    public static byte[] frame(final long sequence, final int lengthBytes) {
        final byte[] frame = new byte[lengthBytes];
        fill(sequence, frame, 0, lengthBytes);
        return frame;
    }

    /**
     * Writes a frame into an array.
     *
     * @param sequence number of the frame, not negative.
     * @param target to write to.
     * @param offset of the frame in the target.
     * @param lengthBytes of the frame.
     */
    public static void fill(final long sequence, final byte[] target, final int offset, final int lengthBytes) {
        int position = 0;
        if (lengthBytes >= SEQUENCE_BYTES) {
            ByteBuffer.wrap(target).putLong(offset, sequence);
            position = SEQUENCE_BYTES;
        }
        int value = valueAt(sequence, position);
        for (; position < lengthBytes; position++) {
            target[offset + position] = (byte) value;
            value = value + 1 == PERIOD ? 0 : value + 1;
        }
    }

    /**
     * Compares a frame with what it should be.
     *
     * @param sequence number that the frame should have.
     * @param lengthBytes that the frame should have.
     * @param source that holds the frame.
     * @param offset of the frame in the source.
     * @param actualBytes of the frame in the source.
     * @return null when all is right, else what is wrong.
     */
    public static String mismatch(
            final long sequence, final int lengthBytes, final byte[] source, final int offset, final int actualBytes) {
        if (actualBytes != lengthBytes) {
            return "bytes=" + actualBytes + ", expected=" + lengthBytes;
        }
        int position = 0;
        if (lengthBytes >= SEQUENCE_BYTES) {
            final long actual = ByteBuffer.wrap(source).getLong(offset);
            if (actual != sequence) {
                return "sequence=" + actual + ", expected=" + sequence;
            }
            position = SEQUENCE_BYTES;
        }
        int value = valueAt(sequence, position);
        for (; position < lengthBytes; position++) {
            final int actual = source[offset + position] & 0xFF;
            if (actual != value) {
                return "sequence=" + sequence + " position=" + position + " byte=" + actual + ", expected=" + value;
            }
            value = value + 1 == PERIOD ? 0 : value + 1;
        }
        return null;
    }

    private static int valueAt(final long sequence, final int position) {
        return (int) ((position + (sequence % PERIOD) * STEP) % PERIOD);
    }
}
