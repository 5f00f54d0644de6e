package io.sluicemq.durable;

/**
 * Answer to a subscribe or unsubscribe.
 *
 * @param outcome what became of it.
 * @param granted the lowest quality of service that a host granted; null if none did.
 * @param reason code of MQTT 5.0 section 2.4 of the host that refused; else 0.
 * @param text of the host that refused; else empty.
 */
public record SubscribeResult(SubscribeOutcome outcome, QualityOfService granted, int reason, String text) {}
