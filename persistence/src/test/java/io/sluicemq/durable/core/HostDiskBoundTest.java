package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.journal.WhenFull;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How much of the disk a host takes for a session that wants all for ever and never comes back. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class HostDiskBoundTest {
    private static final String ENDPOINT = "inproc://disk-bound";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final long MAX_BYTES = 5L * SEGMENT_BYTES;

    /** Of files that are no segments. */
    private static final long OTHER_BYTES = 256 << 10;

    /** Three times as much as there is room for. */
    private static final int MANY = 150;

    private static final PublishOptions JOURNALED =
            PublishOptions.builder().level(Durability.JOURNALED).build();

    @TempDir
    private Path folder;

    private final byte[] payload = new byte[100_000];
    private Context context;
    private DurablePublisher publisher;

    @BeforeEach
    void open() {
        new Random(1).nextBytes(payload);
        context = Context.create();
    }

    @AfterEach
    void close() {
        publisher.close();
        context.close();
    }

    private void publishForAStranger(final WhenFull whenFull) throws InterruptedException {
        publisher = DurablePublisher.open(
                context,
                folder,
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder()
                                .segmentBytes(SEGMENT_BYTES)
                                .compressAboveBytes(0)
                                .retainBytes(0)
                                .maxBytes(MAX_BYTES)
                                .whenFull(whenFull))
                        .build());
        publisher.bind(ENDPOINT);
        try (RawSubscriber stranger = new RawSubscriber(context, ENDPOINT).join("stranger")) {
            assertThat(stranger.subscribe("#", 2)).isEqualTo(2);
        }
        Await.until(PATIENCE, () -> publisher.stats().connections() == 0, "it is away");
    }

    private PublishOutcome publish() throws InterruptedException {
        return publisher.publish("a", payload, JOURNALED).outcome();
    }

    /** Of segments with what Chronicle maps behind them, which takes no room; so counted as the journal does. */
    private long usedBytes() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = 0;
            for (final Path each : files.filter(Files::isRegularFile).toList()) {
                bytes += Math.min(Files.size(each), SEGMENT_BYTES);
            }
            return bytes;
        }
    }

    @Test
    void shouldRefuseToPublishAtTheLimitUntilTheSessionIsEnded() throws Exception {
        publishForAStranger(WhenFull.REJECT);

        int published = 0;
        while (publish() == PublishOutcome.PUBLISHED) {
            published++;
            assertThat(published).isLessThan(MANY);
        }

        assertThat(publish()).isEqualTo(PublishOutcome.FULL);
        assertThat(usedBytes()).isLessThanOrEqualTo(MAX_BYTES + OTHER_BYTES);
        assertThat(publisher.sessions()).hasSize(1);
        assertThat(publisher.endSession("stranger")).isTrue();
        Await.until(PATIENCE, this::isPublished, "there is room again");
        assertThat(usedBytes()).isLessThanOrEqualTo(MAX_BYTES + OTHER_BYTES);
    }

    private boolean isPublished() {
        try {
            return publish() == PublishOutcome.PUBLISHED;
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldGoOnPublishingAtTheLimitWhereTheOldestMayGo() throws Exception {
        publishForAStranger(WhenFull.DROP_OLDEST);

        for (int i = 0; i < MANY; i++) {
            assertThat(publish()).as("message %d", i).isEqualTo(PublishOutcome.PUBLISHED);
        }

        assertThat(usedBytes()).isLessThanOrEqualTo(MAX_BYTES + OTHER_BYTES);
        try (RawSubscriber stranger = new RawSubscriber(context, ENDPOINT).join("stranger")) {
            final RawSubscriber.Got first = stranger.delivery();
            assertThat(stranger.delivery().index()).isGreaterThan(first.index());
            assertThat(publisher.stats().damaged()).as("it is told of the gap").isPositive();
        }
    }
}
