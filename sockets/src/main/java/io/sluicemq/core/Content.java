package io.sluicemq.core;

import io.sluicemq.FrameHandler;
import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.wire.FrameHeader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The frames of a message object, and whose memory they lie in: the object's own, which is copied when it is sent; a buffer of a
 * context's pool, which is passed on; or bytes of the application that it refers to, which are passed on too and never
 * written to. For one thread at a time.
 */
public final class Content implements FrameHandler {
    /** From so many bytes on, to pass a buffer costs less than to copy it twice; see docs/rationale.md. */
    public static final int MIN_REFERENCE_BYTES = 16 * 1024;

    private static final int OWN = 0;
    private static final int INITIAL_BYTES = 64;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    /** Memory of small messages. */
    private final UnsafeBuffer own = new UnsafeBuffer(new byte[INITIAL_BYTES]);

    private UnsafeBuffer buffer = own;

    /** Whose {@link #buffer} is: {@link #OWN}, {@link MessageKind#POOLED} or {@link MessageKind#WRAPPED}. */
    private int memory = OWN;

    /** Where a pooled {@link #buffer} returns. */
    private BufferPool home;

    /** Where large content goes from now on: known from the first send or receive. */
    private BufferPool pool;

    private int base;
    private int length;

    /** Whether the one frame lies here without its header. */
    private boolean bare;

    private int frameCount;
    private int lastFrameAt;

    /** Whether a received message is in. */
    private boolean complete;

    /** That the sender has chosen, as bits of {@link MessageKind}; 0 for none. */
    private int laneBits;

    /** The ring whose messages come now; they may be taken over from it. */
    private PolledRing lender;

    /**
     * Appends a frame.
     *
     * @param body copied.
     * @param offset of the frame, in bytes.
     * @param size of the frame, in bytes.
     */
    public void add(final DirectBuffer body, final int offset, final int size) {
        body.boundsCheck(offset, size);
        refuseOwn(body, offset);
        final int at = append(size); // may change the buffer
        buffer.putBytes(at, body, offset, size);
    }

    /** Making room for a frame may give the buffer away that it is to be copied from. */
    private void refuseOwn(final DirectBuffer body, final int offset) {
        final long from = body.addressOffset() + offset - buffer.addressOffset();
        if (memory != MessageKind.WRAPPED
                && body.byteArray() == buffer.byteArray()
                && from >= 0
                && from < buffer.capacity()) {
            throw new IllegalArgumentException(
                    "body=in this message itself, limit=bytes of others, copy the frame to a buffer of your own first");
        }
    }

    /**
     * Makes room for a frame and writes its header.
     *
     * @param size of the frame, in bytes.
     * @return where in {@link #buffer()} its body is to be written.
     */
    public int append(final int size) {
        if (bare || memory == MessageKind.WRAPPED) {
            moveToOwn();
        }
        final int headerBytes = FrameHeader.encodedLength(size);
        reserve((long) length + headerBytes + size);
        if (frameCount > 0) {
            buffer.putByte(lastFrameAt, (byte) (buffer.getByte(lastFrameAt) | FrameHeader.MORE));
        }
        lastFrameAt = base + length;
        FrameHeader.put(buffer, lastFrameAt, 0, size);
        length += headerBytes + size;
        frameCount++;
        return lastFrameAt + headerBytes;
    }

    /**
     * Refers to bytes in place of what was there.
     *
     * @param body not copied.
     * @param offset of the only frame, in bytes.
     * @param size of the frame, in bytes.
     */
    public void wrap(final DirectBuffer body, final int offset, final int size) {
        body.boundsCheck(offset, size);
        refuseOwn(body, offset);
        clear();
        buffer = body instanceof UnsafeBuffer unsafe ? unsafe : new UnsafeBuffer(body);
        memory = MessageKind.WRAPPED;
        base = offset;
        length = size;
        bare = true;
        frameCount = 1;
    }

