/** The {@code ipc://} and {@code shm://} transports. */
module io.sluicemq.transport.ipc {
    requires io.sluicemq.transport;
}
