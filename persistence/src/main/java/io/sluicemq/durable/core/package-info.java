/**
 * How a host and its subscribers reach what {@code io.sluicemq.durable} promises: the messages between them, and the states of
 * both, without sockets, files or clocks; and the agents that tie them to those.
 *
 * <p>Called by: the thread of the host or of the subscriber.
 *
 * <p>Must not know: any particular transport, Chronicle.
 */
package io.sluicemq.durable.core;
