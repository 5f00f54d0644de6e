package io.sluicemq.durable;

import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;

/**
 * What became of a message.
 *
 * @param index of the message in the log of its publisher, which with the publisher's id names it for ever; {@link Journal#NO_INDEX} for
 *     QoS 0, for {@link Durability#RECEIVED}, and where the outcome is not {@link PublishOutcome#PUBLISHED}.
 * @param outcome what became of it.
 * @param level that was reached.
 */
public record PublishResult(long index, PublishOutcome outcome, Durability level) {}
