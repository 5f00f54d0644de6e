/** The public sockets. Transports are found at run time. */
module io.sluicemq.sockets {
    requires transitive io.sluicemq.transport;
    requires org.slf4j;

    uses io.sluicemq.transport.Transport;

    exports io.sluicemq;
    exports io.sluicemq.stat;
}
