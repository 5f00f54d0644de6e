package io.sluicemq.durable.core;

import io.sluicemq.durable.ReplayOptions;

/**
 * What a client knows of its replay: how far it has come, and what it has allowed the host to send. No I/O, no clock. One thread; the
 * next index is for any.
 */
final class ReplayProgress {
    private static final long NONE = -1;

    private final ReplayOptions options;

    /** Of the last message that was handed over. */
    private long lastIndex = NONE;

    private long lastEpochNs;

    /** Of the last message of this connection. */
    private long lastOfConnection;

    /** Messages that the host may still send, and that were taken since it was last told. */
    private int allowed;

    private int taken;

    private volatile long nextIndex;
    private volatile boolean over;

    ReplayProgress(final ReplayOptions options) {
        this.options = options;
        nextIndex = options.isByTime() ? 0 : options.from();
    }

    /** A connection begins; returns what the host is asked for. */
    Replay begin(final int request) {
        allowed = options.creditMessages();
        taken = 0;
        lastOfConnection = NONE;
        final long from = options.isByTime() ? Math.max(options.from(), lastEpochNs) : nextIndex;
        return new Replay(request, options.isByTime(), from, options.to(), allowed, options.filter());
    }

    /** A message came; returns whether it is news. */
    boolean onMessage(final Delivery delivery) {
        final long index = delivery.index();
        if (allowed == 0) {
            throw new WireException("messages=" + (options.creditMessages() + 1) + ", limit=" + options.creditMessages()
                    + " that were asked for");
        }
        if (index <= lastOfConnection || isOutside(delivery)) {
            throw new WireException(
                    "index=" + index + ", limit=above " + lastOfConnection + " and between the bounds of the replay");
        }
        allowed--;
        taken++;
        lastOfConnection = index;
        if (index <= lastIndex) {
            // Several messages may have the time at which we asked to go on.
            return false;
        }
        lastIndex = index;
        lastEpochNs = delivery.publishedAtEpochNs();
        nextIndex = index + 1;
        return true;
    }

    private boolean isOutside(final Delivery delivery) {
        final long place = options.isByTime() ? delivery.publishedAtEpochNs() : delivery.index();
        return delivery.index() < 0 || place < options.from() || place > options.to();
    }

    /** How many more the host is to be allowed now; 0 for none, else it is told of them. */
    int creditDue() {
        return taken >= Math.max(1, options.creditMessages() / 2) ? taken : 0;
    }

    void onCreditSent() {
        allowed += taken;
        taken = 0;
    }

    /** The host says that there is no other one. */
    void onEnd(final long next) {
        nextIndex = Math.max(nextIndex, next);
        over = true;
    }

    boolean isOver() {
        return over;
    }

    long nextIndex() {
        return nextIndex;
    }
}
