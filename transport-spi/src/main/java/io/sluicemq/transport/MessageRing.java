package io.sluicemq.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The one way for messages from one thread to another: a ring of records with a high-water mark in messages, side slots for
 * messages that travel by reference, and a wake-up protocol that costs a producer one read while the consumer is awake.
 *
 * <p>The memory is taken at the first offer, so an idle ring holds none, and is left to the collector, since unmapping it
 * under a producer would kill the JVM. Offers come from any thread (or one, if so declared); everything marked "consumer"
 * from one thread at a time.
 *
 * <p>Wake-up: a producer claims its room, then writes, then reads {@code armed}. A consumer that wants to sleep clears {@code
 * armed}, fences, and compares what was claimed with what it took: it sees every claim that was begun before, and every later
 * producer sees {@code armed} cleared, as a claim is a full fence. A single producer's claim is not, so the consumer gives
 * it a moment to become visible before it looks. For room it is the mirror, in {@link RoomSignal}.
 */
public final class MessageRing extends PolledRing {
    /** Beside {@link MessageKind}: the record stands for a buffer of {@link References}. */
    static final int REFERENCE = 3;

    /** Low bits of a record's type; above them is the tag. */
    static final int KIND_BITS = 2;

    /** Largest tag: what a ring's record type has room for beside the kind. */
    public static final int MAX_TAG = Integer.MAX_VALUE >>> KIND_BITS;

    private static final VarHandle ARMED;

