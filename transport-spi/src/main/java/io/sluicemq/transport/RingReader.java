package io.sluicemq.transport;

import io.sluicemq.transport.LargeMessages.LargeMessage;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The consumer of a {@link MessageRing}: turns records into messages, and gives their room back a batch at a time. */
final class RingReader {
    /** So that producers need not wait for the end of a long poll, and not so few that each costs them a cache miss. */
    private static final int RELEASED_TOGETHER = 64;

    private static final int KIND_MASK = (1 << MessageRing.KIND_BITS) - 1;

    private final RecordRing records;
    private final Claims claims;
    private final LargeMessages large;
    private final RoomSignal room;

    RingReader(final RecordRing records, final Claims claims, final LargeMessages large, final RoomSignal room) {
        this.records = records;
        this.claims = claims;
        this.large = large;
        this.room = room;
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

    private int index() {
        return ((int) claims.released() * Claims.UNIT_BYTES) & (records.capacityBytes() - 1);
    }

    private int readBatch(final UnsafeBuffer memory, final int start, final MessageHandler handler, final int limit) {
        final int capacity = records.capacityBytes();
        int at = start;
        int messages = 0;
        int aborted = 0;
        try {
            while (messages < limit && at < capacity) {
                final long header = memory.getLongAcquire(at);
                final int recordBytes = RecordRing.recordBytes(header);
                if (recordBytes == 0) {
                    break;
                }
                final int index = at;
                final int type = RecordRing.type(header);
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
                records.clear(start, at - start);
                claims.release((at - start) / Claims.UNIT_BYTES, messages + aborted);
                room.onReleased();
            }
        }
        return messages;
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
                ? handOverReference(tag, memory, bodyAt, handler)
                : handler.onMessage(tag, kind, memory, bodyAt, recordBytes - RecordRing.HEADER_BYTES);
    }

    private boolean handOverReference(
            final int tag, final DirectBuffer record, final int index, final MessageHandler handler) {
        final int slot = record.getInt(index);
        final int kind = record.getInt(index + Integer.BYTES);
        final LargeMessage message = large.get(slot);
        boolean keep = false;
        try {
            keep = !handler.onMessage(tag, kind, message.buffer(), message.offset(), message.length());
        } finally {
            if (!keep) {
                large.free(slot);
            }
        }
        return !keep;
    }
}
