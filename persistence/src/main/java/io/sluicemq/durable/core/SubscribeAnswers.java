package io.sluicemq.durable.core;

import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.SubscribeOutcome;
import io.sluicemq.durable.SubscribeResult;
import java.util.List;

/** What the answers of all hosts to a subscribe or unsubscribe come to. */
final class SubscribeAnswers {
    static final SubscribeResult PENDING = new SubscribeResult(SubscribeOutcome.PENDING, null, 0, "");
    static final SubscribeResult CLOSED = new SubscribeResult(SubscribeOutcome.CLOSED, null, 0, "");

    private SubscribeAnswers() {}

    /** Null as long as one is missing. Who will not be connected again answers nothing, and is not waited for. */
    static SubscribeResult of(final BookEntry entry, final List<SubscriberLink> links) {
        int granted = Integer.MAX_VALUE;
        Done refused = null;
        boolean none = true;
        for (final SubscriberLink link : links) {
            if (link.hasEnded()) {
                continue;
            }
            none = false;
            final ProducerState producer = link.producer();
            final Done done = producer == null ? null : entry.answerOf(producer.number());
            if (done == null) {
                return null;
            }
            if (done.reason() >= Reasons.REFUSED_FROM) {
                refused = done;
            } else {
                granted = Math.min(granted, Math.min(done.reason(), Qos.EXACTLY_ONCE));
            }
        }
        if (none) {
            return PENDING;
        }
        final QualityOfService qos = granted > Qos.EXACTLY_ONCE ? null : Qos.toPublic(granted);
        return refused == null
                ? new SubscribeResult(SubscribeOutcome.GRANTED, qos, 0, "")
                : new SubscribeResult(SubscribeOutcome.REFUSED, qos, refused.reason(), refused.text());
    }
}
