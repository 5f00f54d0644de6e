package io.sluicemq.journal;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** How far named readers have acknowledged. For the journal's thread. */
final class Positions {
    static final int MAX_NAME_BYTES = 255;

    /** Instead of an index: the name is forgotten. */
    private static final long FORGOTTEN = Long.MIN_VALUE;

    private final Map<String, Position> byName = new HashMap<>();

    /** Of one reader. */
    static final class Position {
        private final UnsafeBuffer record;
        private long index;
        private long lost;

        private Position(final byte[] name, final long index) {
            record = new UnsafeBuffer(new byte[Long.BYTES + name.length]);
            record.putBytes(Long.BYTES, name);
            this.index = index;
        }

        long index() {
            return index;
        }

        long lost() {
            return lost;
        }

        void lose(final long records) {
            lost += records;
        }
    }

    static byte[] encode(final String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "name=" + name + ", limit=1 to " + MAX_NAME_BYTES + " bytes of UTF-8, take another name");
        }
        return bytes;
    }

    Position find(final String name) {
        return byName.get(name);
    }

    Iterable<Position> all() {
        return byName.values();
    }

    int size() {
        return byName.size();
    }

    /** What all positions take in a frame. */
    int frameBytes() {
        int bytes = 0;
        for (final Position position : byName.values()) {
            bytes += recordBytes(position.record.capacity());
        }
        return bytes;
    }

    static int recordBytes(final int bodyBytes) {
        return FrameLayout.RECORD_HEADER_BYTES + FrameLayout.align(bodyBytes);
    }

    Position put(final String name, final long index) {
        final Position known = byName.get(name);
        if (known != null) {
            known.index = index;
            return known;
        }
        final Position position = new Position(encode(name), index);
        byName.put(name, position);
        return position;
    }

    Position remove(final String name) {
        return byName.remove(name);
    }

    /** Adds what is known of a reader to a batch. */
    static void write(final Position position, final boolean forgotten, final JournalBatch batch) {
        final UnsafeBuffer record = position.record;
        record.putLong(0, forgotten ? FORGOTTEN : position.index, FrameLayout.ORDER);
        if (!batch.add(FrameLayout.TYPE_POSITION, FrameLayout.INTERNAL_FLAG, record, 0, record.capacity())) {
            throw new JournalException("named readers do not fit the header of a segment, bytes=" + batch.bytes()
                    + ", open the journal with larger segmentBytes, and forget some");
        }
    }

    void write(final JournalBatch batch) {
        for (final Position position : byName.values()) {
            write(position, false, batch);
        }
    }

    /** A new segment begins, which repeats all positions. */
    void clear() {
        byName.clear();
    }

    /** What a record says. */
    void apply(final DirectBuffer buffer, final int offset, final int length) {
        if (length <= Long.BYTES || length > Long.BYTES + MAX_NAME_BYTES) {
            return;
        }
        final byte[] name = new byte[length - Long.BYTES];
        buffer.getBytes(offset + Long.BYTES, name);
        final long index = buffer.getLong(offset, FrameLayout.ORDER);
        final String text = new String(name, StandardCharsets.UTF_8);
        if (index == FORGOTTEN) {
            byName.remove(text);
        } else {
            put(text, index);
        }
    }
}
