/**
 * What a publisher's process keeps about its topics: who subscribed to what, which message is retained, whose turn it is in a
 * shared subscription. Not API.
 *
 * <p>Called by: one thread for each object. Nothing here reads a clock, does I/O or makes random numbers.
 *
 * <p>Must not know: the journal, sessions, sockets.
 */
package io.sluicemq.durable.core;
