package io.sluicemq.testkit.peers;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.zeromq.ZMQ;

/**
 * JeroMQ in this JVM, with one I/O thread. A connect gets a handshake interval of one second unless the test sets another, since
 * JeroMQ 0.6.0 leaves some of its connections silent until that time is over; whoever listens for JeroMQ without being a ZeroMQ
 * socket must be ready to accept a second time. Any thread may call.
 */
public final class JeroMqPeer implements ZmqPeer {

    private static final long TERM_LIMIT_MS = 10_000;

    private final ZMQ.Context context = ZMQ.context(1);
    private final List<JeroMqSocket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger socketIds = new AtomicInteger();

    private JeroMqPeer() {}

    /**
     * Starts an instance of JeroMQ.
     *
     * @return the peer.
     */
    public static JeroMqPeer start() {
        return new JeroMqPeer();
    }

    @Override
    public String name() {
        return "jeromq";
    }

    @Override
    public PeerSocket open(final PeerSocketType type) {
        final JeroMqSocket socket = new JeroMqSocket(context, type, socketIds.incrementAndGet());
        sockets.add(socket);
        return socket;
    }

    @Override
    public void close() {
        for (final JeroMqSocket socket : sockets) {
            socket.abandon();
        }
        final Thread term = new Thread(context::term, "jeromq-peer-term");
        term.setDaemon(true);
        term.start();
        try {
            term.join(TERM_LIMIT_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (term.isAlive()) {
            throw new PeerException(
                    "jeromq: the context did not end, waitedMs=" + TERM_LIMIT_MS + ", sockets=" + sockets);
        }
    }
}
