package io.sluicemq.durable;

import java.time.Instant;

/**
 * A session that a {@link DurablePublisher} keeps for a subscriber. Immutable.
 *
 * @param name of the session, and of its subscriber.
 * @param connected whether the subscriber is connected.
 * @param endsAt when the session ends if the subscriber does not come back; null while it is connected, and for never.
 * @param neededFrom index in the log of the oldest message that the subscriber may not have; from there on the journal keeps all.
 */
public record PublisherSession(String name, boolean connected, Instant endsAt, long neededFrom) {}
