package io.sluicemq.integration.interop;

import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/** A foreign library, and a transport that it has in common with us. JeroMQ's ipc is a tcp port in disguise. */
enum Way {
    LIBZMQ_TCP(Peers.LIBZMQ, "tcp"),
    LIBZMQ_IPC(Peers.LIBZMQ, "ipc"),
    JEROMQ_TCP(Peers.JEROMQ, "tcp");

    private final String peer;
    private final String transport;

    Way(final String peer, final String transport) {
        this.peer = peer;
        this.transport = transport;
    }

    String peer() {
        return peer;
    }

    String transport() {
        return transport;
    }

    /** To bind to on our side. */
    String any() {
        return "tcp".equals(transport) ? OurSocket.ANY_PORT : "ipc://*";
    }

    /** To bind to on their side. What libzmq makes of {@code ipc://*} is relative to its own working directory. */
    String theirAny(final Path folder) {
        return "tcp".equals(transport)
                ? InteropTestBase.THEIR_ANY_PORT
                : "ipc://" + folder.resolve(UUID.randomUUID().toString());
    }

    /** What there is time for: all over tcp; over ipc, which only carries the same bytes, what stands for the rest. */
    Stream<Pairing> pairings(final boolean all) {
        return Pairing.all().stream().filter(pairing -> all || "tcp".equals(transport) || pairing.isRepresentative());
    }
}
