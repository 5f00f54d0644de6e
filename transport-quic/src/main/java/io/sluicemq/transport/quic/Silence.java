package io.sluicemq.transport.quic;

/**
 * Whether a client has waited for its server in vain: something was sent, something was sent again when half of the time was over, and that
 * too was not answered for half of it. Acknowledgements get no answer, and are sent once. Agent.
 */
final class Silence {
    /** Tries to be heard, since the last answer. */
    static final int MAX_TRIES = 8;

    /** Between two tries passes at the most so many times the silence. */
    private static final int MAX_WAITS = 4;

    /** Answer times that make one silence, where these are long. */
    private static final int ANSWERS = 4;

    /** Of one silence. */
    private static final int PARTS = 4;

    private final long limitNs;
    private long longestAnswerNs;

    private boolean waiting; // since something was sent
    private boolean asked; // again since then
    private boolean repeated; // something was sent again since the last answer, whatever was tried since
    private long waitingSinceNs;
    private long askedNs;
    private long sentNs;

    private int tries;
    private boolean tried;
    private long triedNs;

    /**
     * Begins with no silence.
     *
     * @param limitNs how long it lasts at least.
     */
    Silence(final long limitNs) {
        this.limitNs = limitNs;
    }

    private long lengthNs() {
        return Math.max(limitNs, ANSWERS * longestAnswerNs);
    }

    void onSent(final long nowNs) {
        sentNs = nowNs;
        if (!waiting) {
            begin(nowNs);
            return;
        }
        repeated = repeated || nowNs - waitingSinceNs >= partNs();
        if (nowNs - waitingSinceNs >= lengthNs() / 2) {
            ask(nowNs);
        }
    }

    /** Whether it has waited for a part of the silence, and sent something behind that: an acknowledgement is sent once. */
    boolean isRepeated() {
        return repeated;
    }

    /** A quarter of the silence: an answer takes no longer. */
    long partNs() {
        return lengthNs() / PARTS;
    }

    /** What was sent was not: that is known to have no answer. */
    void onNotSent(final long nowNs) {
        if (waiting) {
            ask(nowNs);
        }
    }

    private void ask(final long nowNs) {
        askedNs = asked ? askedNs : nowNs;
        asked = true;
    }

    /**
     * Something came.
     *
     * @param isAnswer to the last that was sent, and not something that the server sends by itself.
     */
    void onHeard(final long nowNs, final boolean isAnswer) {
        if (waiting && isAnswer) {
            longestAnswerNs = Math.max(longestAnswerNs, nowNs - sentNs);
        }
        waiting = false;
        repeated = false;
        tries = 0;
    }

    /** Counts from now on. */
    void begin(final long nowNs) {
        waiting = true;
        asked = false;
        waitingSinceNs = nowNs;
    }

    boolean isWaiting() {
        return waiting;
    }

    /** When it is over, unless something comes. */
    long dueNs() {
        final long lengthNs = lengthNs();
        long dueNs = waitingSinceNs + lengthNs;
        if (asked) {
            dueNs = later(dueNs, askedNs + lengthNs / 2);
        }
        if (tried) {
            final int waits = tries == 0 ? 1 : Math.min(MAX_WAITS, 1 << (tries - 1));
            dueNs = later(dueNs, triedNs + waits * lengthNs);
        }
        return dueNs;
    }

    private static long later(final long one, final long other) {
        return one - other > 0 ? one : other;
    }

    /** Whether a timer ran so late that answers may be there which nobody has read yet. */
    boolean isLate(final long nowNs, final long deadlineNs) {
        return nowNs - deadlineNs > partNs();
    }

    /** Whether to try something else, now that it is over. */
    boolean isAsked() {
        return asked;
    }

    boolean hasTriesLeft() {
        return tries < MAX_TRIES;
    }

    /** Something else is being tried. */
    void onTry(final long nowNs) {
        tries++;
        tried = true;
        triedNs = nowNs;
        begin(nowNs);
    }
}
