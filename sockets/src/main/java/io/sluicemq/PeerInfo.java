package io.sluicemq;

import io.sluicemq.wire.PeerMetadata;
import org.agrona.DirectBuffer;

/**
 * A peer of a socket.
 *
 * @param id of its pipe; never used again within the socket.
 * @param endpoint where it is.
 * @param connected whether it has shaken hands and is there now.
 * @param metadata what it told in the handshake; null before the first one.
 * @param routingId by which a ROUTER knows the peer, given by it or made by us; not to be written to; empty for other sockets.
 */
public record PeerInfo(int id, String endpoint, boolean connected, PeerMetadata metadata, DirectBuffer routingId) {}
