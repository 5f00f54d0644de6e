/**
 * Tests of sockets over all transports and against foreign peers, of leaks and of hostile peers.
 *
 * <p>Called by: the test runner.
 *
 * <p>Must not know: anything but public types and the testkit.
 */
package io.sluicemq.integration;
