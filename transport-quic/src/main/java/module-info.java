/** The {@code quic://} transport. */
module io.sluicemq.transport.quic {
    requires io.sluicemq.transport;
}
