package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A host whose journal cannot go on. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class HostFailureTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(100);

    @TempDir
    private Path folder;

    private final Queue<PublishOutcome> told = new ConcurrentLinkedQueue<>();

    @Test
    void shouldTellAllWhenTheJournalFails() throws Exception {
        final DurablePublisherOptions options = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder().segmentBytes(1 << 20))
                .listener((correlationId, index, outcome) -> told.add(outcome))
                .build();
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[10]);
        try (Context context = Context.create()) {
            final Host host = Host.open(context, folder, options);
            host.bind("inproc://failing");
            try (RawSubscriber subscriber = new RawSubscriber(context, "inproc://failing").join("desk")) {
                subscriber.subscribe("a", 1);
                final long index = host.publish("a", payload, 0, 10, PublishOptions.DEFAULTS)
                        .index();
                assertThat(host.stats().failed()).isFalse();
                breakJournal(host);

                // It may have found out by itself, and then takes none.
                int offered = 0;
                while (host.offer("a", payload, 0, 10, PublishOptions.DEFAULTS, offered) == PublishOutcome.PUBLISHED) {
                    offered++;
                }
                assertThat(host.publish("a", payload, 0, 10, PublishOptions.DEFAULTS)
                                .outcome())
                        .isEqualTo(PublishOutcome.FAILED);

                final int taken = offered;
                Await.until(PATIENCE, () -> told.size() >= taken, "all offers were told");
                assertThat(told).allMatch(outcome -> outcome == PublishOutcome.FAILED);
                final Goodbye goodbye = subscriber.goodbye();
                assertThat(goodbye.reason()).isEqualTo(Reasons.IMPLEMENTATION_ERROR);
                assertThat(goodbye.text()).contains("the publisher has failed");
                assertThat(host.await(index, true, 1, MOMENT)).isFalse();
                assertThat(host.stats().failed()).isTrue();
                assertThat(host.close(PATIENCE)).isTrue();
            }
        }
    }

    /** What comes next throws, as with a disk that fails. */
    private static void breakJournal(final Host host) throws ReflectiveOperationException {
        final Field journal = Host.class.getDeclaredField("journal");
        journal.setAccessible(true);
        ((Journal) journal.get(host)).close();
    }
}