    static {
        try {
            ARMED = MethodHandles.lookup().findVarHandle(MessageRing.class, "armed", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Claims claims;
    private final RecordRing records;
    private final References references;
    private final BufferPool pool;
    private final int ringBytes;
    private final long maxLargeBytes;
    private final boolean singleProducer;
    private final RingOwner owner;
    private final RoomSignal room;
    private final RingReader reader;
    private volatile RingListener listener;

    /** 1 while the consumer has the ring, or has not come yet; set by whoever announces it, cleared by the consumer. */
    @SuppressWarnings("UnusedVariable") // volatile through its handle
    private int armed = 1;

    /** Set by the first {@link #offer}: a producer looks at {@link #armed} without a fence of its own in between. */
    private volatile boolean wakesSingly;

    /** What the ring holds in place of records from when it conflates, else null. */
    private volatile NewestMessage newest;

    /**
     * Makes an empty ring that holds no memory yet.
     *
     * @param options sizes.
     * @param pool for messages larger than a record.
     * @param owner told what concerns the producers.
     */
    public MessageRing(final RingOptions options, final BufferPool pool, final RingOwner owner) {
        this.owner = owner;
        this.pool = pool;
        this.ringBytes = options.ringBytes();
        this.maxLargeBytes = options.maxLargeBytes();
        this.singleProducer = options.singleProducer();
        this.references = new References(options.ringBytes(), options.maxLargeBytes());
        this.claims = new Claims(singleProducer, options.ringBytes(), options.maxMessages());
        this.records = new RecordRing(claims, references, options.ringBytes(), singleProducer);
        this.room = new RoomSignal(claims, references, owner);
        this.reader = new RingReader(records, claims, references, pool, room);
        if (options.conflate()) {
            conflate();
        }
    }

    @Override
    public synchronized void conflate() {
        if (newest == null) {
            claims.maxMessages(0);
            newest = new NewestMessage(pool, claims);
        }
    }

    /**
     * Whether only the newest message is kept. Any thread.
     *
     * @return true after {@link #conflate()}.
     */
    public boolean isConflating() {
        return newest != null;
    }

    @Override
    public void listener(final RingListener newListener) {
        listener = newListener;
        ARMED.setVolatile(this, 0);
        claims.settle();
        if (!isEmpty()) {
            announce();
        }
    }

    /**
     * Announces messages that wait for a consumer that sleeps, the net under the wake-up of a single producer, who does not
     * fence. Any thread, now and then.
     */
    public void announceForgotten() {
        if (listener != null && !isEmpty()) {
            announce();
        }
    }

    /**
     * Offers a message. Any thread, unless a single producer was declared. The bytes are copied, unless the kind says that they
     * may be passed by reference; behind a prefix, and where only the newest is kept, they are copied all the same.
     *
     * @param tag handed to the handler, 0 to {@link #MAX_TAG}.
     * @param prefix frames with headers, all with MORE set, that go before the message; null for none. Its whole capacity
     *     is taken.
     * @param kind of the message, one of {@link MessageKind}, perhaps with {@link MessageKind#WRAPPED} or {@link
     *     MessageKind#POOLED}.
     * @param buffer holds the message; free again on return, unless the kind says otherwise and the result is true.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return false when the ring is at its mark, has no room, or {@link #isClosed()}.
     */
    public boolean offer(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (!wakesSingly) {
            wakesSingly = true;
            VarHandle.fullFence();
        }
        if (offerQuietly(tag, prefix, kind, buffer, offset, length)) {
            wakeConsumer();
            return true;
        }
        return false;
    }

    /** As the offer with a tag, which is here the lane that the kind names, for {@link MessageKind#withLaneTag}; 0 if it names none. */
    @SuppressWarnings("checkstyle:JavadocMethod")
    public boolean offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return offer(MessageKind.laneTag(kind), prefix, MessageKind.withoutLane(kind), buffer, offset, length);
    }

    /** As the offer without a tag, but wakes nobody: the caller ends its batch with {@link #signal()}. */
    @SuppressWarnings("checkstyle:JavadocMethod")
    public boolean offerQuietly(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return offerQuietly(MessageKind.laneTag(kind), prefix, MessageKind.withoutLane(kind), buffer, offset, length);
    }

    /** As the offer with a tag, but wakes nobody: the caller ends its batch with {@link #signal()}. */
    @SuppressWarnings("checkstyle:JavadocMethod")
    public boolean offerQuietly(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        // Before the claim: a record whose copy fails takes room for nothing.
        buffer.boundsCheck(offset, length);
        if (kind > MessageKind.MASK) {
            return pass(tag, prefix, kind, buffer, offset, length);
        }
        return copy(tag, prefix, kind, buffer, offset, length);
    }

    private boolean copy(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (newest != null) {
            return replace(tag, prefix, kind, buffer, offset, length);
        }
        return Records.length(prefix, kind, length) <= records.maxBodyBytes()
                ? records.write(tag, prefix, kind, buffer, offset, length)
                : writeLarge(tag, prefix, kind, buffer, offset, length);
    }

    /** Passes a reference where that is possible. */
    private boolean pass(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final boolean pooled = (kind & MessageKind.POOLED) != 0;
        if (newest == null && prefix == null) {
            return writeReference(tag, kind, (UnsafeBuffer) buffer, offset, length);
        }
        final boolean taken = copy(tag, prefix, kind & MessageKind.MASK, buffer, offset, length);
        if (taken && pooled) {
            pool.release((UnsafeBuffer) buffer);
        }
        return taken;
    }

    private boolean writeReference(
            final int tag, final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        // What is wrapped is not our memory, and a thousand references to it may be to the same bytes.
        final int counted = (kind & MessageKind.POOLED) != 0 ? length : 0;
        if (counted > 0 && !references.reserve(counted)) {
            return false;
        }
        boolean written = false;
        try {
            written = records.writeReference(tag, kind, buffer, offset, length);
        } finally {
            if (!written && counted > 0) {
                references.cancel(counted);
            }
        }
        return written;
    }

    private boolean replace(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (!claims.admit()) {
            return false;
        }
        boolean put = false;
        try {
            newest.put(tag, prefix, kind, buffer, offset, length);
            put = true;
        } finally {
            if (!put) {
                claims.dismiss();
            }
        }
        return put;
    }

    /** Tells a sleeping consumer that messages wait. Called after {@link #offerQuietly} by the same thread. */
    public void signal() {
        if (singleProducer) {
            VarHandle.fullFence();
        }
        wakeConsumer();
    }

    private void wakeConsumer() {
        if ((int) ARMED.getVolatile(this) == 0) {
            announce();
        }
    }

    private void announce() {
        if (ARMED.compareAndSet(this, 0, 1)) {
            listener.onReady(this);
        }
    }

    private boolean writeLarge(
            final int tag,
            final DirectBuffer prefix,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final long total = Records.length(prefix, kind, length);
        if (total > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "messageBytes=" + total + ", limit=" + (Integer.MAX_VALUE - 8) + ", send it as several messages");
        }
        if (!hasRoom(total)) {
            return false;
        }
        final UnsafeBuffer copy = pool.acquire((int) total);
        boolean taken = false;
        try {
            copy.putBytes(Records.putHead(copy, 0, prefix, kind, length), buffer, offset, length);
            taken = writeReference(tag, Records.kind(prefix, kind) | MessageKind.POOLED, copy, 0, (int) total);
        } finally {
            if (!taken) {
                pool.release(copy);
            }
        }
        return taken;
    }

    @Override
    public int poll(final MessageHandler messageHandler, final int limit) {
        final NewestMessage last = newest;
        return last == null ? reader.read(messageHandler, limit) : pollNewest(last, messageHandler, limit);
    }

    private int pollNewest(final NewestMessage last, final MessageHandler messageHandler, final int limit) {
        try {
            // First: what the same producer put into the ring before is then seen there, and handed over before.
            last.fetch();
            final int handled = reader.read(messageHandler, limit);
            return handled < limit ? handled + last.poll(messageHandler) : handled;
        } finally {
            room.onReleased();
            owner.onConflated(last.takeReplaced());
        }
    }

    @Override
    public int takeOver() {
        return reader.takeOver();
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public boolean disarm() {
        ARMED.setVolatile(this, 0);
        if (wakesSingly) {
            claims.settle();
        } else {
            VarHandle.fullFence();
        }
        return isEmpty() || !ARMED.compareAndSet(this, 0, 1);
    }

    /**
     * Producer: asks that producers be woken when half of the room is free. The caller then offers once more before it sleeps,
     * and sleeps for a bounded time.
     */
    public void requestSpace() {
        room.request();
    }

    @Override
    public boolean isEmpty() {
        return size() <= 0;
    }

    /**
     * Messages that wait, claims under way included. Any thread; approximate while others offer or poll, and some (a sixteenth of
     * the mark, 63 at most) may be read and not given back while more wait behind them.
     *
     * @return number of messages.
     */
    public long size() {
        return claims.size();
    }

    /**
     * Whether a small message would be admitted now. Any thread; stale at once while others offer.
     *
     * @return false at the high-water mark, when the ring is nearly full of bytes, or closed.
     */
    public boolean hasRoom() {
        return hasRoom(1);
    }

    /**
     * Whether a message of this size would be admitted now. With one producer a true answer holds until it offers.
     *
     * @param length of the message with its prefix, in bytes.
     * @return false at a limit, or closed.
     */
    public boolean hasRoom(final long length) {
        final boolean byReference = length > records.maxBodyBytes();
        return claims.hasRoom(RecordRing.units(byReference ? RecordRing.REFERENCE_BYTES : (int) length))
                && (!byReference || references.hasRoom(length));
    }

    /**
     * The high-water mark. Any thread.
     *
     * @return messages, 0 for none.
     */
    public int maxMessages() {
        return claims.maxMessages();
    }

    /**
     * The capacity. Any thread.
     *
     * @return bytes of records.
     */
    public int ringBytes() {
        return ringBytes;
    }

    /**
     * Most bytes that wait by reference, but for a single message. Any thread.
     *
     * @return bytes.
     */
    public long maxLargeBytes() {
        return maxLargeBytes;
    }

    /**
     * Whether one thread alone offers, as was declared. Any thread.
     *
     * @return false if any thread may.
     */
    public boolean isSingleProducer() {
        return singleProducer;
    }

    /**
     * Changes the high-water mark. Any thread; what waits already stays.
     *
     * @param messages the new mark, 0 for none.
     */
    public void maxMessages(final int messages) {
        claims.maxMessages(messages);
    }

    @Override
    public void close() {
        claims.close();
    }

    @Override
    public boolean isClosed() {
        return claims.isClosed();
    }
}
