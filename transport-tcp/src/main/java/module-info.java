/** The {@code tcp://} and {@code tls+tcp://} transports. */
module io.sluicemq.transport.tcp {
    requires transitive io.sluicemq.transport;
    requires jdk.net;
    requires org.slf4j;

    exports io.sluicemq.transport.tcp;

    provides io.sluicemq.transport.Transport with
            io.sluicemq.transport.tcp.TcpTransport,
            io.sluicemq.transport.tcp.TlsTcpTransport;
}
