/**
 * Real ZeroMQ peers to test against: libzmq in a process of its own, JeroMQ in this JVM, a raw socket that can say wrong
 * things; the MQTT broker Mosquitto and a raw connection to it; and the checks that nothing is left after a test.
 *
 * <p>Called by: test threads.
 *
 * <p>Must not know: sockets and transports of this library; a test puts them opposite a peer.
 */
package io.sluicemq.testkit.peers;
