package io.sluicemq.transport.ipc;

import static io.sluicemq.transport.ipc.ShmLayout.RECORD_HEADER_BYTES;
import static io.sluicemq.transport.ipc.ShmLayout.UNIT_BYTES;

import io.sluicemq.transport.Records;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What {@link ShmWriter} does to the shared memory, one thread at a time, under its lock. Position and counts are private to this
 * process; of what the reader's process writes, only what {@link #refresh} has checked is used.
 *
 * <p>The claim is stored before the copy, so that a death in the middle leaves a trace; then the header of the next record is
 * cleared; the record's header is stored last, with release.
 */
@SuppressWarnings("unused") // Of the padding: what each message writes here is on cache lines of its own.
final class RecordWriter {
    private static final VarHandle SENT_MESSAGES;
    private static final VarHandle SENT_BYTES;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            SENT_MESSAGES = lookup.findVarHandle(RecordWriter.class, "sentMessages", long.class);
            SENT_BYTES = lookup.findVarHandle(RecordWriter.class, "sentBytes", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    /** Bytes written since the start, and what was seen last of the reader's position. */
    private long position;

    private long seenPosition;

    /** Messages claimed since the start, and what was seen last of those that the reader took. */
    private long claimed;

    private long seenMessages;

    /** Stored opaque, as any thread may read them. */
    private long sentMessages;

    private long sentBytes;
    private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    private final UnsafeBuffer control;
    private final UnsafeBuffer records;
    private final int ringBytes;
    private final int maxBodyBytes;
    private final int maxMessages;

    /** Whether a large message is partly written, and how many bytes of it. */
    private boolean large;

    private int largeWritten;

    /** Why nothing can be written any more, or null. */
    private String broken;

    RecordWriter(final UnsafeBuffer memory, final int maxMessages) {
        this.ringBytes = ShmLayout.ringBytes(memory.capacity());
        this.maxBodyBytes = ShmLayout.maxBodyBytes(ringBytes);
        this.control = new UnsafeBuffer(memory, 0, ShmLayout.CONTROL_BYTES);
        this.records = new UnsafeBuffer(memory, ShmLayout.CONTROL_BYTES, ringBytes);
        this.maxMessages = maxMessages;
    }

    int maxBodyBytes() {
        return maxBodyBytes;
    }

    boolean isLargeBegun() {
        return large;
    }

    String broken() {
        return broken;
    }

    long claimed() {
        return claimed;
    }

    long position() {
        return position;
    }

    /** Any thread. */
    long sentMessages() {
        return (long) SENT_MESSAGES.getOpaque(this);
    }

    /** Any thread. */
    long sentBytes() {
        return (long) SENT_BYTES.getOpaque(this);
    }

    /** Messages that the reader has not given back, as seen last. Any thread, approximate without the lock. */
    long waitingAsSeen() {
        final long seen = seenMessages;
        return Math.max(0, claimed - seen);
    }

    /** Writes a message of at most {@link #maxBodyBytes}; false when there is no room. */
    boolean write(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final int bodyBytes = (int) Records.length(prefix, kind, length);
        final int recordBytes = RECORD_HEADER_BYTES + bodyBytes;
        final int index = place(recordBytes, 1);
        if (index < 0) {
            return false;
        }
        claim();
        boolean copied = false;
        try {
            copy(Records.putHead(records, index + RECORD_HEADER_BYTES, prefix, kind, length), buffer, offset, length);
            copied = true;
        } finally {
            if (!copied) {
                // Nothing is there without a header: the place is that of the next record.
                control.putLongRelease(ShmLayout.CLAIMED, --claimed);
            }
        }
        commit(index, Records.kind(prefix, kind), recordBytes);
        count(bodyBytes);
        return true;
    }

    /** Writes what there is room for of a message, and goes on with it when called again; true when all is written. */
    boolean writeLarge(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (large && largeWritten >= length) {
            throw new IllegalArgumentException("messageBytes=" + length + ", limit=more than the " + largeWritten
                    + " that are written, go on with the same message");
        }
        while (true) {
            final boolean first = !large;
            final int written = first ? 0 : largeWritten;
            final int toEnd = ringBytes - index();
            int bodyBytes = Math.min(length - written, maxBodyBytes);
            if (toEnd > RECORD_HEADER_BYTES) {
                // What is left at the end is used, not padded.
                bodyBytes = Math.min(bodyBytes, toEnd - RECORD_HEADER_BYTES);
            }
            final int index = place(RECORD_HEADER_BYTES + bodyBytes, first ? 1 : 0);
            if (index < 0) {
                return false;
            }
            if (first) {
                claim();
                large = true;
            }
            copy(index + RECORD_HEADER_BYTES, buffer, offset + written, bodyBytes);
            largeWritten = written + bodyBytes;
            final boolean last = largeWritten == length;
            final int type = kind | ShmLayout.FRAGMENT | (first ? ShmLayout.FIRST : 0) | (last ? ShmLayout.LAST : 0);
            commit(index, type, RECORD_HEADER_BYTES + bodyBytes);
            if (last) {
                large = false;
                count(length);
                return true;
            }
            if (FaultPoints.LARGE_BETWEEN_FRAGMENTS) {
                FaultPoints.pass();
            }
        }
    }

    /** Takes back the claim of a large message that is partly written and never will be in full. */
    void forgetLarge() {
        if (large) {
            large = false;
            control.putLongRelease(ShmLayout.CLAIMED, --claimed);
        }
    }

    /** Whether a message with so many bytes, or the first part of it, would fit now. */
    boolean hasRoom(final long length) {
        final int bodyBytes = (int) Math.min(length, maxBodyBytes);
        return !large && fits(needed(RECORD_HEADER_BYTES + bodyBytes), 1);
    }

    /** As {@link #hasRoom}, for one who may only look: a guess while another thread writes. */
    boolean seemsToHaveRoom(final long length) {
        final long used = position - control.getLongAcquire(ShmLayout.RELEASED_POSITION);
        final long neededBytes = needed(RECORD_HEADER_BYTES + (int) Math.min(length, maxBodyBytes));
        return !large
                && used + neededBytes <= ringBytes - UNIT_BYTES
                && (maxMessages == 0 || seemsToWait() < maxMessages);
    }

    /** As {@link #waitingAsSeen} once it was looked again, for one who may only look: a guess while another thread writes. */
    long seemsToWait() {
        final long waiting = claimed - control.getLongAcquire(ShmLayout.RELEASED_MESSAGES);
        return Math.max(0, Math.min(waiting, ringBytes / UNIT_BYTES));
    }

    /** Asks the reader to say when half of the room is free; fences. */
    void requestSpace() {
        // What is partly written counts as waiting until all of it is there: then bytes alone are waited for.
        final boolean byBytesAlone = maxMessages == 0 || large;
        control.putLongOpaque(ShmLayout.WANTED_POSITION, position - ringBytes / 2);
        control.putLongOpaque(ShmLayout.WANTED_MESSAGES, byBytesAlone ? 0 : claimed - maxMessages / 2);
        control.putIntVolatile(ShmLayout.WANTED, 1);
        VarHandle.fullFence();
    }

    /** After a commit: whether the caller has to wake the reader. */
    boolean isReaderToBeWoken() {
        // For the compiler, which may else look before it stores; on the machine it is free.
        VarHandle.storeStoreFence();
        if (control.getIntVolatile(ShmLayout.ARMED) != 0) {
            return false;
        }
        // Not compared once more: whatever the reader wrote meanwhile, a wake-up follows. And of memory that the peer
        // has truncated the
        // JVM tells by an error where it reads or writes, but dies where its interpreter compares and sets.
        control.putIntVolatile(ShmLayout.ARMED, 1);
        return true;
    }

    /** Reads how far the reader is; false when that cannot be. */
    boolean refresh() {
        final long releasedPosition = control.getLongAcquire(ShmLayout.RELEASED_POSITION);
        final long releasedMessages = control.getLongAcquire(ShmLayout.RELEASED_MESSAGES);
        if (releasedPosition < seenPosition || releasedPosition > position || releasedPosition % UNIT_BYTES != 0) {
            return broke("releasedPosition=" + releasedPosition + ", limit=" + seenPosition + ".." + position);
        }
        if (releasedMessages < seenMessages || releasedMessages > claimed) {
            return broke("releasedMessages=" + releasedMessages + ", limit=" + seenMessages + ".." + claimed);
        }
        seenPosition = releasedPosition;
        seenMessages = releasedMessages;
        return true;
    }

    private boolean broke(final String what) {
        broken = "shm " + what + ", the reading process damaged the ring: connect again";
        return false;
    }

    private int index() {
        return (int) position & (ringBytes - 1);
    }

    private int needed(final int recordBytes) {
        final int bytes = ShmLayout.alignedBytes(recordBytes);
        final int toEnd = ringBytes - index();
        return bytes <= toEnd ? bytes : toEnd + bytes;
    }

    /** Finds the place of a record, behind padding if need be; a negative number when there is no room. */
    private int place(final int recordBytes, final int messages) {
        final int needed = needed(recordBytes);
        if (!fitsAsSeen(needed, messages) && !fits(needed, messages)) {
            return -1;
        }
        final int index = index();
        final int toEnd = ringBytes - index;
        if (needed <= toEnd) {
            return index;
        }
        records.putLong(0, 0);
        records.putLongRelease(index, ShmLayout.header(ShmLayout.PADDING, toEnd));
        position += toEnd;
        return 0;
    }

    private boolean fits(final int neededBytes, final int messages) {
        return refresh() && fitsAsSeen(neededBytes, messages);
    }

    private boolean fitsAsSeen(final int neededBytes, final int messages) {
        // A unit remains free: the header that ends the records must be clear.
        return position + neededBytes - seenPosition <= ringBytes - UNIT_BYTES
                && (messages == 0 || maxMessages == 0 || claimed - seenMessages < maxMessages);
    }

    private void claim() {
        if (FaultPoints.BEFORE_CLAIM) {
            FaultPoints.pass();
        }
        control.putLongRelease(ShmLayout.CLAIMED, ++claimed);
        if (FaultPoints.AFTER_CLAIM) {
            FaultPoints.pass();
        }
    }

    private void copy(final int index, final DirectBuffer buffer, final int offset, final int length) {
        int copied = 0;
        if (FaultPoints.IN_COPY) {
            copied = length / 2;
            records.putBytes(index, buffer, offset, copied);
            FaultPoints.pass();
        }
        records.putBytes(index + copied, buffer, offset + copied, length - copied);
    }

    private void commit(final int index, final int type, final int recordBytes) {
        final int bytes = ShmLayout.alignedBytes(recordBytes);
        if (FaultPoints.BEFORE_COMMIT) {
            FaultPoints.pass();
        }
        records.putLong((index + bytes) & (ringBytes - 1), 0);
        records.putLongRelease(index, ShmLayout.header(type, recordBytes));
        position += bytes;
        if (FaultPoints.AFTER_COMMIT) {
            FaultPoints.pass();
        }
    }

    private void count(final long bytes) {
        SENT_MESSAGES.setOpaque(this, sentMessages + 1);
        SENT_BYTES.setOpaque(this, sentBytes + bytes);
    }
}
