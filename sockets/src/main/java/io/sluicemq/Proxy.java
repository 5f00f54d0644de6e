package io.sluicemq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Carries messages between two sockets: ROUTER and DEALER as a shared queue, XSUB and XPUB as a forwarder, PULL and PUSH as a
 * streamer. It keeps whole messages whole, and when one side is full it stops taking from the other, so nothing is lost in
 * it; only a message for a peer that a mandatory ROUTER does not know is dropped.
 *
 * <p>{@link #run()} is for one thread; the other methods for any.
 */
public final class Proxy {
    private static final Duration POLL = Duration.ofMillis(10);

    private final List<ProxyLane> lanes = new ArrayList<>();
    private final Socket frontend;
    private final Socket backend;
    private final Socket control;
    private volatile boolean paused;
    private volatile boolean stopped;

    private Proxy(final Builder builder) {
        frontend = builder.frontend;
        backend = builder.backend;
        control = builder.control;
        if (frontend instanceof Receiver source && backend instanceof Sender target) {
            lanes.add(new ProxyLane(source, target, builder.capture));
        }
        if (backend instanceof Receiver source && frontend instanceof Sender target) {
            lanes.add(new ProxyLane(source, target, builder.capture));
        }
    }

    /**
     * Starts with the two sides.
     *
     * @param frontend bound or connected by the caller.
     * @param backend bound or connected by the caller.
     * @return a new builder.
     */
    public static Builder builder(final Socket frontend, final Socket backend) {
        return new Builder(frontend, backend);
    }

    /**
     * Carries messages until {@link #stop()}, TERMINATE, or the close of either side. The sockets stay open.
     *
     * @throws InterruptedException when the thread is interrupted; a message taken and not sent on is lost then.
     */
    public void run() throws InterruptedException {
        final Poller poller = new Poller();
        for (final ProxyLane lane : lanes) {
            poller.addReceiver(lane.source());
        }
        if (control != null) {
            poller.addReceiver((Receiver) control);
        }
        final Message command = new Message();
        while (!stopped && !frontend.isClosed() && !backend.isClosed()) {
            if (control != null && ((Receiver) control).tryReceive(command)) {
                obey(command);
            }
            if (carry() == 0) {
                await(poller);
            }
        }
    }

    private int carry() {
        int carried = 0;
        if (!paused) {
            for (final ProxyLane lane : lanes) {
                carried += lane.carry();
            }
        }
        return carried;
    }

    private void await(final Poller poller) throws InterruptedException {
        if (!paused && lanes.stream().noneMatch(ProxyLane::isPending)) {
            poller.poll(POLL);
            return;
        }
        // Something waits for a side that is full, or the traffic is paused: its sources being ready says nothing then.
        final Poller other = new Poller();
        if (control != null) {
            other.addReceiver((Receiver) control);
        }
        if (!paused) {
            lanes.stream().filter(ProxyLane::isPending).forEach(lane -> other.addSender(lane.target()));
        }
        other.poll(POLL);
    }

    /** Stops carrying, and lets messages wait where they are. */
    public void pause() {
        paused = true;
    }

    /** Goes on after {@link #pause()}. */
    public void resume() {
        paused = false;
    }

    /** Makes {@link #run()} return. */
    public void stop() {
        stopped = true;
    }

    /**
     * What was carried so far.
     *
     * @return a snapshot.
     */
    public ProxyStats statistics() {
        final boolean forward = frontend instanceof Receiver && backend instanceof Sender;
        final ProxyLane out = forward ? lanes.get(0) : null;
        final ProxyLane back = forward ? (lanes.size() > 1 ? lanes.get(1) : null) : lanes.get(0);
        return new ProxyStats(
                out == null ? 0 : out.messages(),
                out == null ? 0 : out.bytes(),
                back == null ? 0 : back.messages(),
                back == null ? 0 : back.bytes());
    }

    private void obey(final Message command) {
        final Message reply = new Message();
        switch (command.text()) {
            case "PAUSE" -> pause();
            case "RESUME" -> resume();
            case "TERMINATE" -> stop();
            case "STATISTICS" -> addStatistics(reply);
            default -> reply.add("unknown command, use PAUSE, RESUME, TERMINATE or STATISTICS");
        }
        if (control instanceof RepSocket || reply.frameCount() > 0) {
            if (reply.frameCount() == 0) {
                reply.add(new byte[0]);
            }
            ((Sender) control).trySend(reply);
        }
    }

    /** Eight numbers as zmq_proxy_steerable gives them: in and out of the frontend, then of the backend; messages, bytes. */
    private void addStatistics(final Message reply) {
        final ProxyStats stats = statistics();
        final long[] numbers = {
            stats.frontendMessages(), stats.frontendBytes(), stats.backendMessages(), stats.backendBytes(),
            stats.backendMessages(), stats.backendBytes(), stats.frontendMessages(), stats.frontendBytes()
        };
        for (final long number : numbers) {
            reply.add(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putLong(number)
                    .flip());
        }
    }

    /** Collects the parts of a proxy. For one thread. */
    public static final class Builder {
        private final Socket frontend;
        private final Socket backend;
        private Sender capture;
        private Socket control;

        private Builder(final Socket frontend, final Socket backend) {
            this.frontend = Objects.requireNonNull(frontend, "frontend");
            this.backend = Objects.requireNonNull(backend, "backend");
        }

        /**
         * Sends a copy of each message, of both directions, to a third socket. One that is full misses messages.
         *
         * @param socket such as a PUB or a PUSH.
         * @return this.
         */
        public Builder capture(final Sender socket) {
            capture = socket;
            return this;
        }

        /**
         * Obeys the commands PAUSE, RESUME, TERMINATE and STATISTICS that come on a socket, as zmq_proxy_steerable.
         *
         * @param socket a REP or a PAIR; a REP answers each command.
         * @return this.
         */
        public Builder control(final Socket socket) {
            if (!(socket instanceof RepSocket || socket instanceof PairSocket)) {
                throw new IllegalArgumentException(
                        "control=" + socket.type() + ", limit=REP or PAIR, use one of these");
            }
            control = socket;
            return this;
        }

        /**
         * Makes the proxy.
         *
         * @return a proxy to be run.
         * @throws IllegalArgumentException when no message can pass between the two types.
         */
        public Proxy build() {
            final Proxy proxy = new Proxy(this);
            if (proxy.lanes.isEmpty()) {
                throw new IllegalArgumentException("frontend=" + frontend.type() + " and backend=" + backend.type()
                        + ", limit=one that receives and one that sends, use ROUTER and DEALER, XSUB and XPUB, or PULL"
                        + " and PUSH");
            }
            return proxy;
        }
    }
}
