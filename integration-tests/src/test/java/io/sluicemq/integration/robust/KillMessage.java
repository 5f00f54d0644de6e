package io.sluicemq.integration.robust;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Messages that show by themselves whether they are whole: the run of their sender, their number, a checksum, and bytes of a
 * length that follows from these. Runs with an odd number have some that are larger than a record of the ring.
 */
final class KillMessage {
    /** Small, so that it is often full and rounds its end often. */
    static final int RING_BYTES = 64 * 1024;

    static final int MAX_BYTES = 32 * 1024;

    private static final int SEQUENCE_AT = Long.BYTES;
    private static final int CHECKSUM_AT = 2 * Long.BYTES;
    private static final int HEADER_BYTES = 3 * Long.BYTES;
    private static final int LARGE_BYTES = RING_BYTES / 8 + 1;
    private static final int ONE_IN = 100;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private KillMessage() {}

    static boolean hasLarge(final long run) {
        return (run & 1) != 0;
    }

    private static long mix(final long run, final long sequence) {
        final long a = (run * GOLDEN + sequence) * 0xBF58_476D_1CE4_E5B9L;
        final long b = (a ^ a >>> 31) * 0x94D0_49BB_1331_11EBL;
        return b ^ b >>> 29;
    }

    private static int length(final long run, final long sequence) {
        final long random = mix(run, sequence);
        if (hasLarge(run) && Long.remainderUnsigned(random, ONE_IN) == 0) {
            return LARGE_BYTES + (int) (random >>> 40 & 0x3FFF);
        }
        return HEADER_BYTES + (int) (random >>> 32 & 0xFF);
    }

    /** Writes a message from index 0 on, and gives its length. */
    static int write(final MutableDirectBuffer target, final long run, final long sequence) {
        final int length = length(run, sequence);
        long word = mix(run, sequence);
        for (int i = HEADER_BYTES; i < length; i += Long.BYTES) {
            word += GOLDEN;
            if (length - i >= Long.BYTES) {
                target.putLong(i, word);
            } else {
                for (int j = i; j < length; j++) {
                    target.putByte(j, (byte) (word >>> (j - i)));
                }
            }
        }
        target.putLong(0, run);
        target.putLong(SEQUENCE_AT, sequence);
        target.putLong(CHECKSUM_AT, checksum(target, 0, length));
        return length;
    }

    private static long checksum(final DirectBuffer buffer, final int offset, final int length) {
        long sum = length + buffer.getLong(offset) * 31 + buffer.getLong(offset + SEQUENCE_AT);
        int at = HEADER_BYTES;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            sum = sum * 31 + buffer.getLong(offset + at);
        }
        for (; at < length; at++) {
            sum = sum * 31 + buffer.getByte(offset + at);
        }
        return sum;
    }

    /** Run of a message that was checked. */
    static long run(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset);
    }

    /** Checks that all of a message is as it was written, and gives its number. */
    static long check(final DirectBuffer buffer, final int offset, final int length) {
        if (length < HEADER_BYTES) {
            throw new IllegalStateException("corrupted: length=" + length + ", limit=" + HEADER_BYTES);
        }
        final long run = buffer.getLong(offset);
        final long sequence = buffer.getLong(offset + SEQUENCE_AT);
        if (length != length(run, sequence)
                || buffer.getLong(offset + CHECKSUM_AT) != checksum(buffer, offset, length)) {
            throw new IllegalStateException("corrupted: run=" + run + ", sequence=" + sequence + ", length=" + length);
        }
        return sequence;
    }
}
