package io.sluicemq.journal;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Compresses bodies for a batch. What it makes starts with the length of the body, four bytes. For one thread. */
final class Compressor {
    static final int LENGTH_BYTES = Integer.BYTES;

    /** Less is not worth the work of a reader. */
    private static final int MIN_SAVED_SHIFT = 3;

    private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
    private final UnsafeBuffer source = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private final int thresholdBytes;
    private ByteBuffer sourceBytes;
    private ByteBuffer targetBytes;

    Compressor(final int thresholdBytes) {
        this.thresholdBytes = thresholdBytes;
    }

    /**
     * Compresses, if the body is long enough and enough is saved.
     *
     * @param into takes the result.
     * @param place of the result; the body as it is would have room there.
     * @return its length, or 0 if the body is to be stored as it is.
     */
    int compress(final DirectBuffer body, final int offset, final int length, final ByteBuffer into, final int place) {
        if (length < thresholdBytes) {
            return 0;
        }
        final int bound = lz4.maxCompressedLength(length);
        if (sourceBytes == null || sourceBytes.capacity() < length) {
            sourceBytes = ByteBuffer.allocateDirect(BitUtil.findNextPositivePowerOfTwo(length));
            source.wrap(sourceBytes);
        }
        if (targetBytes == null || targetBytes.capacity() < bound) {
            targetBytes = ByteBuffer.allocateDirect(BitUtil.findNextPositivePowerOfTwo(bound));
            target.wrap(targetBytes);
        }
        source.putBytes(0, body, offset, length);
        final int stored = LENGTH_BYTES + lz4.compress(sourceBytes, 0, length, targetBytes, 0, bound);
        if (stored > length - (length >>> MIN_SAVED_SHIFT)) {
            return 0;
        }
        into.limit(place + stored);
        into.order(FrameLayout.ORDER).putInt(place, length);
        target.getBytes(0, into, place + LENGTH_BYTES, stored - LENGTH_BYTES);
        return stored;
    }
}
