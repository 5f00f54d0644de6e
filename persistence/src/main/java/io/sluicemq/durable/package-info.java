/**
 * Durable publish/subscribe: topics and topic filters as in MQTT 5.0.
 *
 * <p>Called by: application threads.
 *
 * <p>Must not know: any particular transport, any broker.
 */
package io.sluicemq.durable;
