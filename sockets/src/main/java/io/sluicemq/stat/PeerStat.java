package io.sluicemq.stat;

/**
 * What a reader saw of one peer.
 *
 * @param socketId the socket that the peer is connected to.
 * @param pipeId the connection; never used again in its context.
 * @param state where the connection stands.
 * @param socketType the peer's socket type; empty before the handshake.
 * @param endpoint the peer's address.
 * @param sent messages sent to the peer.
 * @param received messages received from it.
 * @param dropped messages for or from it that were dropped.
 * @param queued messages that wait for it.
 */
public record PeerStat(
        long socketId,
        long pipeId,
        PeerState state,
        String socketType,
        String endpoint,
        long sent,
        long received,
        long dropped,
        long queued) {}
