package io.sluicemq.durable.core;

/** Told who wants a message. */
@FunctionalInterface
public interface MatchVisitor {

    /**
     * Called once for each subscriber that matches. Must not call the index.
     *
     * @param match valid during the call only.
     */
    void onMatch(SubscriberMatch match);
}
