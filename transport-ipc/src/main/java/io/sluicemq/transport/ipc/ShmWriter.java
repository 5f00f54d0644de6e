package io.sluicemq.transport.ipc;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.Records;
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

    /** A thread that stopped in its turn is waited for at least so long by those who may not go on without it. */
    private static final long MAX_TURN_NS = 1_000_000_000L;

    /** So long by those who ask for room and sleep for a bounded time anyway. */
    private static final long MAX_REQUEST_NS = 1_000_000L;

    private final RecordWriter writer;
    private final Runnable wakeReader;
    private final Consumer<String> onBroken;
    private final WriterTurn turn;
    private final AtomicReference<String> untold = new AtomicReference<>();

    /** Nothing more is written. Set under the lock, or by a close that did not get it. */
    private volatile boolean refusing;

    /**
     * Makes the writer of a fresh ring.
     *
     * @param memory words and records of one direction, see {@link ShmLayout}.
     * @param maxMessages high-water mark in messages, 0 for none.
     * @param singleProducer whether one thread alone calls {@link #offerShared}, and others write only in turns that it knows of, as
     *     the agent does while messages of this thread wait in the outlet.
     * @param wakeReader sends a wake-up to the reader's process; called by the thread that offers, without the lock.
     * @param onBroken told once, when the reader's process wrote what cannot be, by the thread that found it.
     */
    ShmWriter(
            final UnsafeBuffer memory,
            final int maxMessages,
            final boolean singleProducer,
            final Runnable wakeReader,
            final Consumer<String> onBroken) {
        this.writer = new RecordWriter(memory, maxMessages);
        this.turn = new WriterTurn(singleProducer);
        this.wakeReader = wakeReader;
        this.onBroken = onBroken;
    }

    /**
     * Offers a message, which is copied. Any thread; a single producer that was declared writes without the lock.
     *
     * @param prefix frames with headers, all with MORE set, that go before the message; null for none.
     * @param kind of the message. {@link MessageKind#WRAPPED} and {@link MessageKind#POOLED} are ignored: a pooled buffer
     *     remains the caller's, who releases it once the message is taken.
     * @param buffer holds the message; free again on return.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return {@link #TAKEN}, {@link #FULL}, {@link #BUSY}, {@link #TOO_LARGE} or {@link #CLOSED}.
     */
    int offerShared(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (!turn.hasSingleProducer()) {
            return offer(prefix, kind, buffer, offset, length);
        }
        // Before the claim: a record whose copy fails was claimed for nothing.
        buffer.boundsCheck(offset, length);
        int result = CLOSED;
        boolean wake = false;
        turn.beginAlone();
        try {
            result = write(prefix, kind & MessageKind.MASK, buffer, offset, length);
            wake = result == TAKEN && writer.isReaderToBeWoken();
        } finally {
            turn.endAlone();
        }
        return after(result, wake);
    }

    /** As {@link #offerShared}, always under the lock: for the agent. */
    int offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        if (!turn.enter()) {
            return refusing ? CLOSED : BUSY;
        }
        int result = CLOSED;
        boolean wake = false;
        try {
            result = write(prefix, kind & MessageKind.MASK, buffer, offset, length);
            wake = result == TAKEN && writer.isReaderToBeWoken();
        } finally {
            turn.leave();
        }
        return after(result, wake);
    }

    private int after(final int result, final boolean wake) {
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
        if (!turn.enter()) {
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
            turn.leave();
        }
        if (wake) {
            wakeReader.run();
        }
        tellBroken();
        return complete;
    }

    /**
     * Asks the reader's process to wake this one when half of the room is free. The caller then offers once more before it sleeps,
     * and sleeps for a bounded time. Any thread.
     */
    void requestSpace() {
        if (!turn.enterWithin(MAX_REQUEST_NS)) {
            return;
        }
        try {
            if (!refusing) {
                writer.requestSpace();
            }
        } finally {
            turn.leave();
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
        if (!turn.enter()) {
            return false;
        }
        boolean room = false;
        try {
            room = !refusing
                    && (!turn.hasSingleProducer()
                            ? writer.hasRoom(length) && isUsable()
                            : writer.seemsToHaveRoom(length));
        } finally {
            turn.leave();
        }
        tellBroken();
        return room;
    }

    /**
     * Messages that were claimed and that the reader did not give back yet. Any thread; while another has its turn, and after the
     * end, what was known last.
     */
    long waiting() {
        if (turn.enter()) {
            try {
                if (turn.hasSingleProducer() && !refusing) {
                    return writer.seemsToWait();
                }
                if (!refusing) {
                    writer.refresh();
                    isUsable();
                }
            } finally {
                turn.leave();
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
        final boolean entered = turn.enterWithin(MAX_TURN_NS);
        if (!entered) {
            refusing = true;
            return UNKNOWN;
        }
        final boolean wasUsable = !refusing;
        refusing = true;
        if (!turn.awaitProducer(MAX_TURN_NS)) {
            turn.leave();
            return UNKNOWN;
        }
        if (wasUsable) {
            // For waiting(), from now on.
            writer.refresh();
        }
        // It is offered again elsewhere, or counted as not sent.
        writer.forgetLarge();
        final long claimed = writer.claimed();
        turn.leave();
        return claimed;
    }

    /** The peer has truncated the memory: no turn that begins from now on touches it. Any thread. */
    void abandon() {
        refusing = true;
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
}
