package io.sluicemq.transport.ipc;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.Records;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The writing side of a ring in shared memory. Any thread of the process may call; they take turns by a lock that is tried for a
 * bounded time, so nobody waits long for a thread that does not run. The lock is private to this process, so a peer that dies
 * holds nothing.
 *
 * <p>There is no full fence after a message: a reader that wants to sleep waits until what was written before must be visible,
 * see {@link ShmReader#disarm()}.
 */
final class ShmWriter {
    /** Result of an offer: the message is in the ring. */
    static final int TAKEN = 0;

    /** Result of an offer: no room, or at the high-water mark. */
    static final int FULL = 1;

    /** Result of an offer: another thread has its turn, or a large message is partly written. */
    static final int BUSY = 2;

    /** Result of an offer: larger than an eighth of the ring, see {@link #offerLarge}. */
    static final int TOO_LARGE = 3;

    /** Result of an offer: closed, abandoned or broken, for good. */
    static final int CLOSED = 4;

    /** Result of {@link #close()}: a thread may still be at the memory, which must not be unmapped. */
    static final long UNKNOWN = -1;

    private static final int SPINS = 200;
    private static final int YIELDS = 20;

    /** A thread that stopped in its turn is waited for at least so long by those who may not go on without it. */
    private static final long MAX_TURN_NS = 1_000_000_000L;

    private static final int MIN_TRIES = 50;

    /** So long by those who ask for room and sleep for a bounded time anyway. */
    private static final long MAX_REQUEST_NS = 1_000_000L;

    private static final VarHandle LOCK;
    private static final VarHandle INSIDE;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(Turn.class, "lock", long.class);
            INSIDE = MethodHandles.lookup().findVarHandle(Turn.class, "inside", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RecordWriter writer;
    private final Runnable wakeReader;
    private final Consumer<String> onBroken;
    private final Turn turn = new Turn();
    /** The one thread that calls {@link #offerAlone}, once it has; then it writes beside the lock. */
    private volatile Thread producer;

    private final AtomicReference<String> untold = new AtomicReference<>();

    /** Nothing more is written. Set under the lock, or by a close that did not get it. */
    private volatile boolean refusing;

    /**
     * Makes the writer of a fresh ring.
     *
     * @param memory words and records of one direction, see {@link ShmLayout}.
     * @param maxMessages high-water mark in messages, 0 for none.
     * @param wakeReader sends a wake-up to the reader's process; called by the thread that offers, without the lock.
     * @param onBroken told once, when the reader's process wrote what cannot be, by the thread that found it.
     */
    ShmWriter(
            final UnsafeBuffer memory,
            final int maxMessages,
            final Runnable wakeReader,
            final Consumer<String> onBroken) {
        this.writer = new RecordWriter(memory, maxMessages);
        this.wakeReader = wakeReader;
        this.onBroken = onBroken;
    }

    /**
     * Offers a message, which is copied. Any thread.
     *
     * @param prefix frames with headers, all with MORE set, that go before the message; null for none.
     * @param kind of the message. {@link MessageKind#WRAPPED} and {@link MessageKind#POOLED} are ignored: a pooled buffer
     *     remains the caller's, who releases it once the message is taken.
     * @param buffer holds the message; free again on return.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return {@link #TAKEN}, {@link #FULL}, {@link #BUSY}, {@link #TOO_LARGE} or {@link #CLOSED}.
     */
    int offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        // Before the claim: a record whose copy fails was claimed for nothing.
        buffer.boundsCheck(offset, length);
        if (!enter()) {
            return refusing ? CLOSED : BUSY;
        }
        int result = CLOSED;
        boolean wake = false;
        try {
            result = write(prefix, kind & MessageKind.MASK, buffer, offset, length);
            wake = result == TAKEN && writer.isReaderToBeWoken();
        } finally {
            leave();
        }
        if (wake) {
            wakeReader.run();
        } else if (result == CLOSED) {
            tellBroken();
        }
        return result;
    }

    /**
     * As {@link #offer}, without the lock and its compare-and-set, which would wait until the record before has left the core. For one
     * thread alone, as long as this object lives. Others may write too, but only in turns that this thread knows of, as those of
     * the agent, which writes while messages of this thread wait in the outlet, and not otherwise.
     */
    int offerAlone(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        if (producer == null) {
            producer = Thread.currentThread();
        }
        int result = CLOSED;
        boolean wake = false;
        INSIDE.setOpaque(turn, 1L);
        try {
            // For the compiler, which may else look before it stores. That the store may leave the core later, close()
            // sees to.
            VarHandle.storeStoreFence();
            result = write(prefix, kind & MessageKind.MASK, buffer, offset, length);
            wake = result == TAKEN && writer.isReaderToBeWoken();
        } finally {
            INSIDE.setRelease(turn, 0L);
        }
        if (wake) {
            wakeReader.run();
        } else if (result == CLOSED) {
            tellBroken();
        }
        return result;
    }

    private int write(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (refusing) {
            return CLOSED;
        }
        if (Records.length(prefix, kind, length) > writer.maxBodyBytes()) {
            return TOO_LARGE;
        }
        if (writer.isLargeBegun()) {
            return BUSY;
        }
        if (writer.write(prefix, kind, buffer, offset, length)) {
            return TAKEN;
        }
        return isUsable() ? FULL : CLOSED;
    }

    /**
     * Writes as much as there is room for of a message that is larger than a record. The agent's thread; called again with the
     * same message until it is written, and meanwhile {@link #offer} answers {@link #BUSY}.
     *
     * @param kind of the message; as in {@link #offer}, a pooled buffer remains the caller's.
     * @param buffer holds the message.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return true once the whole message is in the ring; false for ever once {@link #isClosed()}.
     */
    boolean offerLarge(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        if (!enter()) {
            return false;
        }
        boolean complete = false;
        boolean wake = false;
        try {
            if (!refusing) {
                final long before = writer.position();
                complete = writer.writeLarge(kind & MessageKind.MASK, buffer, offset, length);
                wake = isUsable() && writer.position() != before && writer.isReaderToBeWoken();
            }
        } finally {
            leave();
        }
        if (wake) {
            wakeReader.run();
        }
        tellBroken();
        return complete;
    }

    /**
     * Gives up a large message that is partly written. The ring then refuses everything, since its reader cannot tell where the
     * next message would start, and the message stays claimed. Does nothing if there is none. The agent's thread.
     */
    void abandonLarge() {
        if (enterWithin(MAX_TURN_NS)) {
            if (writer.isLargeBegun()) {
                refusing = true;
            }
            leave();
        }
    }

    /**
     * Asks the reader's process to wake this one when half of the room is free. The caller then offers once more before it sleeps,
     * and sleeps for a bounded time. Any thread.
     */
    void requestSpace() {
        if (!enterWithin(MAX_REQUEST_NS)) {
            return;
        }
        try {
            if (!refusing) {
                writer.requestSpace();
            }
        } finally {
            leave();
        }
    }

    /** Whether a small message would be taken now. Any thread; false also while another thread has its turn. */
    boolean hasRoom() {
        return hasRoom(1);
    }

    /**
     * Whether a message of this size would be taken now, or begun if it is larger than a record. Any thread; false also while
     * another thread has its turn.
     */
    boolean hasRoom(final long length) {
        if (!enter()) {
            return false;
        }
        boolean room = false;
        try {
            room = !refusing
                    && (producer == null ? writer.hasRoom(length) && isUsable() : writer.seemsToHaveRoom(length));
        } finally {
            leave();
        }
        tellBroken();
        return room;
    }

    /**
     * Messages that were claimed and that the reader did not give back yet. Any thread; while another has its turn, and after the
     * end, what was known last.
     */
    long waiting() {
        if (enter()) {
            try {
                if (producer != null && !refusing) {
                    return writer.seemsToWait();
                }
                if (!refusing) {
                    writer.refresh();
                    isUsable();
                }
            } finally {
                leave();
            }
            tellBroken();
        }
        return writer.waitingAsSeen();
    }

    /** Whether the reader has taken all. Any thread; as {@link #waiting()}. */
    boolean isEmpty() {
        return waiting() == 0;
    }

    /** Whether nothing is written any more: closed, abandoned or broken. Any thread. */
    boolean isClosed() {
        return refusing;
    }

    /** Messages in the ring since the start, those that were taken included. Any thread; the account adds what is new. */
    long sentMessages() {
        return writer.sentMessages();
    }

    /** Bytes of {@link #sentMessages()} as they lie in records, frame headers included where there are any. Any thread. */
    long sentBytes() {
        return writer.sentBytes();
    }

    /**
     * Refuses all further offers. Any thread, any number of times. After it this object never touches the memory again, unless
     * the result says otherwise.
     *
     * @return messages claimed in all, to be told to the reader's process; {@link #UNKNOWN} when a thread did not run for a
     *     second in the middle of its turn, and the memory must be left to the collector.
     */
    long close() {
        final boolean entered = enterWithin(MAX_TURN_NS);
        if (!entered) {
            refusing = true;
            return UNKNOWN;
        }
        final boolean wasUsable = !refusing;
        refusing = true;
        if (!awaitProducer()) {
            leave();
            return UNKNOWN;
        }
        if (wasUsable) {
            // For waiting(), from now on.
            writer.refresh();
        }
        final long claimed = writer.claimed();
        leave();
        return claimed;
    }

    /**
     * Whether the single producer is outside, and will find that nothing is written any more. To look at its stack stops it for a
     * moment, after which its stores are visible, and it sees ours: no fence of its own is needed for that.
     */
    @SuppressWarnings({"ThreadPriorityCheck", "ReturnValueIgnored"
    }) // It may need this core to go on; its stack is of no use.
    private boolean awaitProducer() {
        final Thread thread = producer;
        if (thread == null || thread == Thread.currentThread()) {
            return true;
        }
        thread.getStackTrace();
        final long startNs = System.nanoTime();
        while ((long) INSIDE.getAcquire(turn) != 0) {
            if (System.nanoTime() - startNs > MAX_TURN_NS) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    /** Under the lock, after something may have found the reader's words wrong. */
    private boolean isUsable() {
        if (writer.broken() != null && !refusing) {
            untold.set(writer.broken());
            refusing = true;
        }
        return !refusing;
    }

    private void tellBroken() {
        if (refusing && untold.get() != null) {
            final String text = untold.getAndSet(null);
            if (text != null) {
                onBroken.accept(text);
            }
        }
    }

    private boolean enter() {
        return LOCK.compareAndSet(turn, 0L, 1L) || enterAfterOthers();
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: the other thread may need this core to go on.
    private boolean enterAfterOthers() {
        for (int i = 0; i < SPINS + YIELDS; i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
            if ((long) LOCK.getOpaque(turn) == 0 && LOCK.compareAndSet(turn, 0L, 1L)) {
                return true;
            }
        }
        return false;
    }

    private boolean enterWithin(final long limitNs) {
        final long startNs = System.nanoTime();
        for (int i = 0; i < MIN_TRIES || System.nanoTime() - startNs < limitNs; i++) {
            if (enter()) {
                return true;
            }
        }
        return false;
    }

    private void leave() {
        LOCK.setRelease(turn, 0L);
    }

    /** 1 while a thread has its turn, and while the single producer is inside, on cache lines of their own. */
    @SuppressWarnings("unused")
    private static final class Turn {
        private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
        private long lock;
        private long inside;
        private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;
    }
}
