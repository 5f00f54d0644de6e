package io.sluicemq.cli;

import io.sluicemq.ContextOptions;
import io.sluicemq.PeerInfo;
import io.sluicemq.Socket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.CloseReason;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a socket is bound and connected, and what every socket type can be told. */
final class Attachment {
    private static final int MAX_IDENTITY_BYTES = 255;

    @Option(
            names = "--bind",
            arity = "1..*",
            paramLabel = "ENDPOINT",
            description = "listen there, such as tcp://127.0.0.1:5555, ipc:///tmp/jobs or shm://jobs (memory shared "
                    + "with another process here); host * takes all interfaces, and port 0 a free port, ipc://* and "
                    + "shm://* a fresh path, which is named on standard error")
    private List<String> binds = new ArrayList<>();

    @Option(
            names = "--connect",
            arity = "1..*",
            paramLabel = "ENDPOINT",
            description = "connect there; the other side need not be up yet, which is told once on standard error. "
                    + "Bind and connect may be given together, and several times")
    private List<String> connects = new ArrayList<>();

    @Option(
            names = "--identity",
            paramLabel = "ID",
            description = "own routing id, by which a ROUTER knows this socket")
    private String identity;

    @Option(
            names = "--hwm",
            paramLabel = "N",
            description = "messages that may wait for each peer and from each peer; 0 leaves the limits in bytes "
                    + "(default 1000)")
    private int highWaterMark = SocketOptions.DEFAULT_HIGH_WATER_MARK;

    @Mixin
    private Encryption encryption;

    @Option(names = "--verbose", description = "tell of each connection and each attempt on standard error")
    private boolean verbose;

    SocketOptions options(final String name, final PrintWriter err) {
        if (binds.isEmpty() && connects.isEmpty()) {
            throw new IllegalArgumentException(
                    "endpoints=0, limit=1, add --bind ENDPOINT or --connect ENDPOINT, such as --connect tcp://127.0.0.1:5555");
        }
        Numbers.atLeast("hwm", highWaterMark, 0, "give 0 for no mark, or more");
        final SocketOptions.Builder options =
                SocketOptions.builder().sendHighWaterMark(highWaterMark).receiveHighWaterMark(highWaterMark);
        if (identity != null) {
            final byte[] id = identity.getBytes(StandardCharsets.UTF_8);
            if (id.length == 0 || id.length > MAX_IDENTITY_BYTES) {
                throw new IllegalArgumentException("identity=" + id.length + " bytes, limit=1.." + MAX_IDENTITY_BYTES
                        + " bytes, choose another, or leave --identity out for none");
            }
            options.routingId(id);
        }
        options.listener(verbose ? new Teller(name, err) : new ConnectTeller(text -> err.println(name + ": " + text)));
        return options.build();
    }

    ContextOptions contextOptions(final String name, final PrintWriter err) {
        return encryption
                .contextOptions(
                        text -> err.println(name + ": " + text),
                        Stream.concat(binds.stream(), connects.stream()).toList())
                .build();
    }

    /** Binds and connects, and names what had a wildcard. */
    void attach(final Socket socket, final String name, final PrintWriter err) {
        for (final String endpoint : binds) {
            final String bound = encryption.bind(socket, endpoint);
            if (!bound.equals(endpoint)) {
                err.println(name + ": listening on " + bound);
            }
        }
        for (final String endpoint : connects) {
            socket.connect(endpoint);
        }
    }

    /** Says what happens to the connections. */
    private record Teller(String name, PrintWriter err) implements SocketListener {
        @Override
        public void onListening(final String endpoint) {
            err.println(name + ": bound to " + endpoint);
        }

        @Override
        public void onConnected(final PeerInfo peer) {
            err.println(name + ": peer " + peer.id() + " is here, " + peer.endpoint());
        }

        @Override
        public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
            err.println(name + ": peer " + peer.id() + " is gone, " + reason + ", " + detail);
        }

        @Override
        public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
            err.println(name + ": no connection to " + address + ", " + reason + ", " + detail);
        }

        @Override
        public void onConnectRetry(final String endpoint, final long delayNs) {
            err.println(name + ": next attempt to " + endpoint + " in " + delayNs / 1_000_000 + " ms");
        }
    }
}
