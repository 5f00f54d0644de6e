package io.sluicemq.core;

import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.agrona.DirectBuffer;

/**
 * Keyed hash of byte strings that peers choose (routing ids, subscription prefixes): SipHash-1-3.
 *
 * <p>The key is drawn once per process, so a peer cannot prepare ids that all fall into one probe chain. A seeded
 * multiplicative hash would not do: its collisions can be found without knowing the seed. Any thread; no allocation.
 *
 * <p>Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with 1 compression and 3 finalisation rounds.
 */
final class BytesHash {
    static final BytesHash PROCESS = random();

    private static final long INIT_0 = 0x736f6d6570736575L;
    private static final long INIT_1 = 0x646f72616e646f6dL;
    private static final long INIT_2 = 0x6c7967656e657261L;
    private static final long INIT_3 = 0x7465646279746573L;

    private final long key0;
    private final long key1;

    BytesHash(final long key0, final long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    private static BytesHash random() {
        final SecureRandom random = new SecureRandom();
        return new BytesHash(random.nextLong(), random.nextLong());
    }

    /** The 64-bit hash folded to 32 bits. */
    int hash(final DirectBuffer buffer, final int offset, final int length) {
        final long hash = hash64(buffer, offset, length);
        return (int) (hash ^ (hash >>> 32));
    }

    long hash64(final DirectBuffer buffer, final int offset, final int length) {
        long v0 = key0 ^ INIT_0;
        long v1 = key1 ^ INIT_1;
        long v2 = key0 ^ INIT_2;
        long v3 = key1 ^ INIT_3;

        // The words of the message, then a last word of up to 7 tail bytes with the length on top, then 3 empty rounds.
        final int wholeWords = length >>> 3;
        for (int i = 0; i < wholeWords + 4; i++) {
            long word = 0;
            if (i < wholeWords) {
                word = buffer.getLong(offset + (i << 3), ByteOrder.LITTLE_ENDIAN);
            } else if (i == wholeWords) {
                word = lastWord(buffer, offset, length);
            } else if (i == wholeWords + 1) {
                v2 ^= 0xff;
            }

            v3 ^= word;
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long lastWord(final DirectBuffer buffer, final int offset, final int length) {
        long word = ((long) length) << 56;
        for (int i = length & ~7, shift = 0; i < length; i++, shift += 8) {
            word |= (buffer.getByte(offset + i) & 0xffL) << shift;
        }
        return word;
    }
}
