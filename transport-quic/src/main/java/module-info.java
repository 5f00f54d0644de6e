/** The {@code quic://} transport. */
module io.sluicemq.transport.quic {
    requires transitive io.sluicemq.transport;
    requires io.netty.buffer;
    requires io.netty.codec.classes.quic;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires org.slf4j;

    exports io.sluicemq.transport.quic;

    provides io.sluicemq.transport.Transport with
            io.sluicemq.transport.quic.QuicTransport;
}
