package io.sluicemq.durable;

/**
 * Is told what became of acknowledgements that nobody waits for. Called by the subscriber's thread, which must not be held up: methods of the
 * subscriber that wait for that thread throw {@link IllegalStateException} here; {@link DurableSubscriber#tryAcknowledge} and
 * {@link DurableSubscriber#stats} may be called.
 */
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
