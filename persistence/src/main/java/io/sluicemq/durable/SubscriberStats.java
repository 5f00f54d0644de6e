package io.sluicemq.durable;

/**
 * Counts of a {@link DurableSubscriber} since its open.
 *
 * @param hosts connected now, with a session.
 * @param received messages that came, duplicates included.
 * @param duplicates of them, messages that were here already; dropped.
 * @param stored of them, messages of QoS 2 that are in the inbox.
 * @param acknowledged messages whose acknowledgement is durable.
 * @param unprocessed messages of QoS 2 and wills in the inbox that are not acknowledged now.
 * @param wills last wills of hosts that were delivered.
 * @param connectionsLost connections to hosts that ended without our wish.
 * @param violations connections that were ended since the host broke the protocol, left a message out, or did not answer.
 * @param lastError text of the last of those ends, or a host's words; empty for none.
 */
public record SubscriberStats(
        int hosts,
        long received,
        long duplicates,
        long stored,
        long acknowledged,
        long unprocessed,
        long wills,
        long connectionsLost,
        long violations,
        String lastError) {}
