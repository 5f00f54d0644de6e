package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishListener;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an offer while its host ends. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class HostEndTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OFFERS = 20;

    @TempDir
    private Path folder;

    private final CountDownLatch inOffer = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Queue<PublishOutcome> told = new ConcurrentLinkedQueue<>();
    private final UnsafeBuffer payload = new UnsafeBuffer(new byte[10]);

    /** Holds whoever copies from it, which is in the middle of a claim. */
    private final class HeldBuffer extends ExpandableArrayBuffer {
        @Override
        public byte[] byteArray() {
            inOffer.countDown();
            try {
                goOn.await();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.byteArray();
        }
    }

    @SuppressWarnings("unchecked")
    private void holdNextOffer(final Host host) throws ReflectiveOperationException {
        final Field field = Host.class.getDeclaredField("spares");
        field.setAccessible(true);
        final Queue<ExpandableArrayBuffer> spares = (Queue<ExpandableArrayBuffer>) field.get(host);
        spares.clear();
        spares.add(new HeldBuffer());
    }

    private Host openHost(final Context context, final PublishListener listener) {
        return Host.open(
                context,
                folder,
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder().segmentBytes(1 << 20))
                        .listener(listener)
                        .build());
    }

    private PublishOutcome offer(final Host host) {
        return host.offer("a", payload, 0, payload.capacity(), PublishOptions.DEFAULTS, 1);
    }

    @Test
    void shouldTellOfAnOfferThatWasTakenWhileTheHostEnded() throws Exception {
        try (Context context = Context.create()) {
            final Host host = openHost(context, (correlationId, index, outcome) -> told.add(outcome));
            holdNextOffer(host);
            final CompletableFuture<PublishOutcome> late = CompletableFuture.supplyAsync(() -> offer(host));
            inOffer.await();

            assertThat(host.close(PATIENCE)).isTrue();
            assertThat(told).isEmpty();
            goOn.countDown();

            assertThat(late.get()).isEqualTo(PublishOutcome.PUBLISHED);
            Await.until(PATIENCE, () -> !told.isEmpty(), "it is told");
            assertThat(told).containsExactly(PublishOutcome.CLOSED);
            assertThat(offer(host)).isEqualTo(PublishOutcome.CLOSED);
        }
    }

    @Test
    void shouldNotHoldUpAnOfferWhileTheListenerWaitsForItsThread() throws Exception {
        final ReentrantLock ofApplication = new ReentrantLock();
        final CountDownLatch isLocked = new CountDownLatch(1);
        final CountDownLatch inListener = new CountDownLatch(1);
        try (Context context = Context.create()) {
            final Host host = openHost(context, (correlationId, index, outcome) -> {
                inListener.countDown();
                ofApplication.lock();
                try {
                    told.add(outcome);
                } finally {
                    ofApplication.unlock();
                }
            });
            holdNextOffer(host);
            final CompletableFuture<PublishOutcome> late = new CompletableFuture<>();
            run(() -> late.complete(offer(host)));
            inOffer.await();
            assertThat(host.close(PATIENCE)).isTrue();
            final CompletableFuture<PublishOutcome> other = new CompletableFuture<>();
            run(() -> {
                ofApplication.lock();
                try {
                    isLocked.countDown();
                    awaitQuietly(inListener);
                    other.complete(offer(host));
                } finally {
                    ofApplication.unlock();
                }
            });
            isLocked.await();

            goOn.countDown();

            assertThat(other).succeedsWithin(PATIENCE).isEqualTo(PublishOutcome.CLOSED);
            assertThat(late).succeedsWithin(PATIENCE).isEqualTo(PublishOutcome.PUBLISHED);
            assertThat(told).containsExactly(PublishOutcome.CLOSED);
        }
    }

    /** In a daemon of its own, as it may wait for ever. */
    private static void run(final Runnable work) {
        final Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldTellAllAndEndWhenTheListenerThrowsErrors() throws Exception {
        try (Context context = Context.create()) {
            final Host host = openHost(context, (correlationId, index, outcome) -> {
                told.add(outcome);
                throw new AssertionError("of the listener");
            });
            for (int i = 0; i < OFFERS; i++) {
                assertThat(offer(host)).isEqualTo(PublishOutcome.PUBLISHED);
            }
            Await.until(PATIENCE, () -> told.size() == OFFERS, "all are told");
            holdNextOffer(host);
            final CompletableFuture<PublishOutcome> late = CompletableFuture.supplyAsync(() -> offer(host));
            inOffer.await();
            assertThat(host.stats().failed()).isFalse();
            assertThat(host.close(PATIENCE)).isTrue();

            goOn.countDown();

            assertThat(late).succeedsWithin(PATIENCE).isEqualTo(PublishOutcome.PUBLISHED);
            assertThat(told).hasSize(OFFERS + 1).last().isEqualTo(PublishOutcome.CLOSED);
        }
    }
}
