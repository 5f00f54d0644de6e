package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.PeerInfo;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.SocketStats;
import io.sluicemq.stat.SocketStat;
import io.sluicemq.stat.StatReader;
import io.sluicemq.transport.CloseReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Watches a socket: by its listener, by its account, and from outside by the statistics file. */
public final class WatchSocket {
    private WatchSocket() {}

    /** Queues three messages for a peer that never comes, and closes. */
    public static void main(final String[] args) throws InterruptedException, IOException {
        // tag::options[]
        final SocketOptions options =
                SocketOptions.builder().listener(new Log()).build();
        // end::options[]
        try (Context context = Context.create()) {
            final PushSocket push = context.push(options);
            push.connect("inproc://nobody");
            for (int i = 0; i < 3; i++) {
                push.send("lost");
            }

            // tag::file[]
            final Path file = context.statFile().orElseThrow();
            for (final SocketStat socket : StatReader.open(file).sockets()) {
                System.out.println(socket.socketType() + " sent " + socket.messagesSent());
            }
            // end::file[]

            // tag::stats[]
            final long left = push.close(Duration.ofMillis(10));
            final SocketStats stats = push.stats();
            System.out.println("left behind: " + left + ", counted: " + stats.dropped(DropCause.LINGER_EXPIRED));
            // end::stats[]
        }
    }

    // tag::listener[]
    /** Every method has an empty default; these run on the I/O agent. */
    private static final class Log implements SocketListener {
        @Override
        public void onConnected(final PeerInfo peer) {
            System.out.println("connected to " + peer.endpoint());
        }

        @Override
        public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
            System.out.println("lost " + peer.endpoint() + ": " + reason + ", " + detail);
        }

        @Override
        public void onDropped(final DropCause cause, final long messages) {
            System.out.println("dropped " + messages + ": " + cause);
        }
    }
    // end::listener[]
}