    /**
     * Copies the frames of another in place of what was there.
     *
     * @param other left as it is.
     */
    public void copyOf(final Content other) {
        clear();
        laneBits = other.laneBits;
        if (other.frameCount > 0) {
            put(other.kind(), other.buffer, other.start(), other.size());
        }
    }

    @Override
    public void onFrame(final DirectBuffer source, final int offset, final int size, final boolean more) {
        refuseSecond();
        add(source, offset, size);
        if (!more) {
            complete();
        }
    }

    /** Takes a whole message, or what follows the frames that are in already; its buffer too, where it can be had. */
    void onMessage(final int kind, final DirectBuffer source, final int offset, final int size) {
        refuseSecond();
        final int lent = frameCount == 0 && lender != null ? lender.takeOver() : 0;
        if (lent == 0) {
            put(kind, source, offset, size);
        } else {
            buffer = (UnsafeBuffer) source;
            memory = lent;
            home = lender.pool();
            base = offset;
            length = size;
            bare = kind == MessageKind.SINGLE;
            frameCount = 1;
            if (!bare) {
                count(base);
            }
        }
        complete();
    }

    /** What came is in; the lane it came on says nothing of where it may go. */
    private void complete() {
        complete = true;
        laneBits = 0;
    }

    private void refuseSecond() {
        if (complete) {
            throw new IllegalStateException("messages=2, limit=1 in a message object, receive one at a time into it");
        }
    }

    private void put(final int kind, final DirectBuffer source, final int offset, final int size) {
        if (kind == MessageKind.SINGLE) {
            final int at = append(size); // may change the buffer
            buffer.putBytes(at, source, offset, size);
            return;
        }
        reserve((long) length + size);
        if (frameCount > 0) {
            buffer.putByte(lastFrameAt, (byte) (buffer.getByte(lastFrameAt) | FrameHeader.MORE));
        }
        final int at = base + length; // behind what may have moved
        buffer.putBytes(at, source, offset, size);
        length += size;
        frameCount++;
        count(at);
    }

    /** The frame at this place is counted already; those behind it are not. */
    private void count(final int first) {
        lastFrameAt = first;
        while (Frames.hasMore(buffer, lastFrameAt)) {
            lastFrameAt = Frames.after(buffer, lastFrameAt);
            frameCount++;
        }
    }

    /** Takes all frames out, and gives a large buffer back to where it came from. */
    public void clear() {
        if (memory == MessageKind.POOLED) {
            home.release(buffer);
        }
        forget();
    }

    private void forget() {
        buffer = own;
        memory = OWN;
        base = 0;
        length = 0;
        bare = false;
        frameCount = 0;
        complete = false;
        laneBits = 0;
    }

    /** Before it is sent or received into. */
    void use(final BufferPool ofContext) {
        pool = ofContext;
    }

    void lender(final PolledRing ring) {
        lender = ring;
    }

    /** Whether and how the memory may be passed to a ring with this pool: zero or one of the bits of {@link MessageKind}. */
    int passes(final BufferPool ofRing) {
        final boolean mayPass = memory == MessageKind.WRAPPED || (memory == MessageKind.POOLED && home == ofRing);
        return mayPass && length >= MIN_REFERENCE_BYTES ? memory : OWN;
    }

    /** It was sent: what was passed belongs to the ring now, what was copied is still here. */
    void sent(final int passed) {
        if (passed == MessageKind.POOLED) {
            forget();
        } else {
            clear();
        }
    }

    /**
     * Chooses the lane, until the content has gone.
     *
     * @param number of the lane.
     */
    public void lane(final int number) {
        if (number < 0 || number > MessageKind.MAX_LANE) {
            throw new IllegalArgumentException("lane=" + number + ", limit=0.." + MessageKind.MAX_LANE
                    + ", choose a value in between, or do not call lane() to leave it to the lanes");
        }
        laneBits = MessageKind.onLane(number);
    }

