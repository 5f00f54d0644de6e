package io.sluicemq.transport;

/**
 * The consumer's side of a ring of messages, which the receiving thread polls in place: a {@link MessageRing}, or a ring whose
 * producer is another process. Methods are the consumer's, called by one thread at a time, unless said.
 */
public abstract class PolledRing {
    /** For the listener's list of rings that became ready; owned by whoever holds the ring there. */
    private PolledRing next;

    private Object attachment;

    /** For subclasses. */
    protected PolledRing() {
        // Not in a list, and tied to nothing.
    }

    /**
     * Names who is told about messages, those that wait included. Called once, by the consumer before its first poll.
     *
     * @param newListener of the consumer.
     */
    public abstract void listener(RingListener newListener);

    /**
     * Hands over waiting messages.
     *
     * @param messageHandler gets each message in place.
     * @param limit most messages handed over.
     * @return how many were handed over and accepted.
     */
    public abstract int poll(MessageHandler messageHandler, int limit);

    /**
     * Inside a handler that looks at a message: takes the message's buffer over, if it came by reference. Whoever takes a pooled
     * one releases it to {@link #pool()}.
     *
     * @return {@link MessageKind#WRAPPED} or {@link MessageKind#POOLED}; 0 when there is nothing to take, and the bytes must be
     *     copied.
     */
    public abstract int takeOver();

    /**
     * Where pooled buffers come from and return to. Any thread.
     *
     * @return the pool that the ring was made with.
     */
    public abstract BufferPool pool();

    /**
     * Asked after a poll that found nothing, by a consumer of many rings: whether to poll on for now costs less than to be told of the
     * next message.
     *
     * @param rings that the consumer polls in turn, this one included.
     * @return false if the ring is to be disarmed.
     */
    public boolean isWorthPolling(final int rings) {
        return false;
    }

    /**
     * Begins a {@link #disarm()}, which must follow with no poll in between: what takes a ring time then passes for several rings
     * at once.
     */
    public void prepareToDisarm() {
        // Most take none.
    }

    /**
     * Asks to be told about the next message, before the consumer stops polling.
     *
     * @return false when a message waits or is on its way: the ring is armed again and the consumer must go on polling.
     */
    public abstract boolean disarm();

    /**
     * Keeps only the newest message from now on; what waits already may still be handed over. Twice does nothing.
     */
    public abstract void conflate();

    /**
     * Whether nothing waits. Exact for the consumer. A claim that a producer of this process has begun counts as a message; one of
     * another process does not, as it may never end. Any thread.
     *
     * @return true if empty.
     */
    public abstract boolean isEmpty();

    /** Refuses all further offers. Any thread, any number of times. What waits can still be polled. */
    public abstract void close();

    /**
     * Whether offers are refused for good. Any thread.
     *
     * @return true after {@link #close()}.
     */
    public abstract boolean isClosed();

    /** Frees what a ring holds that is closed, if nothing waits in it; else the poll that takes the last message does. */
    public void releaseIfDrained() {
        // Most hold nothing but memory of this process.
    }

    /**
     * The neighbour in the list of ready rings that the listener keeps.
     *
     * @return the ring set last, or null.
     */
    public final PolledRing next() {
        return next;
    }

    /**
     * Links the ring into a list of ready rings. By the listener, between {@code onReady} and {@link #disarm()}.
     *
     * @param ring the neighbour, or null.
     */
    public final void next(final PolledRing ring) {
        next = ring;
    }

    /**
     * What the consumer has tied to this ring.
     *
     * @return the object set last, or null.
     */
    public final Object attachment() {
        return attachment;
    }

    /**
     * Ties an object of the consumer to this ring, before {@link #listener(RingListener)}.
     *
     * @param object of the consumer.
     */
    public final void attachment(final Object object) {
        attachment = object;
    }
}
