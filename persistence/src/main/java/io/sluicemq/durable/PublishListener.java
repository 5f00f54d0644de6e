package io.sluicemq.durable;

/** Told what became of messages that were offered. */
@FunctionalInterface
public interface PublishListener {
    /** Of who does not want to know. */
    PublishListener NONE = (correlationId, index, outcome) -> {};

    /**
     * Called on the host's thread, which delivers nothing meanwhile: must return soon and make no call that waits. Once the publisher has
     * failed or is closed, also called on a thread that offers, inside that offer and before it returns, for its own message or those
     * of other threads; and still after a close has returned true, for an offer that was under way then. Never called by two threads at
     * once. An exception or error is logged and changes nothing.
     *
     * @param correlationId as given to the offer.
     * @param index of the message in the log; {@link io.sluicemq.journal.Journal#NO_INDEX} if there is none.
     * @param outcome {@link PublishOutcome#PUBLISHED} when the message has reached the level that its options ask for.
     */
    void onPublished(long correlationId, long index, PublishOutcome outcome);
}