    /**
     * Which lane was chosen.
     *
     * @return its number, or -1.
     */
    public int lane() {
        return MessageKind.lane(laneBits);
    }

    /** As it is offered, but for what {@link #passes} says. */
    int offeredKind() {
        return kind() | laneBits;
    }

    private int kind() {
        return frameCount == 1 ? MessageKind.SINGLE : MessageKind.FRAMES;
    }

    /** Where what is sent begins. */
    int start() {
        return frameCount == 1 ? frameOffset(0) : base;
    }

    /** How long that is. */
    int size() {
        return length - (start() - base);
    }

    /**
     * Where the frames lie.
     *
     * @return a buffer that is another one after a change.
     */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /**
     * How many frames there are.
     *
     * @return the number.
     */
    public int frameCount() {
        return frameCount;
    }

    /**
     * Bytes of all frames with their headers.
     *
     * @return as on the wire.
     */
    public int encodedLength() {
        return bare ? FrameHeader.encodedLength(length) + length : length;
    }

    /**
     * The size of a frame.
     *
     * @param index of the frame, from 0.
     * @return bytes of its body.
     */
    public int frameLength(final int index) {
        final int at = frameAt(index);
        return bare ? length : Frames.bodyLength(buffer, at);
    }

    /**
     * Where a frame's body starts in {@link #buffer()}.
     *
     * @param index of the frame, from 0.
     * @return bytes.
     */
    public int frameOffset(final int index) {
        final int at = frameAt(index);
        return bare ? at : Frames.body(buffer, at);
    }

    private int frameAt(final int index) {
        if (index < 0 || index >= frameCount) {
            throw new IndexOutOfBoundsException(
                    "frame=" + index + ", limit=" + frameCount + ", use 0 to frameCount() - 1");
        }
        int at = base;
        for (int i = 0; i < index; i++) {
            at = Frames.after(buffer, at);
        }
        return at;
    }

    /** Copies the one frame that is here, with its header, to where others can follow it. */
    private void moveToOwn() {
        final UnsafeBuffer old = buffer;
        final int oldMemory = memory;
        final int oldLane = laneBits;
        final int kind = kind();
        final int from = start();
        final int bytes = size();
        forget();
        laneBits = oldLane;
        if (bytes > 0 || kind == MessageKind.SINGLE) {
            put(kind, old, from, bytes);
        }
        if (oldMemory == MessageKind.POOLED) {
            home.release(old);
        }
    }

    private void reserve(final long needed) {
        if (needed > MAX_BYTES - base) {
            throw new IllegalArgumentException(
                    "messageBytes=" + needed + ", limit=" + MAX_BYTES + ", send it as several messages");
        }
        final boolean toPool = memory == OWN && needed >= MIN_REFERENCE_BYTES && pool != null && !pool.isClosed();
        if (toPool || needed > buffer.capacity() - base) {
            grow(
                    (int) Math.min(MAX_BYTES, Math.max(needed, memory == OWN && !toPool ? buffer.capacity() * 2L : 0)),
                    toPool);
        }
    }

    private void grow(final int capacity, final boolean toPool) {
        if (memory == OWN && !toPool) {
            final byte[] larger = new byte[capacity];
            own.getBytes(0, larger, 0, length);
            own.wrap(larger);
            return;
        }
        final BufferPool source = toPool ? pool : home;
        final UnsafeBuffer larger = source.acquire(capacity);
        larger.putBytes(0, buffer, base, length);
        if (memory == MessageKind.POOLED) {
            home.release(buffer);
        } else if (own.capacity() >= MIN_REFERENCE_BYTES) {
            own.wrap(new byte[INITIAL_BYTES]);
        }
        lastFrameAt -= base;
        base = 0;
        buffer = larger;
        memory = MessageKind.POOLED;
        home = source;
    }
}
