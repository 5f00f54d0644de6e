package io.sluicemq.core;

import org.agrona.DirectBuffer;

/**
 * Routing id to peer, for the sends of ROUTER and its kin. {@code V} is what a send needs of a peer.
 *
 * <p>Lookups run on any thread, without lock or allocation, in constant time whatever ids peers choose (keyed hash).
 * Changes are serialised by the caller. A lookup that overlaps a change sees either side of it; one that overlaps
 * {@link #replace} never misses the id.
 *
 * <p>Ids are those of {@link RoutingIds}: 1..255 bytes, anonymous ones included. Keys are copied.
 */
final class RoutingTable<V> {
    private final BytesMap<V> peers;

    RoutingTable() {
        this(new BytesMap<>());
    }

    RoutingTable(final BytesMap<V> peers) {
        this.peers = peers;
    }

    /** The peer with this id, or null, as for any id that cannot exist. Any thread. */
    V get(final DirectBuffer id, final int offset, final int length) {
        if (length < RoutingIds.MIN_LENGTH || length > RoutingIds.MAX_LENGTH) {
            return null;
        }
        return peers.get(id, offset, length);
    }

    /** Adds a peer unless the id is taken: returns null if added, else the peer that has it. Serialised by the caller. */
    V putIfAbsent(final DirectBuffer id, final int offset, final int length, final V peer) {
        RoutingIds.checkLength(length);
        return peers.putIfAbsent(id, offset, length, peer);
    }

    /** Hands an id that is taken to another peer: returns the former one, or null, with no change, if none has it. */
    V replace(final DirectBuffer id, final int offset, final int length, final V peer) {
        RoutingIds.checkLength(length);
        return peers.replace(id, offset, length, peer);
    }

    /**
     * Removes an id only if this very peer has it: a peer that lost its id to a handover must not take it from its
     * successor. Returns whether it was removed.
     */
    boolean remove(final DirectBuffer id, final int offset, final int length, final V peer) {
        if (get(id, offset, length) != peer) {
            return false;
        }
        return peers.remove(id, offset, length) != null;
    }

    /** Number of ids. Any thread. */
    int size() {
        return peers.size();
    }
}
