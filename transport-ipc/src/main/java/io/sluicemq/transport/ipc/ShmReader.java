package io.sluicemq.transport.ipc;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.RingListener;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The reading side of a ring in shared memory, polled in place by the receiving thread. Methods are the consumer's, called by one
 * thread at a time, unless said; those of the agent may run meanwhile, and the memory is unmapped by the agent.
 *
 * <p>Two flags for waking. {@code listed} is private: who sets it puts the ring into the listener's list, so it gets there once for
 * each {@link #disarm()}, whatever the peer does. The shared {@link ShmLayout#ARMED} only says whether the writer has to send a
 * wake-up. The writer does not fence between its record and its look at that flag, so a consumer that wants to sleep gives it a
 * moment to become visible before it looks at the ring.
 *
 * <p>It is over at an {@link #end}, a {@link #close()} or a fault. Then what was committed is handed over, after a fault nothing, and
 * the owner is told once that the memory is not touched any more; from then on it is empty.
 */
final class ShmReader extends PolledRing {
    /** For {@link #end}: the writer died, and did not say how much it claimed. */
    static final long UNKNOWN = -1;

    /** Many times what a store takes to leave its core. */
    private static final long STORE_NS = 5_000L;

    /**
     * To poll in vain costs some 5 ns. To be told costs both processes some 15 us, with system calls and the agent, and milliseconds where
     * no core is free for it. So a consumer that polls anyway goes on with this many rings, a third of a microsecond each time,
     */
    private static final int MAX_EMPTY_RINGS = 64;

    /** and with more until as much time was lost in a ring as it takes to be told. */
    private static final int MAX_EMPTY_POLLS = 2_000;

    private static final VarHandle LISTED;

    static {
        try {
            LISTED = MethodHandles.lookup().findVarHandle(ShmReader.class, "listed", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Told what concerns other threads and the peer. Called on the consuming thread; each only leaves a mark and wakes. */
    interface Owner {
        /** The writer waits for room, and half of it is free: its process is to be woken. */
        void wakeWriter();

        /** Messages were replaced by newer ones before they were taken. */
        void onConflated(long messages);

        /**
         * Called once, when the writer's process wrote what cannot be, or more than this one takes: a message that is too large is
         * the owner's to count.
         */
        void onBroken(ReadFault fault);

        /** Called once: the ring's memory is not touched by this object any more. */
        void onDone();
    }

    private final UnsafeBuffer control;
    private final RecordReader reader;
    private final BufferPool pool;
    private final Owner owner;
    private volatile RingListener listener;

    /** 1 while the ring is in the listener's list, or the consumer has it, or has not come yet. */
    @SuppressWarnings("UnusedVariable") // Volatile through its handle.
    private int listed = 1;

    /** Ended, closed or broken; set after what says which. */
    private volatile boolean over;

    private volatile boolean ended;
    private volatile boolean closed;

    /** The peer has truncated the memory. Set before {@link #over}. */
    private volatile boolean gone;

    /** Written by the agent before {@link #ended}. */
    private long claimedInAll = UNKNOWN;

    /** Nothing of the memory is touched any more. Written by the consumer. */
    private volatile boolean done;

    // Consumer only.
    /** Since when {@link ShmLayout#ARMED} may be 0, if {@link #prepared}. */
    private long preparedNs;

    private boolean prepared;
    private NewestInRing newest;
    private long lastPosition = UNKNOWN;
    private long lastTaken;
    private long unknownMessages;

    /**
     * Makes the reader of a fresh ring.
     *
     * @param memory words and records of one direction, see {@link ShmLayout}.
     * @param limits what is accepted.
     * @param pool for what is gathered or copied.
     * @param owner told what concerns others.
     */
    ShmReader(final UnsafeBuffer memory, final ReadLimits limits, final BufferPool pool, final Owner owner) {
        this.reader = new RecordReader(memory, limits, pool, owner::wakeWriter);
        this.control = new UnsafeBuffer(memory, 0, ShmLayout.CONTROL_BYTES);
        this.pool = pool;
        this.owner = owner;
        // Nobody needs to be woken before there is a listener.
        control.putIntVolatile(ShmLayout.ARMED, 1);
    }

    @Override
    public void listener(final RingListener newListener) {
        listener = newListener;
        LISTED.setVolatile(this, 0);
        prepareToDisarm();
        settle();
        if (over || !isEmpty()) {
            announce();
        }
    }

    @Override
    public int poll(final MessageHandler messageHandler, final int limit) {
        if (done) {
            return 0;
        }
        try {
            return pollOnce(messageHandler, limit);
        } catch (final InternalError e) {
            // So the JVM tells of memory that is gone. To try again would be to fail again, for ever.
            onGone();
            throw e;
        }
    }

    private int pollOnce(final MessageHandler messageHandler, final int limit) {
        // Before the records: all that an ended writer has committed is then seen.
        final boolean wasOver = over;
        if (wasOver && gone) {
            onGone();
            return 0;
        }
        final int most = wasOver ? (int) Math.min(limit, untilLast()) : limit;
        final int handled = newest == null ? reader.read(messageHandler, most) : pollNewest(messageHandler, most);
        if (reader.fault() != null) {
            over = true;
            owner.onBroken(reader.fault());
            finish();
        } else if (wasOver && handled == 0 && isDrained()) {
            finish();
        }
        return handled;
    }

    /** The peer has truncated the file: nothing of it is touched any more. */
    private void onGone() {
        if (done) {
            return;
        }
        over = true;
        done = true;
        if (claimedInAll != UNKNOWN) {
            unknownMessages = Math.max(0, Math.min(claimedInAll - reader.taken(), reader.maxWaiting()));
        }
        reader.drop();
        if (newest != null) {
            newest.drop();
            tellReplaced();
        }
        owner.onBroken(new ReadFault(CloseReason.PROTOCOL_ERROR, "the peer truncated the memory"));
        owner.onDone();
    }

    private int pollNewest(final MessageHandler messageHandler, final int limit) {
        final int handled = newest.poll(messageHandler);
        if (newest.isPresent() || handled == limit) {
            return handled;
        }
        reader.read(newest, limit <= 0 ? 0 : reader.maxWaiting());
        tellReplaced();
        return handled + newest.poll(messageHandler);
    }

    private void tellReplaced() {
        final long replaced = newest.takeReplaced();
        if (replaced > 0) {
            owner.onConflated(replaced);
        }
    }

    /**
     * How many messages are handed over once the ring is over: after a close no more than were there then, and never more than one
     * lap, so that neither a writer that goes on nor records in a circle keep the consumer for ever.
     */
    private long untilLast() {
        if (lastPosition == UNKNOWN) {
            lastPosition = reader.position() + reader.ringBytes();
            lastTaken = closed
                    ? reader.taken() + Math.max(0, Math.min(reader.ahead() + 1, reader.maxWaiting()))
                    : Long.MAX_VALUE;
        }
        return reader.position() < lastPosition ? lastTaken - reader.taken() : 0;
    }

    private boolean isDrained() {
        if (newest != null && newest.isPresent()) {
            return false;
        }
        return !reader.isNext() || untilLast() <= 0;
    }

    private void finish() {
        if (ended || reader.fault() != null) {
            countUnknown();
        }
        reader.drop();
        if (newest != null) {
            newest.drop();
            tellReplaced();
        }
        done = true;
        owner.onDone();
    }

    private void countUnknown() {
        final long known = claimedInAll == UNKNOWN ? reader.claimed() : claimedInAll;
        final boolean tooLarge = reader.fault() != null && reader.fault().isTooLarge();
        final long lost = known - reader.taken() - (tooLarge ? 1 : 0);
        unknownMessages = Math.max(0, Math.min(lost, reader.maxWaiting()));
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
    public boolean isWorthPolling(final int rings) {
        return rings <= MAX_EMPTY_RINGS || reader.emptyReads() < MAX_EMPTY_POLLS;
    }

    @Override
    public void prepareToDisarm() {
        if (!done && !gone) {
            control.putIntVolatile(ShmLayout.ARMED, 0);
            VarHandle.fullFence();
            preparedNs = System.nanoTime();
            prepared = true;
        }
    }

    @Override
    public boolean disarm() {
        if (done || gone) {
            return done;
        }
        LISTED.setVolatile(this, 0);
        if (!prepared || control.getIntVolatile(ShmLayout.ARMED) != 0) {
            // A wake-up that came while the ring was listed has announced nothing: the next one must.
            prepareToDisarm();
        }
        settle();
        // A claim alone keeps nobody awake: who has made it looks at the word behind its record.
        if (!over && isNothingThere()) {
            return true;
        }
        if (!LISTED.compareAndSet(this, 0, 1)) {
            return true;
        }
        control.putIntRelease(ShmLayout.ARMED, 1);
        return false;
    }

    private void settle() {
        while (System.nanoTime() - preparedNs < STORE_NS) {
            Thread.onSpinWait();
        }
        prepared = false;
    }

    private void announce() {
        if (LISTED.compareAndSet(this, 0, 1)) {
            listener.onReady(this);
        }
    }

    /** Whether there is a consumer. The agent. */
    boolean hasListener() {
        return listener != null;
    }

    /** Lets go of the memory of a ring that has no consumer, and never will. The agent. */
    void discard() {
        close();
        reader.drop();
        done = true;
        owner.onDone();
    }

    /** The writer's process has sent a wake-up; a stray one does nothing. The agent. */
    void onWake() {
        if (listener != null && !done) {
            announce();
        }
    }

    /** Announces messages that wait for a consumer that sleeps, the net under the wake-up. The agent, once a second. */
    void lookAgain() {
        if (listener != null && !done && (int) LISTED.getVolatile(this) == 0 && !isEmpty()) {
            announce();
        }
    }

    /**
     * The writer will write nothing more. Whatever it has committed is handed over before the ring {@link #isEmpty()}. The agent,
     * once.
     *
     * @param claimed messages that the writer claimed in all, as {@link ShmWriter#close()} said there; {@link #UNKNOWN} when it
     *     died.
     */
    void end(final long claimed) {
        claimedInAll = claimed;
        ended = true;
        over = true;
        onWake();
    }

    /** The peer has truncated the memory: whoever polls finds the ring over, without a touch. The agent, before {@link #end}. */
    void abandon() {
        gone = true;
        over = true;
    }

    /**
     * Messages that an ended writer claimed and that did not come: one that it died in, or gave up in the middle. After a fault, those
     * that may have been in the ring. Asked once, after {@link Owner#onDone()}.
     */
    long unknownMessages() {
        return unknownMessages;
    }

    /** Messages that were handed over since the start. The consumer, and any thread after {@link Owner#onDone()}. */
    long takenMessages() {
        return reader.taken();
    }

    @Override
    public void conflate() {
        if (newest == null) {
            newest = new NewestInRing(pool);
        }
    }

    /**
     * Whether nothing waits. The consumer and the agent; false between its end and {@link Owner#onDone()}. A claim is none of this
     * process's, and may never end: it does not count.
     */
    @Override
    public boolean isEmpty() {
        return over ? done : isNothingThere();
    }

    private boolean isNothingThere() {
        return (newest == null || !newest.isPresent()) && !reader.isNext();
    }

    @Override
    public void releaseIfDrained() {
        if (over && gone) {
            onGone();
        } else if (over && !done && isDrained()) {
            finish();
        }
    }

    /** Hands over what is there at the next poll, and no more. Any thread, any number of times. */
    @Override
    public void close() {
        closed = true;
        over = true;
    }

    @Override
    public boolean isClosed() {
        return over;
    }
}
