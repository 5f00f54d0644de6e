package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.wire.CommandReader;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import io.sluicemq.wire.ReceivedCounts;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.agrona.DirectBuffer;

/**
 * What went over one connection and what of it arrived: from the peer's counts if it tells them, else as an upper bound. A
 * count is told at the end of a turn once many messages came, else some time after the first untold one, so that a connection
 * on which nothing comes stays idle.
 */
final class Account {
    /** Connections are numbered at random, so that nobody but the peer of one can name it. */
    private static final SecureRandom NUMBERS = new SecureRandom();

    /** So many messages are told at once, which at full speed is some hundred times a second. */
    static final int TELL_MESSAGES = 65_536;

    /** The first message that was not told waits no longer. */
    static final long TELL_NS = 100_000_000L;

    private final StreamGroup group;
    private final PipeEnd end;
    private final Outbound outbound;
    private final PipeTimer timer;
    private boolean open;
    private boolean timing;

    /** Null for a peer that does not take part. */
    private ReceivedCounts counts;

    private final InFlightBound bound = new InFlightBound();
    private long offered;
    private long offeredBytes;
    private long received;
    private long discarded;
    private boolean endSaid;
    private boolean endedInOrder;

    Account(final StreamGroup group, final PipeEnd end, final Outbound outbound, final Runnable onTellTimer) {
        this.group = group;
        this.end = end;
        this.outbound = outbound;
        this.timer = new PipeTimer(group.context, onTellTimer);
    }

    /** The handshake is done. */
    void open(final HandshakeConfig own, final PeerMetadata peer) {
        open = true;
        if (own.countsId() != 0 && peer.countsId() != 0) {
            counts = new ReceivedCounts(NUMBERS.nextLong() | 1);
            outbound.control.putBegin(counts.number());
        }
    }

    boolean hasPeerBegun() {
        return counts != null && counts.hasBegun();
    }

    long number() {
        return counts == null ? 0 : counts.number();
    }

    // At each message: plain counts, nothing else.

    void onOffered(final int messages, final int bytes) {
        offered += messages;
        offeredBytes += bytes;
    }

    void onReceived() {
        received++;
    }

    void onDiscarded() {
        discarded++;
    }

    void onFlush() {
        if (counts == null) {
            bound.onFlush(offered, offeredBytes);
        }
    }

    // What the peer tells.

    /** Returns null, or what is wrong. Without the exchange these are commands that we do not know. */
    String onCommand(final CommandReader.Kind kind, final CommandReader command) {
        if (counts == null) {
            return null;
        }
        return switch (kind) {
            case BEGIN -> counts.onBegin(command.number());
            case RECEIVED ->
                command.number() == counts.number()
                        ? counts.onReceived(command.count(), command.isLast(), offered)
                        : end.onReceivedEarlier(command.number(), command.count());
            default -> counts.onEnd();
        };
    }

    boolean hasPeerEnded() {
        return counts != null && counts.hasPeerEnded();
    }

    long pingContext() {
        return counts == null ? bound.pingContext(offered - outbound.unsentMessages()) : 0;
    }

    void onPong(final DirectBuffer buffer, final int offset, final int length) {
        if (length == Long.BYTES) {
            bound.onPong(buffer.getLong(offset, ByteOrder.BIG_ENDIAN));
        }
    }

    // What we tell.

    /** At the end of a turn: what came in it is told now, or the time begins. */
    void endTurn() {
        if (counts == null || !counts.isUntold(received, false)) {
            return;
        }
        if (counts.untold(received) >= TELL_MESSAGES) {
            tell(false);
        } else if (!timing) {
            timing = true;
            timer.schedule(group.context.nowNs() + TELL_NS);
        }
    }

    /** Returns whether a count was put where the next turn writes it. */
    boolean onTimer() {
        if (!timer.isDue(group.context.nowNs())) {
            return false;
        }
        timing = false;
        return tell(false);
    }

    private boolean tell(final boolean last) {
        if (!counts.isUntold(received, last) || !outbound.control.putReceived(counts.peerNumber(), received, last)) {
            return false;
        }
        counts.onTold(received, last);
        return true;
    }

    /** No more messages of the peer are taken: tells it how many were, if that can be said now. */
    void tellLast() {
        timer.cancel();
        try {
            if (counts != null && outbound.failure() == null && tell(true)) {
                outbound.drain();
            }
        } catch (final OutOfMemoryError e) {
            // Untold: the peer counts as in flight what it sent after the last word.
        }
    }

    void tellEarlier(final long peerNumber, final long messages) {
        // Told again on the next connection if this one is at its end, or a peer that reads nothing has made its
        // backlog long.
        if (counts != null && !outbound.isShut() && !outbound.control.isBacklogged()) {
            outbound.control.putReceived(peerNumber, messages, true);
        }
    }

    /**
     * All messages have gone: tells the peer, if it takes part and has not ended first.
     *
     * @return true when its answer is to be awaited before the stream ends.
     */
    boolean sayEnd() {
        if (counts == null || counts.hasPeerEnded() || outbound.failure() != null) {
            return false;
        }
        if (!endSaid) {
            endSaid = true;
            outbound.control.putEnd();
            outbound.drain();
        }
        return true;
    }

    /** Whether we said that no more messages follow: what is left to be written then is commands. */
    boolean hasEnded() {
        return endSaid;
    }

    /** We ended our stream behind all messages, and then the peer its own. */
    void onEndedInOrder() {
        endedInOrder = true;
    }

    /** Once, when the connection is over: tells the end what is left to be accounted for, and whatever comes of that, why it is over. */
    void close(final CloseReason reason, final String detail, final long unsentMessages) {
        try {
            report(unsentMessages);
        } finally {
            end.onClosed(reason, detail, unsentMessages);
        }
    }

    private void report(final long unsentMessages) {
        if (!open) {
            return;
        }
        final long sent = offered - unsentMessages;
        final boolean exchanged = counts != null;
        final long plainArrived = endedInOrder ? sent : Math.min(sent, bound.arrived());
        end.onAccount(new ConnectionAccount(
                number(),
                sent,
                exchanged ? Math.min(sent, counts.acknowledged()) : plainArrived,
                exchanged && counts.isSettled(),
                exchanged && counts.hasBegun(),
                exchanged ? counts.peerNumber() : 0,
                received,
                endedInOrder,
                discarded));
    }
}
