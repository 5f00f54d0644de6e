package io.sluicemq.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;

/**
 * A segment mapped to be read. The mapping outlives the deletion of the file. It belongs to one thread, which alone reads and closes it,
 * so that nobody reads memory that is gone.
 */
final class SegmentMap implements AutoCloseable {
    private static final int PIECE_BYTES = 256 << 10;

    private final int segment;
    private final MappedByteBuffer bytes;

    private SegmentMap(final int segment, final MappedByteBuffer bytes) {
        this.segment = segment;
        this.bytes = bytes;
    }

    /** As long as the file is now; files of segments never grow after they were made. */
    static SegmentMap open(final Path path, final int segment) throws IOException {
        // Mapping would close the channel of an interrupted thread, and fail.
        final boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            final long size = Math.min(channel.size(), Integer.MAX_VALUE);
            return new SegmentMap(segment, channel.map(MapMode.READ_ONLY, 0, size));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Behind the last byte of a file that is not zero. Found by reads: on tmpfs, to touch a mapped page that was never written takes a
     * page, and kills where there is none.
     */
    static int usedBytes(final Path path) throws IOException {
        final int[] used = {0};
        final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
        try {
            Disk.uninterrupted(() -> {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    used[0] = usedBytes(channel, piece);
                }
            });
        } finally {
            BufferUtil.free(piece);
        }
        return used[0];
    }

    private static int usedBytes(final FileChannel channel, final ByteBuffer piece) throws IOException {
        long end = Math.min(channel.size(), Integer.MAX_VALUE);
        while (end > 0) {
            final long start = Math.max(0, end - PIECE_BYTES);
            piece.clear().limit((int) (end - start));
            while (piece.hasRemaining() && channel.read(piece, start + piece.position()) >= 0) {
                // Until it is whole, or the file ends.
            }
            int last = piece.position() - 1;
            while (last >= 0 && piece.get(last) == 0) {
                last--;
            }
            if (last >= 0) {
                return (int) start + last + 1;
            }
            end = start;
        }
        return 0;
    }

    /** Where a search for frames may end: there is nothing but zeros behind it. */
    static int searchEnd(final int usedBytes) {
        // The end of a header may be zeros.
        return usedBytes + FrameLayout.HEADER_BYTES;
    }

    int segment() {
        return segment;
    }

    MappedByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (bytes.capacity() > 0) {
            IoUtil.unmap(bytes);
        }
    }
}
