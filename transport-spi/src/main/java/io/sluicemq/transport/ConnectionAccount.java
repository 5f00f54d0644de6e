package io.sluicemq.transport;

/**
 * What a connection that is over leaves to be accounted for.
 *
 * @param number by which this side knew the connection in the exchange of {@link io.sluicemq.wire.ReceivedCounts}; 0 if the
 *     peer does not take part.
 * @param sent messages that the medium took in full.
 * @param acknowledged those of them that arrived, as far as is known.
 * @param settled whether that is the last word: what is missing did not arrive.
 * @param begun whether the peer gave the connection a number too.
 * @param peerNumber by which the peer knew it; unchecked.
 * @param received messages taken off the wire, {@code discarded} included.
 * @param receivedKnown whether the peer knows that number for certain.
 * @param discarded messages that came while the connection was being ended, and that the socket had no room for.
 */
public record ConnectionAccount(
        long number,
        long sent,
        long acknowledged,
        boolean settled,
        boolean begun,
        long peerNumber,
        long received,
        boolean receivedKnown,
        long discarded) {}
