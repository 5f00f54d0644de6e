package io.sluicemq.bench;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** JeroMQ. Socket options are its defaults, except for the handshake interval and {@code --hwm=N}. */
final class JeroMqPerf implements PerfProgram {
    /** JeroMQ 0.6.0 leaves some connections silent until this time is over and it connects anew (zeromq/jeromq#1022). */
    private static final int HANDSHAKE_MS = 1_000;

    private static final int DEFAULT_HIGH_WATER_MARK = 1_000;

    public static void main(final String[] args) {
        PerfProgram.main(new JeroMqPerf(), args);
    }

    @Override
    public void localThroughput(final PerfArguments run) {
        try (ZMQ.Context context = ZMQ.context(1)) {
            pull(open(context, SocketType.PULL, true, run), run.load());
        }
    }

    @Override
    public void remoteThroughput(final PerfArguments run) {
        try (ZMQ.Context context = ZMQ.context(1)) {
            push(open(context, SocketType.PUSH, false, run), run.load());
        }
    }

    @Override
    public void localLatency(final PerfArguments run) {
        try (ZMQ.Context context = ZMQ.context(1)) {
            reply(open(context, SocketType.REP, true, run), run.load());
        }
    }

    @Override
    public void remoteLatency(final PerfArguments run) throws Exception {
        try (ZMQ.Context context = ZMQ.context(1)) {
            Figures.roundTrips(request(open(context, SocketType.REQ, false, run), run.load()));
        }
    }

    @Override
    public void inprocThroughput(final PerfArguments run) throws InterruptedException {
        try (ZMQ.Context context = ZMQ.context(1)) {
            final ZMQ.Socket pull = open(context, SocketType.PULL, true, run);
            final Helper sender =
                    Helper.start("push", () -> push(open(context, SocketType.PUSH, false, run), run.load()));
            pull(pull, run.load());
            sender.join();
        }
    }

    @Override
    public void inprocLatency(final PerfArguments run) throws Exception {
        try (ZMQ.Context context = ZMQ.context(1)) {
            final ZMQ.Socket rep = open(context, SocketType.REP, true, run);
            final Helper replier = Helper.start("rep", () -> reply(rep, run.load()));
            final Histogram roundTripsNs = request(open(context, SocketType.REQ, false, run), run.load());
            replier.join();
            Figures.roundTrips(roundTripsNs);
        }
    }

    @Override
    public void fanOutPublish(final PerfArguments run) {
        JeroMqMany.publish(run);
    }

    @Override
    public void fanOutSubscribe(final PerfArguments run) {
        JeroMqMany.subscribe(run);
    }

    @Override
    public void fanInPull(final PerfArguments run) {
        JeroMqMany.pull(run);
    }

    @Override
    public void fanInPush(final PerfArguments run) {
        JeroMqMany.push(run);
    }

    @Override
    public void localIdle(final PerfArguments run) throws Exception {
        JeroMqMany.localIdle(run);
    }

    @Override
    public void remoteIdle(final PerfArguments run) throws InterruptedException {
        JeroMqMany.remoteIdle(run);
    }

    @Override
    public void localRate(final PerfArguments run) {
        JeroMqMany.echo(run);
    }

    @Override
    public void remoteRate(final PerfArguments run) throws Exception {
        JeroMqMany.atFixedRate(run);
    }

    static ZMQ.Socket socket(final ZMQ.Context context, final SocketType type, final PerfArguments run) {
        final ZMQ.Socket socket = context.socket(type);
        final int highWaterMark = run.highWaterMark(DEFAULT_HIGH_WATER_MARK);
        socket.setSndHWM(highWaterMark);
        socket.setRcvHWM(highWaterMark);
        socket.setHandshakeIvl(HANDSHAKE_MS);
        return socket;
    }

    static ZMQ.Socket open(
            final ZMQ.Context context, final SocketType type, final boolean binds, final PerfArguments run) {
        final ZMQ.Socket socket = socket(context, type, run);
        final String endpoint = run.load().endpoint();
        if (!(binds ? socket.bind(endpoint) : socket.connect(endpoint))) {
            throw new IllegalStateException("cannot open endpoint=" + endpoint + " errno=" + socket.errno());
        }
        return socket;
    }

    private static void push(final ZMQ.Socket socket, final Load load) {
        try (socket) {
            byte[] message = new byte[load.size()];
            for (long i = 0; i < load.total(); i++) {
                if (load.verify()) {
                    // inproc passes the array on, so each message needs its own.
                    message = new byte[load.size()];
                    Payload.fill(new UnsafeBuffer(message), load.size(), i);
                }
                require(socket.send(message, 0), "send");
            }
        }
    }

    private static void pull(final ZMQ.Socket socket, final Load load) {
        try (socket) {
            final Meter meter = new Meter(load);
            while (!meter.isComplete()) {
                meter.accept(receiveOne(socket));
            }
            Figures.rate(meter.messagesPerSecond());
        }
    }

    private static void reply(final ZMQ.Socket socket, final Load load) {
        try (socket) {
            final Meter meter = new Meter(load);
            while (!meter.isComplete()) {
                final byte[] request = receiveOne(socket);
                meter.accept(request);
                require(socket.send(request, 0), "send");
            }
        }
    }

    private static Histogram request(final ZMQ.Socket socket, final Load load) throws Exception {
        try (socket) {
            final Meter replies = new Meter(load);
            return RoundTrips.measure(load, request -> {
                require(socket.send(load.verify() ? request.byteArray().clone() : request.byteArray(), 0), "send");
                replies.accept(receiveOne(socket));
            });
        }
    }

    static byte[] receiveOne(final ZMQ.Socket socket) {
        final byte[] message = socket.recv(0);
        require(message != null, "receive");
        return message;
    }

    static void require(final boolean done, final String what) {
        if (!done) {
            throw new IllegalStateException("JeroMQ failed to " + what);
        }
    }
}
