/**
 * Tests of memory order for the rings, in the package of what they test.
 *
 * <p>Called by: the jcstress runner, from several threads at once.
 *
 * <p>Must not know: the sockets.
 */
package io.sluicemq.transport;
