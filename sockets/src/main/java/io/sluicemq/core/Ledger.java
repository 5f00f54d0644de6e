package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.wire.ReceivedCounts;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * A socket's account of connections that are over. What was sent on one and not acknowledged may have arrived: if the peer
 * exchanges counts, it tells on its next connection, and until then the account stays open, for some seconds. Agent only.
 */
final class Ledger {
    /** A peer that does not come back in this time is taken for dead, and what it may have received for unknown. */
    static final long WAIT_NS = 10_000_000_000L;

    /** Peers whose next connection is waited for. What is over it is what only a hostile peer, or a very large loss, brings. */
    private static final int MAX_PEERS = 16_384;

    /** The peer may find a loss later than we do, but then does not wait for ever. */
    private static final long KEEP_NS = 6 * WAIT_NS;

    /** Connections of one peer that it is told of. */
    private static final int MAX_PER_PEER = 16;

    private final SocketCore socket;

    /** Connections that are open, by number, and by the id of their peer, the latest last: one that broke may still be among them. */
    private final Long2ObjectHashMap<Pipe> openByNumber = new Long2ObjectHashMap<>();

    private final Long2ObjectHashMap<Deque<Pipe>> openByPeer = new Long2ObjectHashMap<>();

    /** What the peer may tell of still, by number; the oldest first. */
    private final Map<Long, Missing> missing = new LinkedHashMap<>();

    /** What peers are told each time they are back, as what carries it may break too; by their ids, the oldest first. */
    private final Map<Long, Deque<Received>> received = new LinkedHashMap<>();

    Ledger(final SocketCore socket) {
        this.socket = socket;
    }

    /** A network peer has shaken hands. */
    void opened(final Pipe pipe) {
        final long number = pipe.carrier().number();
        if (number == 0) {
            return;
        }
        final long peerId = pipe.peer().countsId();
        openByNumber.put(number, pipe);
        openByPeer.computeIfAbsent(peerId, id -> new ArrayDeque<>(1)).add(pipe);
        final Deque<Received> counts = received.get(peerId);
        if (counts != null) {
            counts.removeIf(each -> socket.agent().nowNs() - each.endedAtNs > KEEP_NS);
            counts.forEach(each -> pipe.carrier().receivedEarlier(each.peerNumber, each.messages));
        }
    }

    /** A connection is over. */
    void ended(final Pipe pipe, final ConnectionAccount account) {
        if (account.discarded() > 0) {
            pipe.record().addDropped(account.discarded());
            socket.dropped(DropCause.NOT_RECEIVED, account.discarded());
        }
        final long open = account.sent() - account.acknowledged();
        if (account.number() == 0) {
            drop(DropCause.IN_FLIGHT_UNKNOWN, pipe, open);
            return;
        }
        if (openByNumber.remove(account.number()) == null) {
            // It ended before it was ours, and nothing of it is to be told.
            return;
        }
        final long peerId = pipe.peer().countsId();
        forget(peerId, pipe);
        if (account.settled()) {
            drop(DropCause.RECONNECT_IN_FLIGHT, pipe, open);
        } else if (open > 0) {
            await(account.number(), new Missing(peerId, account.acknowledged(), account.sent()));
        }
        if (account.begun() && !account.receivedKnown()) {
            tell(
                    peerId,
                    new Received(
                            account.peerNumber(),
                            account.received(),
                            socket.agent().nowNs()));
        }
    }

    private void drop(final DropCause cause, final Pipe pipe, final long messages) {
        if (messages > 0) {
            pipe.record().addDropped(messages);
            socket.dropped(cause, messages);
        }
    }

    private void await(final long number, final Missing account) {
        missing.put(number, account);
        if (missing.size() > MAX_PEERS) {
            giveUp(missing.keySet().iterator().next());
        }
        socket.agent().schedule(socket.agent().nowNs() + WAIT_NS, () -> giveUp(number));
    }

    private void giveUp(final long number) {
        final Missing account = missing.remove(number);
        if (account != null) {
            socket.dropped(DropCause.IN_FLIGHT_UNKNOWN, account.sent - account.acknowledged);
        }
    }

    private void tell(final long peerId, final Received count) {
        final Deque<Received> counts = received.computeIfAbsent(peerId, id -> new ArrayDeque<>());
        counts.add(count);
        if (counts.size() > MAX_PER_PEER) {
            counts.remove();
        }
        if (received.size() > MAX_PEERS) {
            final Iterator<Long> oldest = received.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        final Deque<Pipe> open = openByPeer.get(peerId);
        if (open != null) {
            tell(open.descendingIterator(), count);
        }
    }

    /** The latest, and as that may be a recording of what the peer has said before, all up to one that is none. */
    private static void tell(final Iterator<Pipe> latestFirst, final Received count) {
        boolean told = false;
        while (!told && latestFirst.hasNext()) {
            final Carrier carrier = latestFirst.next().carrier();
            carrier.receivedEarlier(count.peerNumber, count.messages);
            told = carrier.hasPeerBegun();
        }
    }

    private void forget(final long peerId, final Pipe pipe) {
        final Deque<Pipe> open = openByPeer.get(peerId);
        open.remove(pipe);
        if (open.isEmpty()) {
            openByPeer.remove(peerId);
        }
    }

    /**
     * A peer tells what it had received on an earlier connection.
     *
     * @return null, or why it cannot be right.
     */
    String told(final Pipe teller, final long number, final long messages) {
        final long peerId = teller.peer().countsId();
        final Pipe open = openByNumber.get(number);
        if (open != null && open != teller && open.peer().countsId() == peerId) {
            open.abort(CloseReason.IO_ERROR, "the peer has lost this connection");
        }
        final Missing account = missing.get(number);
        if (account == null || account.peerId != peerId) {
            // It is settled, or too late.
            return null;
        }
        final String error = ReceivedCounts.check(messages, account.acknowledged, account.sent);
        if (error == null) {
            missing.remove(number);
            if (account.sent > messages) {
                socket.dropped(DropCause.RECONNECT_IN_FLIGHT, account.sent - messages);
            }
        }
        return error;
    }

    /** The socket is closed: nobody can tell any more. */
    void close() {
        for (final Long number : missing.keySet().toArray(new Long[0])) {
            giveUp(number);
        }
        received.clear();
    }

    /** Messages that were sent on a connection that broke, and how many of them the peer told of before. */
    private record Missing(long peerId, long acknowledged, long sent) {}

    /** What came on a connection that the peer knows by a number. */
    private record Received(long peerNumber, long messages, long endedAtNs) {}
}
