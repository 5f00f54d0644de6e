/**
 * Sockets of this library against libzmq and JeroMQ: a matrix of everything with everything, and the behaviour at the edges.
 *
 * <p>Called by: the test runner.
 *
 * <p>Must not know: anything but public types and the testkit.
 */
package io.sluicemq.integration.interop;
