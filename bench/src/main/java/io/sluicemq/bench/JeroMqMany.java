package io.sluicemq.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** The modes of {@link JeroMqPerf} with many sockets or connections, and at a fixed rate. */
final class JeroMqMany {
    private static final int BATCH = 64;

    private JeroMqMany() {}

    /** Waits for a full subscriber in place of dropping, so that all that is sent is delivered. */
    static void publish(final PerfArguments run) {
        final Load load = run.load();
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket pub = JeroMqPerf.socket(context, SocketType.XPUB, run)) {
            pub.setXpubNoDrop(true);
            pub.setXpubVerbose(true);
            JeroMqPerf.require(pub.bind(load.endpoint()), "bind");
            for (int i = 0; i < run.peers(); i++) {
                JeroMqPerf.receiveOne(pub);
            }
            for (long i = 0; i < load.total(); i++) {
                JeroMqPerf.require(pub.send(message(load, i), 0), "send");
            }
        }
    }

    static void subscribe(final PerfArguments run) {
        final FanMeter meter = new FanMeter(run.load(), run.peers(), run.peers());
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        try (ZMQ.Context context = ZMQ.context(1)) {
            final ZMQ.Socket[] subs = connectMany(context, SocketType.SUB, run);
            while (!meter.isComplete()) {
                final long before = meter.received();
                for (int i = 0; i < subs.length; i++) {
                    byte[] message = subs[i].recv(ZMQ.DONTWAIT);
                    for (int some = 1; message != null; some++) {
                        view.wrap(message);
                        meter.acceptAt(i, view, 0, message.length);
                        message = some < BATCH ? subs[i].recv(ZMQ.DONTWAIT) : null;
                    }
                }
                if (meter.received() == before) {
                    Idle.YIELD.idle();
                }
            }
            Figures.rate(meter.messagesPerSecond());
            closeAll(subs);
        }
    }

    static void pull(final PerfArguments run) {
        final FanMeter meter = new FanMeter(run.load(), run.peers(), 1);
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket pull = JeroMqPerf.open(context, SocketType.PULL, true, run)) {
            while (!meter.isComplete()) {
                final byte[] message = JeroMqPerf.receiveOne(pull);
                view.wrap(message);
                meter.acceptFromAny(view, 0, message.length);
            }
        }
        Figures.rate(meter.messagesPerSecond());
    }

    static void push(final PerfArguments run) {
        try (ZMQ.Context context = ZMQ.context(1)) {
            final ZMQ.Socket[] pushes = connectMany(context, SocketType.PUSH, run);
            for (long i = 0; i < run.load().total(); i++) {
                JeroMqPerf.require(pushes[(int) (i % pushes.length)].send(message(run.load(), i), 0), "send");
            }
            closeAll(pushes);
        }
    }

    static void localIdle(final PerfArguments run) throws IOException, InterruptedException {
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket pull = JeroMqPerf.open(context, SocketType.PULL, true, run)) {
            JeroMqPerf.require(pull.getType() == SocketType.PULL.type(), "open");
            new IdleWatch(run).run();
        }
    }

    static void remoteIdle(final PerfArguments run) throws InterruptedException {
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket push = JeroMqPerf.socket(context, SocketType.PUSH, run)) {
            for (int i = 0; i < run.peers(); i++) {
                JeroMqPerf.require(push.connect(run.load().endpoint()), "connect");
            }
            TimeUnit.DAYS.sleep(1);
        }
    }

    static void echo(final PerfArguments run) {
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket dealer = JeroMqPerf.open(context, SocketType.DEALER, true, run)) {
            for (long i = 0; i < run.load().total(); i++) {
                JeroMqPerf.require(dealer.send(JeroMqPerf.receiveOne(dealer), 0), "send");
            }
        }
    }

    static void atFixedRate(final PerfArguments run) throws Exception {
        final FixedRate rate = new FixedRate(run);
        final UnsafeBuffer view = new UnsafeBuffer(0, 0);
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket dealer = JeroMqPerf.open(context, SocketType.DEALER, false, run)) {
            rate.run(
                    // The library keeps the array until it is written.
                    message ->
                            JeroMqPerf.require(dealer.send(message.byteArray().clone(), 0), "send"),
                    () -> {
                        final byte[] echo = dealer.recv(ZMQ.DONTWAIT);
                        if (echo == null) {
                            return false;
                        }
                        view.wrap(echo);
                        rate.accept(view, 0, echo.length);
                        return true;
                    });
        }
    }

    private static byte[] message(final Load load, final long number) {
        final byte[] message = new byte[load.size()];
        if (load.verify()) {
            Payload.fill(new UnsafeBuffer(message), load.size(), number);
        }
        return message;
    }

    private static ZMQ.Socket[] connectMany(final ZMQ.Context context, final SocketType type, final PerfArguments run) {
        final ZMQ.Socket[] sockets = new ZMQ.Socket[run.peers()];
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = JeroMqPerf.socket(context, type, run);
            if (type == SocketType.SUB) {
                JeroMqPerf.require(sockets[i].subscribe(new byte[0]), "subscribe");
            }
            JeroMqPerf.require(sockets[i].connect(run.load().endpoint()), "connect");
        }
        return sockets;
    }

    private static void closeAll(final ZMQ.Socket... sockets) {
        for (final ZMQ.Socket socket : sockets) {
            socket.close();
        }
    }
}
