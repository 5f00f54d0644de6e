/**
 * A link for datagrams that is as bad as a test wants it: delay, loss, reordering, a rate, a largest size, silence, and clients whose address changes.
 *
 * <p>Called by: test threads; the proxy has a thread of its own.
 *
 * <p>Must not know: what the datagrams carry.
 */
package io.sluicemq.testkit.udp;
