package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A host whose subscribers are slow or hostile, and whose journal is small. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostTroubleTest extends HostTestBase {
    private final Queue<String> told = new ConcurrentLinkedQueue<>();
    /** What somebody says who means no good, after a HELLO or without. */
    record Trick(String name, boolean joined, UnsafeBuffer message, String answer) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Trick> tricks() {
        final UnsafeBuffer storedTooFar = bytes(WireType.STORED, -1, -1, -1, -1, -1, -1, -1, 127, 2);
        return Stream.of(
                new Trick("unknown type", true, bytes(99), "message=99"),
                new Trick("empty", true, bytes(), "messageBytes=0"),
                new Trick("cut", true, bytes(WireType.SUBSCRIBE, 1, 0), "request"),
                new Trick("stored what was not sent", true, storedTooFar, "storedUpTo"),
                new Trick("another version", false, bytes(WireType.HELLO, 7), "version=7"),
                new Trick("no hello", false, bytes(WireType.PROCESSED), "before HELLO"),
                new Trick("resume twice", true, resume(), "RESUME again"));
    }

    @Override
    DurablePublisherOptions.Builder options() {
        return super.options()
                .journal(JournalOptions.builder()
                        .segmentBytes(SEGMENT_BYTES)
                        .retainBytes(0)
                        .maxBytes(4L * SEGMENT_BYTES))
                .listener((correlationId, index, outcome) -> told.add(correlationId + " " + outcome))
                .maxSessions(5);
    }

    private static UnsafeBuffer bytes(final int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return new UnsafeBuffer(bytes);
    }

    private static UnsafeBuffer resume() {
        final WireOutput output = new WireOutput();
        new Resume(0, new Progress(0, List.of(), 0)).encode(output);
        final byte[] bytes = new byte[output.length()];
        output.buffer().getBytes(0, bytes);
        return new UnsafeBuffer(bytes);
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void shouldEndTheConnectionOfWhoBreaksTheRulesAndNoOther(final Trick trick) throws InterruptedException {
        try (RawSubscriber hostile = subscriber();
                RawSubscriber other = subscriber().join("other")) {
            other.subscribe("#", 1);
            if (trick.joined) {
                hostile.join("hostile");
            }

            hostile.sayRaw(trick.message.byteArray());

            assertThat(hostile.goodbye().text()).contains(trick.answer).contains("limit=");
            publisher.publish("a", "x", PublishOptions.DEFAULTS);
            assertThat(other.delivery().text()).isEqualTo("x");
            assertThat(publisher.stats().malformed()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseAMessageOfSeveralFrames() throws InterruptedException {
        try (RawSubscriber hostile = subscriber().join("hostile")) {
            hostile.say(Message.of("a", "b"));

            assertThat(hostile.goodbye().text()).contains("frames=2");
        }
    }

    @Test
    void shouldBearRandomBytes() throws InterruptedException {
        final long seed = ThreadLocalRandom.current().nextLong();
        final Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            try (RawSubscriber hostile = subscriber().join("hostile")) {
                final byte[] bytes = new byte[1 + random.nextInt(60)];
                random.nextBytes(bytes);
                bytes[0] = (byte) random.nextInt(16);
                hostile.sayRaw(bytes);
            }
        }

        try (RawSubscriber other = subscriber().join("other")) {
            other.subscribe("#", 1);
            publisher.publish("a", "x", PublishOptions.DEFAULTS);
            assertThat(other.delivery().text()).as("seed=%d", seed).isEqualTo("x");
        }
    }

    @Test
    void shouldRefuseMoreSessionsThanAllowed() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            try (RawSubscriber one = subscriber()) {
                one.hello("s" + i);
            }
        }
        try (RawSubscriber tooMany = subscriber();
                RawSubscriber known = subscriber()) {
            tooMany.say(new Hello(false, 0, 1, Durability.SYNCED, Integer.MAX_VALUE, "s5")::encode);

            assertThat(tooMany.goodbye().reason()).isEqualTo(Reasons.QUOTA_EXCEEDED);
            assertThat(known.hello("s3").sessionPresent()).isTrue();
        }
    }

    @Test
    void shouldAnswerAWrongFilterWithItsReason() throws InterruptedException {
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            assertThat(subscriber.subscribe("a#", 1)).isEqualTo(Reasons.FILTER_INVALID);
            assertThat(subscriber.subscribe("a/".repeat(200), 1)).isEqualTo(Reasons.QUOTA_EXCEEDED);
            assertThat(subscriber.subscribe("a", 1)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotHoldOthersUpForOneThatDoesNotRead() throws InterruptedException {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[10_000]);
        final int count = 250;
        try (RawSubscriber idle = subscriber().join("idle");
                RawSubscriber other = subscriber().join("other")) {
            idle.subscribe("#", 2);
            other.subscribe("#", 2);
            for (int i = 0; i < count; i++) {
                publisher.publish("a", payload, 0, payload.capacity(), PublishOptions.DEFAULTS);
            }

            assertThat(other.deliveries(count)).hasSize(count);

            final List<Got> late = idle.deliveries(count);
            assertThat(late).extracting(Got::index).isSorted().doesNotHaveDuplicates();
            for (int i = 1; i < count; i++) {
                assertThat(late.get(i).previous()).isEqualTo(late.get(i - 1).index());
            }
        }
    }

    @Test
    void shouldRefuseToPublishWhenTheJournalIsFullUntilThereIsRoom() throws InterruptedException {
        final byte[] random = new byte[100_000];
        ThreadLocalRandom.current().nextBytes(random);
        try (RawSubscriber slow = subscriber().join("slow")) {
            slow.subscribe("#", 1);
            final List<Long> indexes = new ArrayList<>();
            PublishOutcome outcome = PublishOutcome.PUBLISHED;
            while (outcome == PublishOutcome.PUBLISHED && indexes.size() < 1_000) {
                final var result = publisher.publish("a", random, PublishOptions.DEFAULTS);
                outcome = result.outcome();
                if (outcome == PublishOutcome.PUBLISHED) {
                    indexes.add(result.index());
                }
            }

            assertThat(outcome).isEqualTo(PublishOutcome.FULL);
            assertThat(publisher.stats().refused()).isPositive();
            assertThat(slow.deliveries(indexes.size())).extracting(Got::index).isEqualTo(indexes);
            slow.processed(indexes.get(indexes.size() - 1));
            Await.until(PATIENCE, this::canPublish, "there is room again");
        }
    }

    @Test
    void shouldNotSendWhatHasExpired() throws InterruptedException {
        final PublishOptions brief =
                PublishOptions.builder().expiry(Duration.ofMillis(1)).build();
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("#", 1);
        }
        publisher.publish("a", "brief", brief);
        final long publishedAtMs = System.currentTimeMillis();
        publisher.publish("a", "lasting", PublishOptions.DEFAULTS);
        Await.until(PATIENCE, () -> System.currentTimeMillis() > publishedAtMs + 5, "the message has expired");

        try (RawSubscriber again = subscriber().join("desk")) {
            assertThat(again.delivery().text()).isEqualTo("lasting");
            assertThat(publisher.stats().expired()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotSendWhatHasExpiredWhileTheWindowWasFull() throws InterruptedException {
        final PublishOptions brief =
                PublishOptions.builder().expiry(Duration.ofMillis(300)).build();
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("desk", false, 1, Hello.NEVER);
            subscriber.resume(0, 0);
            subscriber.subscribe("#", 1);
            publisher.publish("a", "first", PublishOptions.DEFAULTS);
            final Got first = subscriber.delivery();
            publisher.publish("a", "brief", brief);
            final long publishedAtMs = System.currentTimeMillis();
            publisher.publish("a", "lasting", PublishOptions.DEFAULTS);
            Await.until(PATIENCE, () -> System.currentTimeMillis() > publishedAtMs + 305, "the message has expired");

            subscriber.processed(first.index());

            assertThat(subscriber.delivery().text()).isEqualTo("lasting");
            assertThat(publisher.stats().expired()).isEqualTo(1);
        }
    }

    @Test
    void shouldTellTheListenerOfEachOffer() {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[10]);
        for (int i = 0; i < 100; i++) {
            assertThat(publisher.offer("a", payload, 0, 10, PublishOptions.DEFAULTS, i))
                    .isEqualTo(PublishOutcome.PUBLISHED);
        }

        Await.until(PATIENCE, () -> told.size() == 100, "the listener was told of all");
        assertThat(told).first().isEqualTo("0 PUBLISHED");
        assertThat(told).last().isEqualTo("99 PUBLISHED");
    }
}
