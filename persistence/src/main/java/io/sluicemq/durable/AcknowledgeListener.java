package io.sluicemq.durable;

/** Is told what became of acknowledgements that nobody waits for. Called by the subscriber's thread, which must not be held up. */
@FunctionalInterface
public interface AcknowledgeListener {
    /**
     * An acknowledgement has its end.
     *
     * @param correlationId as given to {@link DurableSubscriber#tryAcknowledge}.
     * @param outcome what became of it.
     */
    void onAcknowledged(long correlationId, AcknowledgeOutcome outcome);
}
