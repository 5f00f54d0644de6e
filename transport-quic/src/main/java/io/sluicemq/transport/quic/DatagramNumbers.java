package io.sluicemq.transport.quic;

/** Which numbers of a peer's have come: each message in the order of its number, or not at all. Nothing is kept of a gap but its length. */
final class DatagramNumbers {
    /** More than an honest peer loses in a connection: what a hostile one says cannot make a count useless. */
    static final long MAX_LOST = 1L << 40;

    private long next;
    private long lost;

    /** -1 until the peer says, and if it does so too late. */
    private long total = -1;

    private boolean totalSaid;

    /** Whether the peer was told how far its numbers are accounted for here: what is beyond, it counts itself. */
    private boolean closed;

    /** What a number means; see {@link #onNumber}. */
    enum Verdict {
        /** It is the newest. */
        NEW,
        /** It is accounted for already: it has come, or was counted when a newer one came. */
        OLD,
        /** It cannot be. */
        WRONG
    }

    Verdict onNumber(final long number) {
        if (number < 0 || (total >= 0 && number >= total) || isTooMuchLost(number)) {
            return Verdict.WRONG;
        }
        return number < next || closed ? Verdict.OLD : Verdict.NEW;
    }

    private boolean isTooMuchLost(final long before) {
        return before - next > MAX_LOST - lost;
    }

    /** Takes a number that is new; returns how many before it never came. */
    long take(final long number) {
        final long gap = number - next;
        lost += gap;
        next = number + 1;
        return gap;
    }

    /** The peer says how many there are altogether; false if that cannot be. */
    boolean onTotal(final long count) {
        if (totalSaid || count < next || isTooMuchLost(count)) {
            return false;
        }
        totalSaid = true;
        if (!closed) {
            total = count;
        }
        return true;
    }

    /** All below it have come, or are counted. */
    long heard() {
        return next;
    }

    /** The last word on that: of what is beyond it nothing is taken. Those that the peer has told of are answered for. */
    long close() {
        closed |= total < 0;
        return Math.max(next, total);
    }

    /** Nothing comes any more: returns how many of those the peer has told of never came. */
    long end() {
        final long missing = Math.max(0, total - next);
        next += missing;
        closed = true;
        return missing;
    }
}
