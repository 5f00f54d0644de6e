package io.sluicemq.journal;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Where a complete checkpoint lies. Immutable.
 *
 * @param begin index of its first mark.
 * @param end index of its last mark, or {@link Journal#NO_INDEX} if there is no checkpoint.
 * @param bytes of it.
 */
record CheckpointMark(long begin, long end, long bytes) {
    static final int BYTES = 3 * Long.BYTES;
    static final CheckpointMark NONE = new CheckpointMark(Journal.NO_INDEX, Journal.NO_INDEX, 0);

    boolean exists() {
        return end != Journal.NO_INDEX;
    }

    void put(final MutableDirectBuffer buffer, final int offset) {
        buffer.putLong(offset, begin, FrameLayout.ORDER);
        buffer.putLong(offset + Long.BYTES, end, FrameLayout.ORDER);
        buffer.putLong(offset + 2 * Long.BYTES, bytes, FrameLayout.ORDER);
    }

    static CheckpointMark get(final DirectBuffer buffer, final int offset) {
        return new CheckpointMark(
                buffer.getLong(offset, FrameLayout.ORDER),
                buffer.getLong(offset + Long.BYTES, FrameLayout.ORDER),
                buffer.getLong(offset + 2 * Long.BYTES, FrameLayout.ORDER));
    }
}
