package io.sluicemq.transport;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The consumer of a {@link MessageRing}: turns records into messages, and gives their room back a batch at a time, also when each
 * is asked for singly: a producer that waits for room would else fight for the cache line with each message. What was read
 * and not given back is little, and nothing once the ring is found empty.
 */
final class RingReader {
    /** So that producers need not wait for the end of a long poll, and not so few that each costs them a cache miss. */
    private static final int RELEASED_TOGETHER = 64;

    /** No more than such a part of the mark, or of the memory, is read and not given back between two polls. */
    private static final int MAX_UNRELEASED_FRACTION = 16;

    private static final int KIND_MASK = (1 << MessageRing.KIND_BITS) - 1;

    private final RecordRing records;
    private final Claims claims;
    private final References references;
    private final BufferPool pool;
    private final RoomSignal room;

    /** Bytes and messages that were read and not given back yet. */
    private int unreleasedBytes;

    private int unreleasedMessages;

    /** {@link MessageKind#WRAPPED} or {@link MessageKind#POOLED} inside a handler that looks at such a message, else 0. */
    private int lent;

    RingReader(
            final RecordRing records,
            final Claims claims,
            final References references,
            final BufferPool pool,
            final RoomSignal room) {
        this.records = records;
        this.claims = claims;
        this.references = references;
        this.pool = pool;
        this.room = room;
    }

    /** Inside a handler: the buffer of the message becomes the handler's, if it came by reference. */
    int takeOver() {
        final int was = lent;
        lent = 0;
        return was;
    }

    /** Hands over messages and makes their room free, also when the handler throws. */
    int read(final MessageHandler handler, final int limit) {
        final UnsafeBuffer memory = records.memory();
        if (memory == null) {
            return 0;
        }
        int handled = 0;
        boolean goOn = true;
        while (goOn && handled < limit) {
            final int batch = Math.min(limit - handled, RELEASED_TOGETHER);
            final int start = index();
            final int taken = readBatch(memory, start, handler, batch);
            handled += taken;
            // A batch ends at the end of the memory, and more may be at its start.
            goOn = taken == batch || (start != 0 && index() == 0);
        }
        return handled;
    }

    /** Where the next record is or will be. */
    private int index() {
        return ((int) claims.released() * Claims.UNIT_BYTES + unreleasedBytes) & (records.capacityBytes() - 1);
    }

    private int readBatch(final UnsafeBuffer memory, final int start, final MessageHandler handler, final int limit) {
        final int capacity = records.capacityBytes();
        int at = start;
        int messages = 0;
        int aborted = 0;
        try {
            while (messages < limit && at < capacity) {
                final int recordBytes = memory.getIntAcquire(at);
                if (recordBytes <= 0) {
                    break;
                }
                final int index = at;
                final int type = memory.getInt(index + RecordRing.TYPE_OFFSET);
                at += BitUtil.align(recordBytes, Claims.UNIT_BYTES);
                if (type < 0) {
                    aborted += type == RecordRing.ABORTED ? 1 : 0;
                    continue;
                }
                // Counted first: a message whose handler throws is consumed all the same.
                messages++;
                if (!handOver(type, memory, index, recordBytes, handler)) {
                    messages--;
                    at = index;
                    break;
                }
            }
        } finally {
            if (at > start) {
                RecordRing.clear(memory, start, at - start);
                unreleasedBytes += at - start;
                unreleasedMessages += messages + aborted;
            }
            if (unreleasedBytes > 0 && (messages < limit || isReleaseDue(memory, at))) {
                release();
            }
        }
        return messages;
    }

    private boolean isReleaseDue(final UnsafeBuffer memory, final int at) {
        final int mark = claims.maxMessages();
        return unreleasedMessages >= RELEASED_TOGETHER
                || (mark > 0 && unreleasedMessages >= mark / MAX_UNRELEASED_FRACTION)
                || unreleasedBytes >= records.capacityBytes() / MAX_UNRELEASED_FRACTION
                || at == records.capacityBytes()
                || memory.getInt(at) <= 0;
    }

    private void release() {
        final int units = unreleasedBytes / Claims.UNIT_BYTES;
        final int messages = unreleasedMessages;
        unreleasedBytes = 0;
        unreleasedMessages = 0;
        claims.release(units, messages);
        room.onReleased();
    }

    private boolean handOver(
            final int type,
            final UnsafeBuffer memory,
            final int index,
            final int recordBytes,
            final MessageHandler handler) {
        final int tag = type >>> MessageRing.KIND_BITS;
        final int kind = type & KIND_MASK;
        final int bodyAt = index + RecordRing.HEADER_BYTES;
        return kind == MessageRing.REFERENCE
                ? handOverReference(tag, memory, index, handler)
                : handler.onMessage(tag, kind, memory, bodyAt, recordBytes - RecordRing.HEADER_BYTES);
    }

    private boolean handOverReference(
            final int tag, final UnsafeBuffer memory, final int index, final MessageHandler handler) {
        final UnsafeBuffer buffer = references.get(index);
        final int offset = memory.getInt(index + RecordRing.REFERENCE_OFFSET);
        final int length = memory.getInt(index + RecordRing.REFERENCE_LENGTH);
        final int kind = memory.getInt(index + RecordRing.REFERENCE_KIND);
        boolean keep = false;
        lent = kind & ~MessageKind.MASK;
        try {
            keep = !handler.onMessage(tag, kind & MessageKind.MASK, buffer, offset, length);
        } finally {
            if (!keep) {
                references.clear(index);
                if ((kind & MessageKind.POOLED) != 0) {
                    references.free(length);
                    if (lent != 0) {
                        pool.release(buffer);
                    }
                    // Not only at the end of the batch: some few of these may be all that there is room for.
                    room.onReleased();
                }
            }
            lent = 0;
        }
        return !keep;
    }
}
