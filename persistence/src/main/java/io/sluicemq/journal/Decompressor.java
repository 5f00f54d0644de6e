package io.sluicemq.journal;

import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Decompresses bodies for a reader, into memory that it reuses. For one thread. */
final class Decompressor {
    /** One byte of a compressed body stands for no more. */
    private static final long MAX_LZ4_RATIO = 255;

    private final LZ4SafeDecompressor lz4 = LZ4Factory.fastestInstance().safeDecompressor();
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private final int maxBytes;
    private ByteBuffer targetBytes;

    Decompressor(final int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Decompresses a body to the start of {@link #result()}. The bytes have passed their checksum, so what is wrong with them was
     * written so; nothing is believed all the same.
     *
     * @return the length of the body, or -1 if the bytes are no such body.
     */
    int decompress(final DirectBuffer stored, final ByteBuffer view, final int offset, final int length) {
        final int bodyLength = length < Compressor.LENGTH_BYTES ? -1 : stored.getInt(offset, FrameLayout.ORDER);
        // So a few bytes that lie do not take more memory than they could ever fill.
        if (bodyLength < 0 || bodyLength > Math.min(maxBytes, MAX_LZ4_RATIO * length)) {
            return -1;
        }
        if (targetBytes == null || targetBytes.capacity() < bodyLength) {
            targetBytes = ByteBuffer.allocateDirect(BitUtil.findNextPositivePowerOfTwo(Math.max(1, bodyLength)));
            target.wrap(targetBytes);
        }
        try {
            view.clear();
            final int start = offset + Compressor.LENGTH_BYTES;
            final int bytes = lz4.decompress(view, start, length - Compressor.LENGTH_BYTES, targetBytes, 0, bodyLength);
            return bytes == bodyLength ? bodyLength : -1;
        } catch (final LZ4Exception e) {
            return -1;
        }
    }

    DirectBuffer result() {
        return target;
    }
}
