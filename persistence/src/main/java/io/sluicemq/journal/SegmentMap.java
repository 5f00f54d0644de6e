package io.sluicemq.journal;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.IoUtil;

/**
 * A segment mapped to be read. The mapping outlives the deletion of the file. It belongs to one thread, which alone reads and closes it,
 * so that nobody reads memory that is gone.
 */
final class SegmentMap implements AutoCloseable {
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
