package io.sluicemq.bench;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.SocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * SluiceMQ, on the calls that allocate nothing. Options: {@code --single-producer}, {@code --invoked}, {@code --hwm=N}, and
 * {@code --idle=block|yield|spin} for what the application's threads do in round trips (default: they block). With {@code
 * --by-reference} throughput sends one payload again and again, wrapped, and receives into one message object.
 */
final class SluicePerf implements PerfProgram {
    /** A call hands over what is there, up to this; large enough to make the call's own cost vanish. */
    private static final int BATCH = 256;

    private static final Duration LINGER = Duration.ofSeconds(60);

    public static void main(final String[] args) {
        PerfProgram.main(new SluicePerf(), args);
    }

    @Override
    public void localThroughput(final PerfArguments run) throws InterruptedException {
        try (Context context = context(run);
                PullSocket pull = context.pull(options(run))) {
            pull.bind(run.load().endpoint());
            pull(pull, run);
        }
    }

    @Override
    public void remoteThroughput(final PerfArguments run) throws InterruptedException {
        try (Context context = context(run);
                PushSocket push = context.push(options(run))) {
            push.connect(run.load().endpoint());
            push(push, run);
            requireNothingLeft(push.close(LINGER));
        }
    }

    @Override
    public void localLatency(final PerfArguments run) throws InterruptedException {
        try (Context context = context(run);
                RepSocket rep = context.rep(options(run))) {
            rep.bind(run.load().endpoint());
            reply(context, rep, run);
            requireNothingLeft(rep.close(LINGER));
        }
    }

    @Override
    public void remoteLatency(final PerfArguments run) throws Exception {
        try (Context context = context(run);
                ReqSocket req = context.req(options(run), ReqOptions.DEFAULTS)) {
            req.connect(run.load().endpoint());
            Figures.roundTrips(request(context, req, run));
        }
    }

    @Override
    public void inprocThroughput(final PerfArguments run) throws InterruptedException {
        try (Context context = context(run);
                PullSocket pull = context.pull(options(run));
                PushSocket push = context.push(options(run))) {
            pull.bind(run.load().endpoint());
            push.connect(run.load().endpoint());
            final Helper sender = Helper.start("push", () -> push(push, run));
            pull(pull, run);
            sender.join();
        }
    }

    @Override
    public void inprocLatency(final PerfArguments run) throws Exception {
        try (Context context = context(run);
                RepSocket rep = context.rep(options(run));
                ReqSocket req = context.req(options(run), ReqOptions.DEFAULTS)) {
            rep.bind(run.load().endpoint());
            req.connect(run.load().endpoint());
            final Helper replier = Helper.start("rep", () -> reply(context, rep, run));
            final Histogram roundTripsNs = request(context, req, run);
            replier.join();
            Figures.roundTrips(roundTripsNs);
        }
    }

    @Override
    public void fanOutPublish(final PerfArguments run) throws InterruptedException {
        SluiceMany.publish(run);
    }

    @Override
    public void fanOutSubscribe(final PerfArguments run) throws InterruptedException {
        SluiceMany.subscribe(run);
    }

    @Override
    public void fanInPull(final PerfArguments run) throws InterruptedException {
        SluiceMany.pull(run);
    }

    @Override
    public void fanInPush(final PerfArguments run) throws InterruptedException {
        SluiceMany.push(run);
    }

    @Override
    public void localIdle(final PerfArguments run) throws Exception {
        SluiceMany.localIdle(run);
    }

    @Override
    public void remoteIdle(final PerfArguments run) throws InterruptedException {
        SluiceMany.remoteIdle(run);
    }

    @Override
    public void localRate(final PerfArguments run) throws InterruptedException {
        SluiceMany.echo(run);
    }

    @Override
    public void remoteRate(final PerfArguments run) throws Exception {
        SluiceMany.atFixedRate(run);
    }

    @Override
    public void allocation(final PerfArguments run) throws Exception {
        SluiceMany.allocation(run);
    }

    static Context context(final PerfArguments run) {
        final ContextOptions.Builder options = ContextOptions.builder().invoked(run.invoked());
        if (run.tls() || run.quic()) {
            options.transport(RawTls.options());
        }
        return Context.create(options.build());
    }

