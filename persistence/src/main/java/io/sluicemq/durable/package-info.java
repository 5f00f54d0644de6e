/**
 * Durable publish/subscribe without a broker: a {@link io.sluicemq.durable.DurablePublisher} keeps what it publishes and the sessions of
 * its subscribers in a journal, a {@link io.sluicemq.durable.DurableSubscriber} keeps an inbox, and messages of QoS 0, 1 and 2 pass
 * between them over restarts and kills of either side. A {@link io.sluicemq.durable.DurableReplay} reads messages of the past. Topics,
 * filters, retained messages, wills, expiry and shared subscriptions are as in MQTT 5.0.
 *
 * <p>Called by: application threads, any number of them at a time unless a type says otherwise; listeners are called by the thread that
 * each publisher and each subscriber has.
 *
 * <p>Must not know: any particular transport, any broker, Chronicle.
 */
package io.sluicemq.durable;
