package io.sluicemq.bench;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The bytes of a message in a verifying run: its number, little-endian, in up to eight bytes, then bytes that depend on number
 * and place. The C programs do the same.
 */
final class Payload {
    private Payload() {}

    static void fill(final MutableDirectBuffer buffer, final int size, final long number) {
        if (size >= Long.BYTES) {
            buffer.putLong(0, number, ByteOrder.LITTLE_ENDIAN);
        }
        for (int i = size >= Long.BYTES ? Long.BYTES : 0; i < size; i++) {
            buffer.putByte(i, at(i, number));
        }
    }

    /** The number that a message of eight bytes or more carries. */
    static long number(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
    }

    static void check(final DirectBuffer buffer, final int offset, final int size, final long number) {
        if (size >= Long.BYTES && number(buffer, offset) != number) {
            throw new IllegalStateException("message number=" + number(buffer, offset) + ", limit=" + number
                    + ", a message was lost, repeated or out of order");
        }
        for (int i = size >= Long.BYTES ? Long.BYTES : 0; i < size; i++) {
            if (buffer.getByte(offset + i) != at(i, number)) {
                throw new IllegalStateException("byte " + i + " of message " + number + " is "
                        + buffer.getByte(offset + i) + ", limit=" + at(i, number) + ", its bytes were changed");
            }
        }
    }

    private static byte at(final int index, final long number) {
        return (byte) (number * 31 + index);
    }
}
