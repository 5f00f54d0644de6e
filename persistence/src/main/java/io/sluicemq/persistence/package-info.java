/**
 * The journal and what stands on it: durable publish/subscribe and durable queues.
 *
 * <p>Called by: application threads at the public types; file work happens on the journal's own thread only.
 *
 * <p>Must not know: any particular transport, any broker.
 */
package io.sluicemq.persistence;
