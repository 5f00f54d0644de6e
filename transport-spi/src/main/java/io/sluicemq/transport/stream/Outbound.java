package io.sluicemq.transport.stream;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The way out of one pipe. Small messages gather in the group's buffer and go in one write; what the medium does not take
 * becomes {@link #rest}. A large message is written from the caller's memory. Commands go before all that, but never into
 * the middle of a message.
 *
 * <p>Never calls the end of the pipe, so that it may be used from within any of its callbacks.
 */
final class Outbound {
    /** A larger message is not copied into the gather buffer. */
    static final int MAX_GATHERED_BYTES = 16 * 1024;

    /** A longer run of messages is written from the caller's memory, unless others of the pipe wait in the gather buffer. */
    private static final int MIN_WRITTEN_IN_PLACE_BYTES = 2 * 1024;

    /** What is left of a smaller batch is copied to a chunk of its size; a larger one keeps the gather buffer itself. */
    private static final int MAX_COPIED_REST_BYTES = 64 * 1024;

    private final Runnable flush;
    private final StreamGroup group;
    private final StreamChannel channel;
    final ControlBuffer control = new ControlBuffer();

    /** A batch that is partly written, from its first message on, so that whole messages can be counted. */
    private UnsafeBuffer rest;

    private int restLength;
    private int restWritten;
    private long restBoundary; // start of the first message that is not known to be written

    /** A message that is partly written from the caller's memory, which must offer it again. */
    private boolean direct;

    private int directLength;
    private int directWritten;
    private ByteBuffer directMemory;
    private ByteBuffer directView;

    private boolean refused;
    private boolean shut;
    private String failure;
    private long lostMessages;

    Outbound(final Runnable flush, final StreamGroup group, final StreamChannel channel) {
        this.flush = flush;
        this.group = group;
        this.channel = channel;
    }

    boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final StreamGroup shared = group;
        if (shared.gatherer == this && length <= MAX_GATHERED_BYTES) {
            final int at = shared.gathered;
            if (at + FrameHeader.LONG_LENGTH + length <= Chunks.MAX_BYTES) {
                shared.gathered = encode(shared.gather, at, kind, buffer, offset, length);
                return true;
            }
        }
        try {
            return offerSlowly(kind, buffer, offset, length);
        } catch (final IOException | OutOfMemoryError e) {
            fail(e);
            return false;
        }
    }

    private static int encode(
            final UnsafeBuffer target,
            final int at,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final int bodyAt = kind == MessageKind.SINGLE ? at + FrameHeader.put(target, at, 0, length) : at;
        target.putBytes(bodyAt, buffer, offset, length);
        return bodyAt + length;
    }

    private boolean offerSlowly(final int kind, final DirectBuffer buffer, final int offset, final int length)
            throws IOException {
        if (failure != null) {
            return false;
        }
        if (direct) {
            return goOnWithDirect(buffer, offset, length);
        }
        if (!drainAll()) {
            refused = true;
            return false;
        }
        evictOther();
        group.gatherer = this;
        if (length > MAX_GATHERED_BYTES) {
            return startDirect(kind, buffer, offset, length);
        }
        group.gathered = encode(group.gather, 0, kind, buffer, offset, length);
        return true;
    }

    /** Takes whole messages, as they are on the wire; all or none of them. */
    boolean offerBatch(final DirectBuffer buffer, final int offset, final int length) {
        if (group.gatherer == this && group.gathered + length <= Chunks.MAX_BYTES) {
            group.gather.putBytes(group.gathered, buffer, offset, length);
            group.gathered += length;
            return true;
        }
        try {
            if (failure != null) {
                return false;
            }
            return (!direct && drainAll()) ? startBatch(buffer, offset, length) : refuse();
        } catch (final IOException | OutOfMemoryError e) {
            fail(e);
            return false;
        }
    }

    private boolean startBatch(final DirectBuffer buffer, final int offset, final int length) throws IOException {
        final ByteBuffer view = length < MIN_WRITTEN_IN_PLACE_BYTES ? null : group.batchView(buffer, offset, length);
        if (view != null) {
            final int written = channel.write(view);
            if (written < length) {
                keepBatch(buffer, offset, length, written);
            }
            return true;
        }
        evictOther();
        group.gatherer = this;
        group.gather.putBytes(0, buffer, offset, length);
        group.gathered = length;
        return true;
    }

    /** Copies what the medium did not take, from the message on that it took in part. */
    private void keepBatch(final DirectBuffer buffer, final int offset, final int length, final int written) {
        int start = 0;
        int end = FrameHeader.messageEnd(buffer, offset) - offset;
        while (end <= written) {
            start = end;
            end = FrameHeader.messageEnd(buffer, offset + start) - offset;
        }
        final UnsafeBuffer kept;
        try {
            kept = group.chunks.acquire(length - start);
        } catch (final OutOfMemoryError e) {
            lostMessages += countMessages(buffer, (long) offset + start, offset + written, offset + length);
            fail(e);
            return;
        }
        restLength = length - start;
        restWritten = written - start;
        restBoundary = 0;
        rest = kept;
        rest.putBytes(0, buffer, offset + start, restLength);
    }

    /** Another pipe was not flushed: its batch must leave the shared buffer. */
    private void evictOther() {
        final Outbound other = group.gatherer;
        if (other != null && other != this) {
            other.flush.run();
            if (group.gatherer == other) {
                other.keepOwnRest();
            }
        }
    }

    private void keepOwnRest() {
        try {
            keepRest(0);
        } catch (final OutOfMemoryError e) {
            fail(e);
            // Nobody calls this pipe now who would see it.
            flush.run();
        }
    }

    private boolean startDirect(final int kind, final DirectBuffer buffer, final int offset, final int length)
            throws IOException {
        direct = true;
        directLength = length;
        directWritten = 0;
        final ByteBuffer view = viewOf(buffer, offset, length);
        final int header = kind == MessageKind.SINGLE ? FrameHeader.put(group.gather, 0, 0, length) : 0;
        group.gathered = header;
        if (view == null || header == 0) {
            return drainGathered() ? goOnWithDirect(buffer, offset, length) : refuse();
        }
        final ByteBuffer head = group.gather.byteBuffer();
        head.limit(header).position(0);
        group.sources[0] = head;
        group.sources[1] = view;
        final long written = channel.write(group.sources, 2);
        if (written < header) {
            keepRest((int) written);
            return refuse();
        }
        group.gathered = 0;
        group.gatherer = null;
        directWritten = (int) written - header;
        return isDirectDone() || refuse();
    }

    private boolean goOnWithDirect(final DirectBuffer buffer, final int offset, final int length) throws IOException {
        if (length != directLength) {
            throw new IllegalStateException("length=" + length + ", limit=" + directLength
                    + ", offer the message again that was refused after a part of it had gone");
        }
        if (rest != null && !drainRest(restLength)) {
            return refuse();
        }
        final ByteBuffer view = viewOf(buffer, offset + directWritten, length - directWritten);
        if (view == null) {
            copyDirect(buffer, offset, length);
        } else {
            directWritten += channel.write(view);
        }
        return isDirectDone() || refuse();
    }

    /** From memory that the channel cannot read in place. */
    private void copyDirect(final DirectBuffer buffer, final int offset, final int length) throws IOException {
        evictOther();
        final ByteBuffer bytes = group.gather.byteBuffer();
        boolean taken = true;
        while (taken && directWritten < length) {
            final int slice = Math.min(length - directWritten, Chunks.MAX_BYTES);
            group.gather.putBytes(0, buffer, offset + directWritten, slice);
            bytes.limit(slice).position(0);
            final int written = channel.write(bytes);
            directWritten += written;
            taken = written == slice;
        }
    }

    private boolean isDirectDone() {
        if (directWritten < directLength) {
            return false;
        }
        direct = false;
        refused = false;
        return true;
    }

    private boolean refuse() {
        refused = true;
        return false;
    }

    /** The memory as the channel can read it in place, or null. The view is kept, as the next message is likely beside it. */
    @SuppressWarnings("ReferenceEquality") // equals would compare the content
    private ByteBuffer viewOf(final DirectBuffer buffer, final int offset, final int length) {
        final ByteBuffer memory = buffer.byteBuffer();
        if (memory == null || !memory.isDirect()) {
            return null;
        }
        if (memory != directMemory) {
            directMemory = memory;
            directView = memory.duplicate();
        }
        final int start = buffer.wrapAdjustment() + offset;
        directView.limit(start + length).position(start);
        return directView;
    }

    /** Ends the stream; false when the medium fails. */
    boolean shutDown() {
        shut = true;
        try {
            channel.shutdownOutput();
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Writes what the medium takes; true when nothing is left. */
    boolean drain() {
        if (failure != null) {
            return false;
        }
        try {
            return drainAll();
        } catch (final IOException | OutOfMemoryError e) {
            fail(e);
            return false;
        }
    }

    private boolean drainAll() throws IOException {
        if (!channel.flush()) {
            return false;
        }
        while (true) {
            final boolean atBoundary = !direct && (rest == null || boundary() == restWritten);
            if (!control.isEmpty() && atBoundary && !control.writeTo(channel)) {
                return false;
            }
            if (rest != null) {
                if (!drainRest(direct || control.isEmpty() ? restLength : (int) Math.min(restLength, boundary()))) {
                    return false;
                }
            } else if (direct) {
                return false;
            } else {
                return drainGathered() && channel.isFlushed();
            }
        }
    }

    private boolean drainRest(final int limit) throws IOException {
        final ByteBuffer bytes = rest.byteBuffer();
        bytes.limit(limit).position(restWritten);
        restWritten += channel.write(bytes);
        if (restWritten < limit) {
            return false;
        }
        if (restWritten == restLength) {
            group.chunks.release(rest);
            rest = null;
        }
        return true;
    }

    private boolean drainGathered() throws IOException {
        if (group.gatherer != this) {
            return true;
        }
        if (group.gathered > 0) {
            final ByteBuffer bytes = group.gather.byteBuffer();
            bytes.limit(group.gathered).position(0);
            final int written = channel.write(bytes);
            if (written < group.gathered) {
                keepRest(written);
                return false;
            }
        }
        group.gathered = 0;
        group.gatherer = null;
        return true;
    }

    private void keepRest(final int written) {
        final boolean copies = group.gathered <= MAX_COPIED_REST_BYTES;
        final UnsafeBuffer fresh = acquire(copies ? group.gathered : Chunks.MAX_BYTES, written);
        restLength = group.gathered;
        restWritten = written;
        restBoundary = 0;
        if (copies) {
            rest = fresh;
            rest.putBytes(0, group.gather, 0, restLength);
        } else {
            rest = group.gather;
            group.gather = fresh;
        }
        group.gathered = 0;
        group.gatherer = null;
    }

    /** Without memory what the medium has not taken is counted as lost. */
    private UnsafeBuffer acquire(final int length, final int written) {
        try {
            return group.chunks.acquire(length);
        } catch (final OutOfMemoryError e) {
            lostMessages += countMessages(group.gather, 0, written, group.gathered);
            group.gathered = 0;
            throw e;
        }
    }

    /** End of the message in {@link #rest} that is partly written, or {@link #restWritten} when there is none. */
    private long boundary() {
        while (restBoundary < restWritten) {
            restBoundary = messageEnd(rest, restBoundary, restLength);
        }
        return restBoundary;
    }

    private static long messageEnd(final DirectBuffer buffer, final long start, final int limit) {
        long at = start;
        boolean more = true;
        while (more && at < limit) {
            final int flags = FrameHeader.flags(buffer, (int) at);
            more = FrameHeader.isMore(flags);
            at += FrameHeader.length(flags) + FrameHeader.bodyLength(buffer, (int) at);
        }
        return at;
    }

    /**
     * The peer may have sent something before the medium failed, so only the reading side ends the pipe. Without memory for what the medium
     * has not taken the stream would go on in the middle of a frame: then it must end too.
     */
    private void fail(final Throwable e) {
        failure = CloseTexts.OUT_OF_MEMORY;
        lostMessages = unsentMessages();
        release();
        try {
            failure = e instanceof OutOfMemoryError error
                    ? CloseTexts.outOfMemory(error)
                    : String.valueOf(e.getMessage());
        } catch (final OutOfMemoryError again) {
            // Then it is true as it is.
        }
    }

    /** Whether nothing can be written any more, as the stream was ended. */
    boolean isShut() {
        return shut;
    }

    /** What the medium said when a write failed, or null. */
    String failure() {
        return failure;
    }

    boolean isMessagePartlyWritten() {
        return direct;
    }

    boolean isDrained() {
        final boolean gathered = group.gatherer == this && group.gathered > 0;
        return rest == null && !direct && control.isEmpty() && !gathered && channel.isFlushed();
    }

    /** Whether the medium's having room matters. */
    boolean wantsToWrite() {
        return failure == null && (refused || rest != null || (!control.isEmpty() && !direct) || !channel.isFlushed());
    }

    /** Whether the end waits for room; the answer is given once for each refusal. */
    boolean takeRefused() {
        final boolean was = refused;
        refused = false;
        return was;
    }

    /** Whether a refused message may be offered again with some hope. */
    boolean hasRoom() {
        return rest == null && (direct || control.isEmpty()) && channel.isFlushed();
    }

    /** Messages taken by {@link #offer} whose last byte the medium has not taken. */
    long unsentMessages() {
        long count = lostMessages;
        if (rest != null) {
            // The message that ends here may be partly written; those in front of it are written.
            count += restBoundary > restWritten && restBoundary <= restLength ? 1 : 0;
            count += countMessages(rest, restBoundary, restWritten, restLength);
        }
        if (group.gatherer == this) {
            count += countMessages(group.gather, 0, 0, group.gathered);
        }
        return count;
    }

    private static long countMessages(final DirectBuffer buffer, final long start, final int written, final int limit) {
        long count = 0;
        long at = start;
        while (at < limit) {
            at = messageEnd(buffer, at, limit);
            count += at > written && at <= limit ? 1 : 0;
        }
        return count;
    }

    void release() {
        if (group.gatherer == this) {
            group.gatherer = null;
            group.gathered = 0;
        }
        if (rest != null) {
            group.chunks.release(rest);
            rest = null;
        }
        direct = false;
        directMemory = null;
        directView = null;
        control.release();
    }
}
