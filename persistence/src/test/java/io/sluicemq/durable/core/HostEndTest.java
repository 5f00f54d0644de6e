package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisherOptions;
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

    private PublishOutcome offer(final Host host) {
        return host.offer("a", payload, 0, payload.capacity(), PublishOptions.DEFAULTS, 1);
    }

    @Test
    void shouldTellOfAnOfferThatWasTakenWhileTheHostEnded() throws Exception {
        try (Context context = Context.create()) {
            final Host host = Host.open(
                    context,
                    folder,
                    DurablePublisherOptions.builder()
                            .journal(JournalOptions.builder().segmentBytes(1 << 20))
                            .listener((correlationId, index, outcome) -> told.add(outcome))
                            .build());
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
}