    static SocketOptions options(final PerfArguments run) {
        final int highWaterMark = run.highWaterMark(SocketOptions.DEFAULT_HIGH_WATER_MARK);
        return SocketOptions.builder()
                .singleProducer(run.singleProducer())
                .sendHighWaterMark(highWaterMark)
                .receiveHighWaterMark(highWaterMark)
                .build();
    }

    private static void push(final Sender push, final PerfArguments run) throws InterruptedException {
        final Load load = run.load();
        if (run.byReference()) {
            pushReferences(push, load);
            return;
        }
        final UnsafeBuffer message = new UnsafeBuffer(new byte[load.size()]);
        for (long i = 0; i < load.total(); i++) {
            if (load.verify()) {
                Payload.fill(message, load.size(), i);
            }
            requireSent(push.send(message, 0, load.size()));
        }
    }

    private static void pushReferences(final Sender push, final Load load) throws InterruptedException {
        UnsafeBuffer payload = new UnsafeBuffer(ByteBuffer.allocateDirect(load.size()));
        final Message message = new Message();
        for (long i = 0; i < load.total(); i++) {
            if (load.verify()) {
                // Passed on, so each message needs its own.
                payload = new UnsafeBuffer(new byte[load.size()]);
                Payload.fill(payload, load.size(), i);
            }
            requireSent(push.send(message.wrap(payload, 0, load.size())));
        }
    }

    private static void pull(final Receiver pull, final PerfArguments run) throws InterruptedException {
        final Meter meter = new Meter(run.load());
        if (run.byReference()) {
            pullReferences(pull, meter);
        } else {
            final FrameHandler handler = handler(meter);
            while (!meter.isComplete()) {
                requireOpen(pull.receive(handler, (int) Math.min(BATCH, meter.left())));
            }
        }
        Figures.rate(meter.messagesPerSecond());
    }

    private static void pullReferences(final Receiver pull, final Meter meter) throws InterruptedException {
        final Message message = new Message();
        while (!meter.isComplete()) {
            requireOpen(pull.receive(message) ? 1 : 0);
            meter.accept(message.buffer(), message.frameOffset(0), message.frameLength(0));
        }
    }

    private static void reply(final Context context, final RepSocket rep, final PerfArguments run)
            throws InterruptedException {
        final Load load = run.load();
        final Meter meter = new Meter(load);
        final UnsafeBuffer reply = new UnsafeBuffer(new byte[load.size()]);
        final FrameHandler handler = (buffer, offset, length, more) -> {
            meter.accept(buffer, offset, length);
            reply.putBytes(0, buffer, offset, length);
        };
        while (!meter.isComplete()) {
            receiveOne(context, rep, run, handler);
            requireSent(rep.send(reply, 0, load.size()));
        }
    }

    private static Histogram request(final Context context, final ReqSocket req, final PerfArguments run)
            throws Exception {
        final FrameHandler handler = handler(new Meter(run.load()));
        return RoundTrips.measure(run.load(), request -> {
            requireSent(req.send(request, 0, run.load().size()));
            receiveOne(context, req, run, handler);
        });
    }

    private static FrameHandler handler(final Meter meter) {
        return (buffer, offset, length, more) -> meter.accept(buffer, offset, length);
    }

    private static void receiveOne(
            final Context context, final Receiver socket, final PerfArguments run, final FrameHandler handler)
            throws InterruptedException {
        final Idle idle = run.idle();
        if (idle == Idle.BLOCK) {
            requireOpen(socket.receive(handler, 1));
            return;
        }
        int received = socket.tryReceive(handler, 1);
        while (received == 0) {
            if (!run.invoked() || context.invoke() == 0) {
                idle.idle();
            }
            received = socket.tryReceive(handler, 1);
        }
        requireOpen(received);
    }

    static void requireSent(final SendResult result) {
        if (result != SendResult.SENT) {
            throw new IllegalStateException("send=" + result + ", limit=SENT, run it again undisturbed");
        }
    }

    static void requireOpen(final int received) {
        if (received <= 0) {
            throw new IllegalStateException("receive=CLOSED, limit=all messages, run it again undisturbed");
        }
    }

    static void requireNothingLeft(final long messages) {
        if (messages > 0) {
            throw new IllegalStateException("messagesLeft=" + messages + ", limit=0, see whether the other side died");
        }
    }
}
