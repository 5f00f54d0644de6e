package io.sluicemq.bench;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron between two threads through shared memory, with an exclusive publication. Its driver is in the process, on one thread that
 * backs off, since it has nothing to do for IPC; its folder is private and removed.
 */
final class AeronPerf implements PerfProgram {
    private static final String CHANNEL = "aeron:ipc?term-length=16m";
    private static final int REQUESTS = 10;
    private static final int REPLIES = 11;
    private static final int BATCH = 256;

    public static void main(final String[] args) {
        PerfProgram.main(new AeronPerf(), args);
    }

    @Override
    public void inprocThroughput(final PerfArguments run) throws Exception {
        final Meter meter = new Meter(run.load());
        final FragmentHandler handler = (buffer, offset, length, header) -> meter.accept(buffer, offset, length);
        withAeron(aeron -> {
            try (Subscription subscription = aeron.addSubscription(CHANNEL, REQUESTS);
                    ExclusivePublication publication = aeron.addExclusivePublication(CHANNEL, REQUESTS)) {
                final Helper sender = Helper.start("offer", () -> offerAll(publication, run));
                while (!meter.isComplete()) {
                    if (subscription.poll(handler, BATCH) == 0) {
                        run.idle().idle();
                    }
                }
                sender.join();
            }
        });
        Figures.rate(meter.messagesPerSecond());
    }

    @Override
    public void inprocLatency(final PerfArguments run) throws Exception {
        final Meter meter = new Meter(run.load());
        final FragmentHandler handler = (buffer, offset, length, header) -> meter.accept(buffer, offset, length);
        withAeron(aeron -> {
            try (Subscription requests = aeron.addSubscription(CHANNEL, REQUESTS);
                    Subscription replies = aeron.addSubscription(CHANNEL, REPLIES);
                    ExclusivePublication requester = aeron.addExclusivePublication(CHANNEL, REQUESTS);
                    ExclusivePublication replier = aeron.addExclusivePublication(CHANNEL, REPLIES)) {
                final Helper other = Helper.start("reply", () -> reply(requests, replier, run));
                Figures.roundTrips(RoundTrips.measure(run.load(), request -> {
                    offer(requester, request, run);
                    while (replies.poll(handler, 1) == 0) {
                        run.idle().idle();
                    }
                }));
                other.join();
            }
        });
    }

    @Override
    public void localThroughput(final PerfArguments run) throws Exception {
        final Meter meter = new Meter(run.load());
        final FragmentHandler handler = (buffer, offset, length, header) -> meter.accept(buffer, offset, length);
        withAeron(folder(run), aeron -> {
            try (Subscription subscription = aeron.addSubscription(CHANNEL, REQUESTS)) {
                while (!meter.isComplete()) {
                    if (subscription.poll(handler, BATCH) == 0) {
                        run.idle().idle();
                    }
                }
                awaitGone(subscription);
            }
        });
        Figures.rate(meter.messagesPerSecond());
    }

    @Override
    public void remoteThroughput(final PerfArguments run) throws Exception {
        try (Aeron aeron = Aeron.connect(
                        new Aeron.Context().aeronDirectoryName(folder(run).toString()));
                ExclusivePublication publication = aeron.addExclusivePublication(CHANNEL, REQUESTS)) {
            offerAll(publication, run);
        }
    }

    @Override
    public void localLatency(final PerfArguments run) throws Exception {
        withAeron(folder(run), aeron -> {
            try (Subscription requests = aeron.addSubscription(CHANNEL, REQUESTS);
                    ExclusivePublication replier = aeron.addExclusivePublication(CHANNEL, REPLIES)) {
                reply(requests, replier, run);
                awaitGone(requests);
            }
        });
    }

    @Override
    public void remoteLatency(final PerfArguments run) throws Exception {
        final Meter meter = new Meter(run.load());
        final FragmentHandler handler = (buffer, offset, length, header) -> meter.accept(buffer, offset, length);
        try (Aeron aeron = Aeron.connect(
                        new Aeron.Context().aeronDirectoryName(folder(run).toString()));
                Subscription replies = aeron.addSubscription(CHANNEL, REPLIES);
                ExclusivePublication requester = aeron.addExclusivePublication(CHANNEL, REQUESTS)) {
            Figures.roundTrips(RoundTrips.measure(run.load(), request -> {
                offer(requester, request, run);
                while (replies.poll(handler, 1) == 0) {
                    run.idle().idle();
                }
            }));
        }
    }

    /** The driver is in the process that binds, so that one must not end before the other has left. */
    private static void awaitGone(final Subscription subscription) {
        while (subscription.imageCount() > 0) {
            Idle.YIELD.idle();
        }
    }

    /** Both processes know it by the endpoint. */
    private static Path folder(final PerfArguments run) {
        final String name = run.load().endpoint().replaceFirst("^[a-z]+://", "");
        return memory().resolve("sluicemq-aeron-" + name.replace('/', '-'));
    }

    private static Path memory() {
        final Path memory = Path.of("/dev/shm");
        return Files.isDirectory(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** What is done with a client while its driver runs. */
    @FunctionalInterface
    private interface Use {
        void use(Aeron aeron) throws Exception;
    }

    private static void withAeron(final Use use) throws Exception {
        withAeron(Files.createTempDirectory(memory(), "sluicemq-bench"), use);
    }

    private static void withAeron(final Path folder, final Use use) throws Exception {
        final MediaDriver.Context options = new MediaDriver.Context()
                .aeronDirectoryName(folder.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(new BackoffIdleStrategy());
        try (MediaDriver driver = MediaDriver.launch(options);
                Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()))) {
            use.use(aeron);
        }
    }

    private static void offerAll(final ExclusivePublication publication, final PerfArguments run) {
        final Load load = run.load();
        final UnsafeBuffer message = new UnsafeBuffer(new byte[load.size()]);
        for (long i = 0; i < load.total(); i++) {
            if (load.verify()) {
                Payload.fill(message, load.size(), i);
            }
            offer(publication, message, run);
        }
    }

    private static void offer(
            final ExclusivePublication publication, final UnsafeBuffer message, final PerfArguments run) {
        while (publication.offer(message, 0, message.capacity()) < 0) {
            run.idle().idle();
        }
    }

    private static void reply(
            final Subscription requests, final ExclusivePublication publication, final PerfArguments run) {
        final Meter meter = new Meter(run.load());
        final UnsafeBuffer reply = new UnsafeBuffer(new byte[run.load().size()]);
        final FragmentHandler handler = (buffer, offset, length, header) -> {
            meter.accept(buffer, offset, length);
            reply.putBytes(0, buffer, offset, length);
        };
        while (!meter.isComplete()) {
            if (requests.poll(handler, 1) == 0) {
                run.idle().idle();
            } else {
                offer(publication, reply, run);
            }
        }
    }
}
