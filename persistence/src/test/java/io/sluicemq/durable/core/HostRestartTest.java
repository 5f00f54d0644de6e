package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.JournalReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a host still knows, and still has, after it was opened again. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostRestartTest extends HostTestBase {
    private static final PublishOptions JOURNALED_ONCE = PublishOptions.builder()
            .qos(QualityOfService.EXACTLY_ONCE)
            .level(Durability.JOURNALED)
            .build();
    private static final PublishOptions RETAIN = PublishOptions.builder()
            .qos(QualityOfService.EXACTLY_ONCE)
            .level(Durability.JOURNALED)
            .retain(true)
            .build();

    private final byte[] large = new byte[100_000];

    @BeforeEach
    void fillLarge() {
        new Random(1).nextBytes(large);
    }

    @Override
    DurablePublisherOptions.Builder options() {
        return super.options().journal(journal());
    }

    private static JournalOptions.Builder journal() {
        return JournalOptions.builder()
                .segmentBytes(SEGMENT_BYTES)
                .compressAboveBytes(0)
                .retainBytes(0)
                .retainFor(Duration.ZERO);
    }

    private void publishLarge(final int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(publisher.publish("large", large, JOURNALED_ONCE).outcome())
                    .isEqualTo(PublishOutcome.PUBLISHED);
        }
    }

    @Test
    void shouldKeepWhatIsDueToAnAbsentSessionWhenAPublishComesFirst() throws InterruptedException {
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("#", 2);
        }
        publishLarge(50);
        reopen();

        publisher.publish("last", "x", JOURNALED_ONCE);
        try (RawSubscriber again = subscriber().join("desk")) {
            for (int i = 0; i < 50; i++) {
                final Got got = again.delivery();
                assertThat(got.topic()).as("message %d", i).isEqualTo("large");
                again.stored(got.index());
            }
            assertThat(again.delivery().topic()).isEqualTo("last");
        }
    }

    @Test
    void shouldGoOnWithRetainedMessagesWhereItWas() throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            publisher.publish("t/" + i, "v", RETAIN);
        }
        final List<String> topics = new ArrayList<>();
        long last;
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("desk", false, 5, Hello.NEVER);
            subscriber.resume(0, 0);
            // The first one's walk ends, so that there is a record of that too.
            subscriber.subscribe("t/0", 2);
            subscriber.subscribe("t/+", 2);
            last = take(subscriber, 16, topics);
        }
        reopen();
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("desk", false, 5, Hello.NEVER);
            subscriber.resume(last, 0);
            last = take(subscriber, 10, topics);
            // So much that a checkpoint comes in between.
            publishLarge(25);
        }
        reopen();
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("desk", false, 5, Hello.NEVER);
            subscriber.resume(last, 0);
            take(subscriber, 15, topics);

            assertThat(subscriber.isQuiet(MOMENT)).as("all came once").isTrue();
        }
        assertThat(topics.remove("t/0")).isTrue();
        assertThat(topics).hasSize(40).doesNotHaveDuplicates();
    }

    private static long take(final RawSubscriber subscriber, final int count, final List<String> topics)
            throws InterruptedException {
        long last = 0;
        for (int i = 0; i < count; i++) {
            final Got got = subscriber.delivery();
            topics.add(got.topic());
            last = got.index();
            subscriber.stored(last);
        }
        return last;
    }

    @Test
    void shouldWriteDownAllSessionsThatHadNoRoomAlsoWhenACheckpointComesFirst() {
        final Path directory = folder.resolve("state");
        final HostState state = new HostState(100, 0, "");
        try (Journal journal =
                Journal.open(directory, journal().checkpoint(state).build())) {
            start(state, journal);
            for (int i = 0; i < 50; i++) {
                state.open("s" + i, 10);
            }
            for (int i = 0; i < 15; i++) {
                journal.append(HostRecord.PUBLISHED, new UnsafeBuffer(large), 0, large.length);
            }
        }
        final HostState next = new HostState(100, 0, "");
        try (Journal journal =
                Journal.open(directory, journal().checkpoint(next).build())) {
            start(next, journal);
            next.sessions().forEach(session -> session.unwritten = true);

            next.writePositions(0);

            assertThat(next.sessions()).hasSize(50).noneMatch(session -> session.unwritten);
        }
    }

    private static void start(final HostState state, final Journal journal) {
        journal.recover(state);
        try (JournalReader reader = journal.reader()) {
            reader.seekEnd();
            state.start(new HostLog(journal, reader.position() - 1), 0);
        }
    }
}
