/** Patterns built on sockets alone. */
module io.sluicemq.patterns {
    requires transitive io.sluicemq.sockets;
}
