package io.sluicemq.bench;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.FrameHandler;
import io.sluicemq.Poller;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/** The modes of {@link SluicePerf} with many sockets or connections, at a fixed rate, and for allocation. */
final class SluiceMany {
    private static final int BATCH = 64;
    private static final Duration LIMIT = Duration.ofSeconds(50);

    private SluiceMany() {}

    /** Waits for a full subscriber in place of dropping, so that all that is sent is delivered. */
    static void publish(final PerfArguments run) throws InterruptedException {
        final Load load = run.load();
        try (Context context = SluicePerf.context(run);
                PubSocket pub = context.pub(
                        SluicePerf.options(run),
                        PublisherOptions.builder().noDrop(true).build())) {
            pub.bind(load.endpoint());
            if (!pub.awaitSubscribers("", run.peers(), LIMIT)) {
                throw new IllegalStateException("too few subscribers, limit=" + run.peers() + " in " + LIMIT);
            }
            final UnsafeBuffer message = new UnsafeBuffer(new byte[load.size()]);
            for (long i = 0; i < load.total(); i++) {
                if (load.verify()) {
                    Payload.fill(message, load.size(), i);
                }
                SluicePerf.requireSent(pub.send(message, 0, load.size()));
            }
            SluicePerf.requireNothingLeft(pub.close(LIMIT));
        }
    }

    static void subscribe(final PerfArguments run) throws InterruptedException {
        final FanMeter meter = new FanMeter(run.load(), run.peers(), run.peers());
        final SubSocket[] subs = new SubSocket[run.peers()];
        final FrameHandler[] handlers = new FrameHandler[subs.length];
        final Poller poller = new Poller();
        try (Context context = SluicePerf.context(run)) {
            for (int i = 0; i < subs.length; i++) {
                final int receiver = i;
                handlers[i] = (buffer, offset, length, more) -> meter.acceptAt(receiver, buffer, offset, length);
                subs[i] = context.sub(SluicePerf.options(run), SubscriberOptions.DEFAULTS);
                subs[i].subscribe("");
                subs[i].connect(run.load().endpoint());
                poller.addReceiver(subs[i]);
            }
            while (!meter.isComplete()) {
                final long before = meter.received();
                for (int i = 0; i < subs.length; i++) {
                    subs[i].tryReceive(handlers[i], BATCH);
                }
                if (meter.received() == before) {
                    poller.poll(LIMIT);
                }
            }
        }
        Figures.rate(meter.messagesPerSecond());
    }

    static void pull(final PerfArguments run) throws InterruptedException {
        final FanMeter meter = new FanMeter(run.load(), run.peers(), 1);
        final FrameHandler handler = (buffer, offset, length, more) -> meter.acceptFromAny(buffer, offset, length);
        try (Context context = SluicePerf.context(run);
                PullSocket pull = context.pull(SluicePerf.options(run))) {
            pull.bind(run.load().endpoint());
            while (!meter.isComplete()) {
                SluicePerf.requireOpen(pull.receive(handler, (int) Math.min(BATCH, meter.left())));
            }
        }
        Figures.rate(meter.messagesPerSecond());
    }

    static void push(final PerfArguments run) throws InterruptedException {
        final Load load = run.load();
        final PushSocket[] pushes = new PushSocket[run.peers()];
        final UnsafeBuffer message = new UnsafeBuffer(new byte[load.size()]);
        try (Context context = SluicePerf.context(run)) {
            for (int i = 0; i < pushes.length; i++) {
                pushes[i] = context.push(SluicePerf.options(run));
                pushes[i].connect(load.endpoint());
            }
            for (long i = 0; i < load.total(); i++) {
                if (load.verify()) {
                    Payload.fill(message, load.size(), i);
                }
                SluicePerf.requireSent(pushes[(int) (i % pushes.length)].send(message, 0, load.size()));
            }
            SluicePerf.requireNothingLeft(context.close(LIMIT));
        }
    }

    static void localIdle(final PerfArguments run) throws IOException, InterruptedException {
        try (Context context = SluicePerf.context(run);
                PullSocket pull = context.pull(SluicePerf.options(run))) {
            pull.bind(run.load().endpoint());
            new IdleWatch(run).run();
        }
    }

    static void remoteIdle(final PerfArguments run) throws InterruptedException {
        try (Context context = SluicePerf.context(run);
                PushSocket push = context.push(SluicePerf.options(run))) {
            for (int i = 0; i < run.peers(); i++) {
                push.connect(run.load().endpoint());
            }
            TimeUnit.DAYS.sleep(1);
        }
    }

    static void echo(final PerfArguments run) throws InterruptedException {
        final Load load = run.load();
        final UnsafeBuffer echo = new UnsafeBuffer(new byte[load.size()]);
        final FrameHandler handler = (buffer, offset, length, more) -> echo.putBytes(0, buffer, offset, length);
        try (Context context = SluicePerf.context(run);
                DealerSocket dealer = context.dealer(SluicePerf.options(run), DealerOptions.DEFAULTS)) {
            dealer.bind(load.endpoint());
            for (long i = 0; i < load.total(); i++) {
                SluicePerf.requireOpen(dealer.receive(handler, 1));
                SluicePerf.requireSent(dealer.send(echo, 0, load.size()));
            }
            SluicePerf.requireNothingLeft(dealer.close(LIMIT));
        }
    }

    static void atFixedRate(final PerfArguments run) throws Exception {
        final FixedRate rate = new FixedRate(run);
        final FrameHandler handler = (buffer, offset, length, more) -> rate.accept(buffer, offset, length);
        try (Context context = SluicePerf.context(run);
                DealerSocket dealer = context.dealer(SluicePerf.options(run), DealerOptions.DEFAULTS)) {
            dealer.connect(run.load().endpoint());
            rate.run(
                    message -> SluicePerf.requireSent(dealer.send(message, 0, message.capacity())),
                    () -> dealer.tryReceive(handler, 1) > 0);
        }
    }

    /** Two contexts, so that tcp has an agent on each side; one for inproc, which needs it. */
    static void allocation(final PerfArguments run) throws Exception {
        final Load load = run.load();
        final boolean inproc = load.endpoint().startsWith("inproc:");
        final UnsafeBuffer message = new UnsafeBuffer(new byte[load.size()]);
        final FrameHandler handler = (buffer, offset, length, more) -> {};
        try (Context one = SluicePerf.context(run);
                Context two = SluicePerf.context(run);
                PullSocket pull = one.pull(SluicePerf.options(run));
                PushSocket push = (inproc ? one : two).push(SluicePerf.options(run))) {
            pull.bind(load.endpoint());
            push.connect(load.endpoint());
            Allocations.measure(
                    load,
                    count -> {
                        for (long i = 0; i < count; i++) {
                            SluicePerf.requireSent(push.send(message, 0, load.size()));
                        }
                    },
                    count -> {
                        long left = count;
                        while (left > 0) {
                            final int received = pull.receive(handler, (int) Math.min(BATCH, left));
                            SluicePerf.requireOpen(received);
                            left -= received;
                        }
                    });
        }
    }
}
