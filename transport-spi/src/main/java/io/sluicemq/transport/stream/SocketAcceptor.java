package io.sluicemq.transport.stream;

import io.sluicemq.transport.TransportContext;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in those who connect to a bound socket of the JDK, of the internet or of the Unix domain. Agent thread. */
public final class SocketAcceptor implements TransportContext.ReadyHandler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketAcceptor.class);

    /** Peers accepted in one turn, so that a crowd at the door does not stop those inside. */
    private static final int MAX_ACCEPTED_PER_TURN = 16;

    /** After a failure such as too many open files, which a retry in the next turn would only meet again. */
    private static final long ACCEPT_PAUSE_NS = 100_000_000L;

    private final TransportContext context;
    private final ServerSocketChannel channel;
    private final String endpoint;
    private final Admission admission;
    private final SelectionKey key;
    private boolean failing;

    /**
     * Begins to accept.
     *
     * @param context of the agent.
     * @param channel bound and in non-blocking mode; belongs to this object unless the constructor fails.
     * @param endpoint for people.
     * @param admission asked for each peer.
     * @throws IOException when the channel is closed.
     */
    public SocketAcceptor(
            final TransportContext context,
            final ServerSocketChannel channel,
            final String endpoint,
            final Admission admission)
            throws IOException {
        this.context = context;
        this.channel = channel;
        this.endpoint = endpoint;
        this.admission = admission;
        this.key = context.register(channel, SelectionKey.OP_ACCEPT, this);
    }

    /** Decides about one who connects. */
    @FunctionalInterface
    public interface Admission {
        /**
         * A peer has come.
         *
         * @param peer in non-blocking mode; belongs to the callee if the result is true, else it is closed.
         * @return whether it may stay.
         * @throws IOException when it is gone already; it is closed.
         */
        boolean admit(SocketChannel peer) throws IOException;
    }

    @Override
    public void onReady(final SelectionKey ready) {
        try {
            int accepted = 0;
            while (accepted < MAX_ACCEPTED_PER_TURN && channel.isOpen() && acceptOne()) {
                accepted++;
            }
        } catch (final RuntimeException | Error e) {
            // Trouble with one peer must not end the listening, as it would if it came to the agent.
            LOG.error("{}: a peer could not be served", endpoint, e);
        }
    }

    private boolean acceptOne() {
        final SocketChannel peer;
        try {
            peer = channel.accept();
        } catch (final IOException e) {
            onAcceptFailed(e);
            return false;
        }
        failing = false;
        if (peer != null) {
            admit(peer);
        }
        return peer != null;
    }

    private void admit(final SocketChannel peer) {
        boolean admitted = false;
        try {
            peer.configureBlocking(false);
            admitted = admission.admit(peer);
        } catch (final IOException e) {
            LOG.debug("{}: a peer was gone before it could be served", endpoint, e);
        } finally {
            if (!admitted) {
                Channels.closeQuietly(peer);
            }
        }
    }

    private void onAcceptFailed(final IOException e) {
        if (!failing) {
            LOG.warn("{}: cannot accept, limit=open files of the process, raise it: {}", endpoint, e.getMessage());
            failing = true;
        }
        if (channel.isOpen()) {
            key.interestOps(0);
            context.schedule(context.nowNs() + ACCEPT_PAUSE_NS, this::acceptAgain);
        }
    }

    private void acceptAgain() {
        if (key.isValid()) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    /** Stops accepting. Twice does nothing. */
    @Override
    public void close() {
        Channels.closeQuietly(channel);
    }
}
