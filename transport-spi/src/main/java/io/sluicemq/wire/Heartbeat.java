package io.sluicemq.wire;

/**
 * The heartbeat of one connection (RFC 37/ZMTP, "Heartbeats"), as a timer that is told the time.
 *
 * <p>It says when to send a PING: once every interval, whatever else is sent, since the peer may rely on our time to
 * live. It says when to give the peer up: nothing came for the timeout after a PING of ours, or nothing came for the
 * time to live that the peer asked for in its last PING. Any byte received proves the peer alive. libzmq drops the
 * peer's time to live at the next byte; here it holds until the next PING changes it, so that a peer which dies after
 * sending data is found as well.
 *
 * <p>While the caller has stopped reading the connection, the peer cannot be heard and is not timed out. PINGs go on.
 *
 * <p>A heartbeat starts after the handshake, and for 3.x peers only, as 2.0 has no commands. libzmq 4.2 and JeroMQ know
 * PING though they announce 3.0; a 3.0 peer that does not, and has nothing else to send, is given up, as by libzmq. All
 * times are of one monotonic clock such as {@link System#nanoTime()}, which may wrap.
 *
 * <p>Not thread safe; one instance per connection, called by the I/O agent that owns it. Allocates nothing.
 */
public final class Heartbeat {
    /** What the caller has to do now. */
    public enum Action {
        /** Nothing. */
        NONE,
        /** Send a PING with {@link Heartbeat#ttlDeciseconds()}. */
        SEND_PING,
        /** Close the connection: the peer is silent. */
        TIMED_OUT
    }

    /** Value of {@link #nextDeadlineNs()} when there is nothing to wait for. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    /**
     * The highest time to live that is advertised, in tenths of a second (65.5 s): libzmq keeps it as milliseconds in
     * 16 bits, so that 65.6 s would become 64 ms.
     */
    public static final int MAX_ADVERTISED_TTL_DECISECONDS = 655;

    private static final long NS_PER_DECISECOND = 100_000_000L;

    // Far below the span in which differences of wrapping clocks are exact.
    private static final long MAX_DURATION_NS = Long.MAX_VALUE / 4;

    private final long intervalNs;
    private final long timeoutNs;
    private final int ttlDeciseconds;

    private long nextPingNs;
    private long lastReceivedNs;
    private long unansweredPingNs; // since when the peer has owed us a sign of life
    private boolean pingUnanswered;
    private long peerTtlNs;
    private boolean readingPaused;

    /**
     * Starts the heartbeat of a connection whose handshake is complete.
     *
     * @param intervalNs between PINGs; 0 sends none, and then only the peer's wishes are honoured.
     * @param timeoutNs  that a peer may stay silent after a PING; 0 stands for the interval.
     * @param ttlNs      advertised in each PING, at least the interval; 0 for none. Rounded up to tenths of a second,
     *                   and capped at {@link #MAX_ADVERTISED_TTL_DECISECONDS}.
     * @param nowNs      the time.
     */
    public Heartbeat(final long intervalNs, final long timeoutNs, final long ttlNs, final long nowNs) {
        checkDuration("intervalNs", intervalNs);
        checkDuration("timeoutNs", timeoutNs);
        checkDuration("ttlNs", ttlNs);
        if (ttlNs != 0 && ttlNs < intervalNs) {
            throw new IllegalArgumentException("ttlNs=" + ttlNs + ", limit=" + intervalNs
                    + ", make it at least the interval, or the peer closes between two PINGs");
        }
        this.intervalNs = intervalNs;
        this.timeoutNs = timeoutNs == 0 ? intervalNs : timeoutNs;
        final long roundedUp = (ttlNs + NS_PER_DECISECOND - 1) / NS_PER_DECISECOND;
        this.ttlDeciseconds = (int) Math.min(roundedUp, MAX_ADVERTISED_TTL_DECISECONDS);
        nextPingNs = nowNs + intervalNs;
        lastReceivedNs = nowNs;
    }

    private static void checkDuration(final String name, final long durationNs) {
        if (durationNs < 0 || durationNs > MAX_DURATION_NS) {
            throw new IllegalArgumentException(
                    name + "=" + durationNs + ", limit=0.." + MAX_DURATION_NS + ", use 0 to switch it off");
        }
    }

    /**
     * To be called when anything was read from the peer, before what was read is looked at.
     *
     * @param nowNs the time.
     */
    public void onBytesReceived(final long nowNs) {
        lastReceivedNs = nowNs;
        pingUnanswered = false;
    }

    /**
     * To be called for each PING of the peer; the caller sends the PONG.
     *
     * @param peerTtlDeciseconds as from {@link CommandReader#ttlDeciseconds()}; 0 ends an earlier wish.
     * @param nowNs              the time.
     */
    public void onPing(final int peerTtlDeciseconds, final long nowNs) {
        peerTtlNs = peerTtlDeciseconds * NS_PER_DECISECOND;
        lastReceivedNs = nowNs;
    }

    /**
     * To be called when the caller stops and starts again to read the connection. Calls that change nothing are
     * harmless. After a pause the peer gets its full time again.
     *
     * @param paused true when the connection is not read.
     * @param nowNs  the time.
     */
    public void onReadingPaused(final boolean paused, final long nowNs) {
        if (readingPaused && !paused) {
            lastReceivedNs = nowNs;
            unansweredPingNs = nowNs;
        }
        readingPaused = paused;
    }

    /**
     * Says what is to be done at this time. {@link Action#SEND_PING} is said once a PING; {@link Action#TIMED_OUT} is
     * said again with every call.
     *
     * @param nowNs the time.
     * @return what to do.
     */
    public Action poll(final long nowNs) {
        if (!readingPaused && isSilent(nowNs)) {
            return Action.TIMED_OUT;
        }
        if (intervalNs == 0 || nowNs - nextPingNs < 0) {
            return Action.NONE;
        }
        nextPingNs = nowNs + intervalNs;
        if (!pingUnanswered) {
            pingUnanswered = true;
            unansweredPingNs = nowNs;
        }
        return Action.SEND_PING;
    }

    private boolean isSilent(final long nowNs) {
        return (pingUnanswered && nowNs - unansweredPingNs >= timeoutNs)
                || (peerTtlNs != 0 && nowNs - lastReceivedNs >= peerTtlNs);
    }

    /**
     * When {@link #poll} will next have something to say, if nothing else happens.
     *
     * @return the time, or {@link #NO_DEADLINE}.
     */
    public long nextDeadlineNs() {
        boolean found = intervalNs != 0;
        long deadlineNs = nextPingNs;
        if (!readingPaused && pingUnanswered) {
            final long timeoutAtNs = unansweredPingNs + timeoutNs;
            deadlineNs = found && deadlineNs - timeoutAtNs < 0 ? deadlineNs : timeoutAtNs;
            found = true;
        }
        if (!readingPaused && peerTtlNs != 0) {
            final long ttlEndNs = lastReceivedNs + peerTtlNs;
            deadlineNs = found && deadlineNs - ttlEndNs < 0 ? deadlineNs : ttlEndNs;
            found = true;
        }
        return found ? deadlineNs : NO_DEADLINE;
    }

    /**
     * The time to live to put in a PING.
     *
     * @return tenths of a second, 0 for none.
     */
    public int ttlDeciseconds() {
        return ttlDeciseconds;
    }
}
