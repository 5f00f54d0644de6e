package io.sluicemq.core;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportDriver.BoundEndpoint;
import io.sluicemq.transport.TransportOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where a socket is bound and connected. Any thread may call; the work is done on the socket's I/O agent. */
public final class Endpoints {
    /** More than there is room for. */
    private static final int MAX_SHOWN = 64;

    private final SocketCore socket;

    // Agent only.
    private final List<BoundEndpoint> bound = new ArrayList<>();
    private final List<Dialer> dialers = new ArrayList<>();

    private volatile String last = "";

    Endpoints(final SocketCore socket) {
        this.socket = socket;
    }

    /**
     * Binds, in any order with connects.
     *
     * @param endpoint to listen on; wildcards and port 0 as the transport has them.
     * @return the endpoint with wildcards resolved.
     */
    public String bind(final String endpoint) {
        return socket.agent().call(() -> {
            refuseClosed("bind");
            final Endpoint parsed = socket.checked(endpoint);
            final BoundEndpoint listener = socket.agent()
                    .drivers()
                    .get(parsed.scheme(), socket.agent())
                    .listen(parsed, new Acceptor(socket));
            bound.add(listener);
            last = listener.endpoint().toString();
            showEndpoints();
            final String resolved = last;
            socket.tell(() -> socket.options().listener().onListening(resolved));
            return resolved;
        });
    }

    /**
     * Connects, now and again after each loss.
     *
     * @param endpoint of the peer.
     */
    public void connect(final String endpoint) {
        socket.agent().call(() -> {
            refuseClosed("connect");
            final Dialer dialer = new Dialer(socket, socket.checked(endpoint), socket.nextPipeId());
            dialers.add(dialer);
            last = dialer.endpoint().toString();
            showEndpoints();
            socket.connecting(dialer.pipe());
            dialFirst(dialer);
            return null;
        });
    }

    /** A refused endpoint must leave no pipe behind that takes messages for nobody. */
    private void dialFirst(final Dialer dialer) {
        try {
            dialer.dial();
        } catch (final RuntimeException e) {
            socket.remove(dialer.pipe());
            throw e;
        }
    }

    /**
     * Stops listening; peers that came before stay.
     *
     * @param endpoint as returned by {@link #bind}.
     * @return whether the socket was bound there.
     */
    public boolean unbind(final String endpoint) {
        return socket.agent().call(() -> {
            for (final BoundEndpoint listener : bound) {
                if (listener.endpoint().toString().equals(endpoint)) {
                    bound.remove(listener);
                    listener.close();
                    showEndpoints();
                    socket.agent().releaseClosedChannels();
                    return true;
                }
            }
            return false;
        });
    }

    /**
     * Ends what {@link #connect} began; what waits for that peer is sent first, within the linger time.
     *
     * @param endpoint as given to connect.
     * @return whether the socket was connected there.
     */
    public boolean disconnect(final String endpoint) {
        return socket.agent().call(() -> {
            final String wanted = Endpoint.parse(endpoint).toString();
            for (final Dialer dialer : dialers) {
                if (dialer.endpoint().toString().equals(wanted)
                        && !dialer.pipe().isFinishing()) {
                    finishOne(dialer);
                    return true;
                }
            }
            return false;
        });
    }

    private void finishOne(final Dialer dialer) {
        final Pipe pipe = dialer.pipe();
        pipe.finish();
        final IoAgent agent = socket.agent();
        agent.schedule(agent.nowNs() + Math.min(Waits.nanos(socket.options().linger()), Long.MAX_VALUE / 4), () -> {
            dialer.stop();
            pipe.abort(CloseReason.CLOSED_LOCALLY, "disconnected");
        });
    }

    /**
     * The endpoint of the last bind or connect.
     *
     * @return resolved; empty before the first.
     */
    public String last() {
        return last;
    }

    /** Names to other processes where the socket is bound and connected now. */
    private void showEndpoints() {
        socket.counters()
                .endpoints(Stream.concat(
                                bound.stream().map(BoundEndpoint::endpoint),
                                dialers.stream().map(Dialer::endpoint))
                        .limit(MAX_SHOWN)
                        .map(Endpoint::toString)
                        .toList());
    }

    /** Agent: stops listening everywhere. */
    void unbindAll() {
        for (final BoundEndpoint listener : bound) {
            listener.close();
        }
        if (!bound.isEmpty()) {
            bound.clear();
            socket.agent().releaseClosedChannels();
        }
    }

    /** Agent: no attempt to connect from now on. */
    void stopDialing() {
        for (final Dialer dialer : List.copyOf(dialers)) {
            dialer.stop();
        }
    }

    /** Agent: a dialed pipe is gone for good. */
    void forget(final Pipe pipe) {
        if (pipe.dialer() != null && pipe.dialer().pipe() == pipe) {
            pipe.dialer().stop();
            dialers.remove(pipe.dialer());
            if (!socket.isClosed()) {
                showEndpoints();
            }
        }
    }

    private void refuseClosed(final String call) {
        if (socket.isClosed()) {
            throw new IllegalStateException(call + "=on a closed socket, limit=none, make a new one");
        }
    }

    /** What a listener of this socket asks of it. */
    private record Acceptor(SocketCore socket) implements PipeAcceptor {
        @Override
        public PipeEnd accept(final String remoteAddress) {
            return socket.accept(remoteAddress);
        }

        @Override
        public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
            return socket.options().pipeOptions().transportOptions(type, defaults);
        }

        @Override
        public boolean takesEarly() {
            return socket.observer().takesEarly();
        }

        @Override
        public boolean takesEarlyMessages() {
            return socket.observer().takesEarlyMessages();
        }
    }
}
