package io.sluicemq.durable;

/**
 * What a {@link DurablePublisher} has counted since it was opened.
 *
 * @param published messages that were taken.
 * @param refused messages that were not, since the journal was full.
 * @param delivered messages that were sent to subscribers, each time.
 * @param redelivered those of them that may have been sent before.
 * @param dropped messages of QoS 0 that a subscriber was not sent, since it did not take more; and those of QoS 2 of shared subscriptions
 *     whose member's session has ended before it had them, as no other member may get them.
 * @param tooLarge messages that were not sent to a subscriber, since they are longer than it takes.
 * @param expired messages that were not sent to a subscriber, since their time was over.
 * @param damaged gaps in the log where the disk has lost what it held, or where a full journal has dropped its oldest messages
 *     ({@link io.sluicemq.journal.WhenFull#DROP_OLDEST}); counted each time that a session or a shared subscription comes to one, so
 *     maybe more than once. Also messages that were to go to another member of a shared subscription and were in such a gap.
 * @param malformed messages of subscribers that were refused.
 * @param sessions that are known now.
 * @param connections to subscribers now.
 * @param failed whether the publisher has failed, as a disk does: it takes nothing more, and is to be closed and opened again.
 */
public record DurablePublisherStats(
        long published,
        long refused,
        long delivered,
        long redelivered,
        long dropped,
        long tooLarge,
        long expired,
        long damaged,
        long malformed,
        long sessions,
        long connections,
        boolean failed) {}
