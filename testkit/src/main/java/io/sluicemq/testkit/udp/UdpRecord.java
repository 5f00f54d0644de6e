package io.sluicemq.testkit.udp;

/**
 * A datagram that a proxy saw, whether it arrived or not.
 *
 * @param toServer its direction.
 * @param passed whether it was not lost.
 * @param bytes all of it; not to be changed.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record UdpRecord(boolean toServer, boolean passed, byte[] bytes) {}
