package io.sluicemq.transport.ipc;

import static io.sluicemq.transport.ipc.ShmLayout.RECORD_HEADER_BYTES;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What {@link ShmReader} does to the shared memory: turns records into messages, and gives their room back a batch at a time. The
 * consuming thread, unless said.
 *
 * <p>The writer's process may write anything at any time. So each header is read once, checked, and then used; what has a
 * structure is copied before the structure is looked at; and a poll ends after one lap at the latest. The first thing that cannot
 * be is the {@link #fault()}, after which nothing more is read. A body of one frame is handed over where it lies.
 */
final class RecordReader {
    /** So that the writer need not wait for the end of a long poll, and not so few that each costs it a cache miss. */
    private static final int RELEASED_TOGETHER = 64;

    /** No more than such a part of the mark, or of the memory, is read and not given back between two polls. */
    private static final int MAX_UNRELEASED_FRACTION = 16;

    private static final int MAX_GATHERED_BYTES = Integer.MAX_VALUE - 8;

    private final UnsafeBuffer control;
    private final UnsafeBuffer records;
    private final int ringBytes;
    private final int maxBodyBytes;

    /** Of a message of one frame in one record. */
    private final int maxSingleBytes;

    private final ReadLimits limits;
    private final BufferPool pool;
    private final LargeMessage large;
    private final Runnable wakeWriter;

    /** Bytes read since the start, and messages handed over, or handed over and thrown at. */
    private long position;

    private long taken;
    private long releasedPosition;
    private long releasedMessages;

    /** Beside the position, on a line that is written anyway. */
    private int emptyReads;

    /** Whether the last batch ended behind a fragment, so that its room is given back before the next. */
    private boolean readFragment;

    /** Private copy of a message of several frames. */
    private UnsafeBuffer frames;

    /** {@link MessageKind#POOLED} inside a handler that looks at a large message, else 0. */
    private int lent;

    private ReadFault fault;

    RecordReader(final UnsafeBuffer memory, final ReadLimits limits, final BufferPool pool, final Runnable wakeWriter) {
        this.ringBytes = ShmLayout.ringBytes(memory.capacity());
        this.maxBodyBytes = ShmLayout.maxBodyBytes(ringBytes);
        this.control = new UnsafeBuffer(memory, 0, ShmLayout.CONTROL_BYTES);
        this.records = new UnsafeBuffer(memory, ShmLayout.CONTROL_BYTES, ringBytes);
        this.limits = limits;
        this.maxSingleBytes =
                limits.maxMessageBytes() < 0 ? maxBodyBytes : (int) Math.min(maxBodyBytes, limits.maxMessageBytes());
        this.pool = pool;
        this.large = new LargeMessage(pool);
        this.wakeWriter = wakeWriter;
    }

    /** Why nothing more is read, or null. */
    ReadFault fault() {
        return fault;
    }

    int ringBytes() {
        return ringBytes;
    }

    long position() {
        return position;
    }

    long taken() {
        return taken;
    }

    /** Reads in a row that found no message. */
    int emptyReads() {
        return emptyReads;
    }

    /** Most messages that can be in the ring. */
    int maxWaiting() {
        return ringBytes / ShmLayout.UNIT_BYTES;
    }

    /** Whether a record waits, or a large message that is complete. */
    boolean isNext() {
        return large.isComplete() || records.getLongAcquire(index()) != 0;
    }

    /** Messages claimed since the start: the writer's word, unchecked. */
    long claimed() {
        return control.getLongVolatile(ShmLayout.CLAIMED);
    }

    /** Messages that were claimed and not taken, one that is there in part not included; by the writer's word. */
    long ahead() {
        return claimed() - taken - (large.isBegun() ? 1 : 0);
    }

    /** Inside a handler: the buffer of the message becomes the handler's, if it came by reference. */
    int takeOver() {
        final int was = lent;
        lent = 0;
        return was;
    }

    /** Gives all private memory back to the pool. */
    void drop() {
        large.drop();
        drop(frames);
        frames = null;
    }

    /** Hands over messages and makes their room free, also when the handler throws. At most one lap. */
    int read(final MessageHandler handler, final int limit) {
        if (fault != null || limit <= 0) {
            return 0;
        }
        int handled = 0;
        if (large.isComplete()) {
            if (!handOverPending(handler)) {
                return 0;
            }
            handled = 1;
        }
        final long lapEnd = position + ringBytes;
        boolean goOn = true;
        while (goOn && handled < limit) {
            final int batch = Math.min(limit - handled, RELEASED_TOGETHER);
            final long start = position;
            final int messages = readBatch(handler, batch);
            handled += messages;
            // A batch ends at the end of the memory and behind a fragment, and more may be there.
            goOn = (messages == batch || readFragment || (position != start && index() == 0))
                    && fault == null
                    && !large.isComplete()
                    && position < lapEnd;
        }
        emptyReads = handled == 0 ? emptyReads + 1 : 0;
        return handled;
    }

    private boolean handOverPending(final MessageHandler handler) {
        boolean accepted = true;
        try {
            accepted = handOverLarge(handler);
        } finally {
            if (accepted) {
                taken++;
                release();
            }
        }
        return accepted;
    }

    private int index() {
        return (int) position & (ringBytes - 1);
    }

    private int readBatch(final MessageHandler handler, final int limit) {
        final int start = index();
        int at = start;
        int messages = 0;
        readFragment = false;
        try {
            while (messages < limit && at < ringBytes && !readFragment) {
                final long header = records.getLongAcquire(at);
                if (header == 0) {
                    break;
                }
                final int index = at;
                final int type = ShmLayout.type(header);
                final int bodyBytes = ShmLayout.recordBytes(header) - RECORD_HEADER_BYTES;
                if (!isPlausible(type, bodyBytes, index)) {
                    break;
                }
                at += ShmLayout.alignedBytes(RECORD_HEADER_BYTES + bodyBytes);
                if (type == ShmLayout.PADDING) {
                    continue;
                }
                if (FaultPoints.BEFORE_HANDLER) {
                    FaultPoints.pass();
                }
                if ((type & ShmLayout.FRAGMENT) != 0) {
                    readFragment = true;
                    if (!gather(type, index + RECORD_HEADER_BYTES, bodyBytes)) {
                        break;
                    }
                    if (!large.isComplete()) {
                        continue;
                    }
                    // Counted first: a message whose handler throws is consumed all the same.
                    messages++;
                    if (!handOverLarge(handler)) {
                        messages--;
                        break;
                    }
                } else {
                    messages++;
                    if (!handOver(type, index + RECORD_HEADER_BYTES, bodyBytes, handler)) {
                        messages--;
                        at = index;
                        break;
                    }
                }
                if (FaultPoints.AFTER_HANDLER) {
                    FaultPoints.pass();
                }
            }
        } finally {
            position += at - start;
            taken += messages;
            if (position != releasedPosition && (messages < limit || isReleaseDue())) {
                release();
            }
        }
        return messages;
    }

    private boolean isReleaseDue() {
        final int mark = limits.maxMessages();
        final long messages = taken - releasedMessages;
        return messages >= RELEASED_TOGETHER
                || (mark > 0 && messages >= mark / MAX_UNRELEASED_FRACTION)
                || position - releasedPosition >= ringBytes / MAX_UNRELEASED_FRACTION
                || index() == 0
                || records.getLong(index()) == 0;
    }

    private void release() {
        if (FaultPoints.BEFORE_RELEASE) {
            FaultPoints.pass();
        }
        releasedPosition = position;
        releasedMessages = taken;
        control.putLongRelease(ShmLayout.RELEASED_MESSAGES, taken);
        control.putLongRelease(ShmLayout.RELEASED_POSITION, position);
        if (FaultPoints.AFTER_RELEASE) {
            FaultPoints.pass();
        }
        VarHandle.fullFence();
        if (control.getIntVolatile(ShmLayout.WANTED) != 0
                && position >= control.getLongOpaque(ShmLayout.WANTED_POSITION)
                && taken >= control.getLongOpaque(ShmLayout.WANTED_MESSAGES)) {
            control.putIntVolatile(ShmLayout.WANTED, 0);
            wakeWriter.run();
        }
    }

    /** Whether a record with such a header can be here; all that later code relies on. */
    private boolean isPlausible(final int type, final int bodyBytes, final int index) {
        if (type == MessageKind.SINGLE && bodyBytes >= 0 && bodyBytes <= maxSingleBytes && !large.isBegun()) {
            return isWithin(bodyBytes, ringBytes - index - RECORD_HEADER_BYTES);
        }
        return isPlausibleOther(type, bodyBytes, index);
    }

    private boolean isPlausibleOther(final int type, final int bodyBytes, final int index) {
        final int toEnd = ringBytes - index - RECORD_HEADER_BYTES;
        if (type == ShmLayout.PADDING) {
            return bodyBytes == toEnd || damaged("paddingBytes=" + bodyBytes + ", limit=" + toEnd);
        }
        if (!isWithin(bodyBytes, Math.min(maxBodyBytes, toEnd))) {
            return false;
        }
        final int kind = type & MessageKind.MASK;
        final int bits = type & ~MessageKind.MASK;
        final boolean known = (kind == MessageKind.SINGLE || kind == MessageKind.FRAMES)
                && (bits == 0
                        || ((bits & ShmLayout.FRAGMENT) != 0
                                && (bits & ~(ShmLayout.FRAGMENT | ShmLayout.FIRST | ShmLayout.LAST)) == 0));
        if (!known) {
            return damaged("recordType=" + type + ", limit=the types of version " + ShmFile.VERSION);
        }
        final boolean starts = bits == 0 || (bits & ShmLayout.FIRST) != 0;
        if (starts == large.isBegun() || (!starts && kind != large.kind())) {
            return damaged("recordType=" + type + ", limit=" + (starts ? "a later fragment" : "a first record"));
        }
        if (kind == MessageKind.SINGLE && bits == 0 && bodyBytes > maxSingleBytes) {
            return failed(ReadFault.tooLarge("messageBytes=" + bodyBytes + ", limit=" + maxSingleBytes));
        }
        return true;
    }

    private boolean isWithin(final int bodyBytes, final int limit) {
        return (bodyBytes >= 0 && bodyBytes <= limit) || damaged("bodyBytes=" + bodyBytes + ", limit=0.." + limit);
    }

    private boolean damaged(final String what) {
        return failed(ReadFault.damaged(what));
    }

    private boolean failed(final ReadFault why) {
        fault = why;
        return false;
    }

    private boolean handOver(final int kind, final int index, final int length, final MessageHandler handler) {
        if (kind == MessageKind.SINGLE) {
            return handler.onMessage(limits.tag(), kind, records, index, length);
        }
        if (frames == null || frames.capacity() < length) {
            final UnsafeBuffer larger = pool.acquire(length);
            drop(frames);
            frames = larger;
        }
        frames.putBytes(0, records, index, length);
        return areFrames(frames, length) && handler.onMessage(limits.tag(), kind, frames, 0, length);
    }

    private void drop(final UnsafeBuffer buffer) {
        if (buffer != null) {
            pool.release(buffer);
        }
    }

    private boolean areFrames(final UnsafeBuffer buffer, final int length) {
        final ReadFault wrong = FrameCheck.fault(buffer, length, limits.maxFrames(), limits.maxMessageBytes());
        return wrong == null || failed(wrong);
    }

    /** Adds a fragment to the large message; false when that must not be. */
    private boolean gather(final int type, final int index, final int bytes) {
        final int kind = type & MessageKind.MASK;
        final boolean last = (type & ShmLayout.LAST) != 0;
        final long gathered = (large.isBegun() ? large.length() : 0) + (long) bytes;
        final long limit = maxGatheredBytes(kind);
        if (gathered > limit) {
            return failed(ReadFault.tooLarge("messageBytes=" + gathered + ", limit=" + limit));
        }
        large.add(kind, records, index, bytes, last);
        return !last || kind == MessageKind.SINGLE || areFrames(large.buffer(), large.length());
    }

    private long maxGatheredBytes(final int kind) {
        if (limits.maxMessageBytes() < 0) {
            return MAX_GATHERED_BYTES;
        }
        final long headers = kind == MessageKind.FRAMES ? (long) limits.maxFrames() * FrameHeader.LONG_LENGTH : 0;
        return Math.min(MAX_GATHERED_BYTES, limits.maxMessageBytes() + headers);
    }

    private boolean handOverLarge(final MessageHandler handler) {
        boolean accepted = true;
        lent = MessageKind.POOLED;
        try {
            accepted = handler.onMessage(limits.tag(), large.kind(), large.buffer(), 0, large.length());
        } finally {
            if (accepted) {
                final UnsafeBuffer buffer = large.remove();
                if (lent != 0) {
                    pool.release(buffer);
                }
            }
            lent = 0;
        }
        return accepted;
    }
}
