package io.sluicemq.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Goes from frame to frame of a segment that is mapped. It follows the lengths that Chronicle writes before its excerpts as long as each
 * leads to a frame that is whole, and never trusts one beyond that. For one thread.
 */
final class FrameCursor {
    enum Found {
        /** A whole frame, which the accessors describe. */
        FRAME,
        /** Nothing was written here, or is not finished. */
        NOTHING,
        /** Chronicle's mark at the end of a segment. */
        END,
        /** Something that is no frame. */
        DAMAGED
    }

    /** What is walked over rather than searched. */
    private static final int JUMP_BYTES = 64 << 10;

    private final CRC32C crc = new CRC32C();
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private ByteBuffer view;
    private int segment;
    private int key;
    private int limit;
    /** Where the next excerpt is looked for. */
    private int position;
    /** Where a search for whole frames starts: behind the last one. */
    private int safePosition;

    private int frame;
    private int length;

    void wrap(final SegmentMap map, final int journalKey) {
        buffer.wrap(map.bytes());
        view = map.bytes().duplicate();
        segment = map.segment();
        key = journalKey;
        limit = map.bytes().capacity();
        position = 0;
        safePosition = 0;
        length = 0;
    }

    void unwrap() {
        buffer.wrap(0, 0);
        view = null;
        limit = 0;
        length = 0;
    }

    /** Steps to the next frame. Where there is none, it stays, and may be asked again later. */
    Found next() {
        while (position <= limit - FrameLayout.EXCERPT_HEADER_BYTES) {
            // Acquires what the writer released with the header: all bytes of the excerpt.
            final int header = buffer.getIntVolatile(position);
            if (header == 0) {
                return Found.NOTHING;
            }
            if (header == (FrameLayout.EXCERPT_OPEN_BIT | FrameLayout.EXCERPT_META_BIT)) {
                return Found.END;
            }
            if ((header & FrameLayout.EXCERPT_OPEN_BIT) != 0) {
                return Found.NOTHING;
            }
            final int body = position + FrameLayout.EXCERPT_HEADER_BYTES;
            final int bytes = header & FrameLayout.EXCERPT_LENGTH_MASK;
            if (bytes > limit - body) {
                return Found.DAMAGED;
            }
            if ((header & FrameLayout.EXCERPT_META_BIT) == 0) {
                if (!isFrame(body)) {
                    return Found.DAMAGED;
                }
                enter(body);
                return Found.FRAME;
            }
            position = FrameLayout.align(body + bytes);
        }
        return Found.NOTHING;
    }

    /**
     * Looks at every place behind the last whole frame for the next one, and steps to it.
     *
     * @param end of the search.
     * @return whether there is one.
     */
    boolean search(final int end) {
        final int last = Math.min(end, limit) - FrameLayout.HEADER_BYTES;
        for (int place = safePosition + FrameLayout.EXCERPT_HEADER_BYTES;
                place <= last;
                place += FrameLayout.ALIGNMENT) {
            if (FrameLayout.magic(buffer, place) == FrameLayout.MAGIC && isFrame(place)) {
                enter(place);
                return true;
            }
        }
        return false;
    }

    /** Goes on at a place, which need not be that of an excerpt if {@link #search} follows. */
    void moveTo(final int place) {
        position = place;
        safePosition = place;
        length = 0;
    }

    /**
     * Goes to a frame not far in front of an ordinal, by looking at places in the middle of what is left, instead of at all frames.
     *
     * @param end of the search; nothing but zeros behind it.
     */
    void jumpTowards(final int ordinal, final int end) {
        int low = 0;
        int high = Math.min(end, limit);
        while (high - low > JUMP_BYTES) {
            final int middle = FrameLayout.align((low + high) >>> 1);
            moveTo(middle);
            if (search(high) && firstOrdinal() <= ordinal) {
                low = frame - FrameLayout.EXCERPT_HEADER_BYTES;
            } else {
                high = middle;
            }
        }
        moveTo(low);
    }

    private void enter(final int place) {
        frame = place;
        length = FrameLayout.length(buffer, place);
        position = place + length;
        safePosition = position;
    }

    private boolean isFrame(final int place) {
        final int bytes = limit - place < FrameLayout.HEADER_BYTES ? 0 : FrameLayout.length(buffer, place);
        return bytes > FrameLayout.HEADER_BYTES
                && bytes <= limit - place
                && bytes % FrameLayout.ALIGNMENT == 0
                && FrameLayout.magic(buffer, place) == FrameLayout.MAGIC
                && FrameLayout.position(buffer, place) == place
                && FrameLayout.key(buffer, place) == key
                && FrameLayout.segmentOf(buffer, place) == segment
                && FrameLayout.crc(buffer, place) == FrameLayout.checksum(view, place, bytes, crc);
    }

    DirectBuffer buffer() {
        return buffer;
    }

    /** Where the frame starts. */
    int frame() {
        return frame;
    }

    int firstOrdinal() {
        return FrameLayout.ordinalOf(buffer, frame);
    }

    /** Behind the last one. */
    int endOrdinal() {
        return firstOrdinal() + FrameLayout.count(buffer, frame);
    }

    int count() {
        return FrameLayout.count(buffer, frame);
    }

    long epochNs() {
        return FrameLayout.epochNs(buffer, frame);
    }

    long syncedIndex() {
        return FrameLayout.syncedIndex(buffer, frame);
    }

    /** Where the next excerpt is looked for. */
    int position() {
        return position;
    }

    /** Behind the last whole frame. */
    int safePosition() {
        return safePosition;
    }
}
