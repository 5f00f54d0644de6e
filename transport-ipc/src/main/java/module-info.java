/** The {@code ipc://} and {@code shm://} transports. */
module io.sluicemq.transport.ipc {
    requires transitive io.sluicemq.transport;
    requires jdk.net;
    requires org.slf4j;

    exports io.sluicemq.transport.ipc;

    provides io.sluicemq.transport.Transport with
            io.sluicemq.transport.ipc.IpcTransport,
            io.sluicemq.transport.ipc.ShmTransport;
}
