/** What a medium must supply to carry messages, and the ZMTP wire protocol as pure functions of bytes and time. */
module io.sluicemq.transport {
    requires transitive org.agrona;
    requires org.slf4j;

    exports io.sluicemq.transport;
    exports io.sluicemq.transport.stream;
    exports io.sluicemq.transport.tls;
    exports io.sluicemq.wire;
}
