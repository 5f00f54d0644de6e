/** The {@code ipc://} and {@code shm://} transports. */
module io.sluicemq.transport.ipc {
    requires transitive io.sluicemq.transport;
    requires org.slf4j;
}
