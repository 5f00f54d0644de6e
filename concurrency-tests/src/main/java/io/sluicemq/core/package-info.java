/**
 * Tests of memory order for the waiting and the tables of sockets, in the package of what they test.
 *
 * <p>Called by: the jcstress runner, from several threads at once.
 *
 * <p>Must not know: the network.
 */
package io.sluicemq.core;
