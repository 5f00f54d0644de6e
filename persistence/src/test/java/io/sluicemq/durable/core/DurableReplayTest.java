package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurableReplay;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.ReplayOptions;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Replays from a real host over tcp, and from one that is written by hand. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class DurableReplayTest {
    private static final Duration LIMIT = RawHost.LIMIT;
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final UUID PRODUCER = new UUID(7, 9);
    private static final PublishOptions ONCE =
            PublishOptions.builder().qos(QualityOfService.EXACTLY_ONCE).build();

    @TempDir
    private Path folder;

    private final Context context = Context.create();

    @AfterEach
    void close() {
        context.close(Duration.ZERO);
    }

    private DurablePublisher publisher() {
        return DurablePublisher.open(
                context,
                folder,
                DurablePublisherOptions.builder()
                        .journal(JournalOptions.builder().segmentBytes(1 << 20))
                        .build());
    }

    private static List<Long> publish(final DurablePublisher publisher, final int from, final int to)
            throws InterruptedException {
        final List<Long> indexes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            indexes.add(publisher.publish("a/" + i % 2, "m" + i, ONCE).index());
        }
        return indexes;
    }

    private static List<String> all(final DurableReplay replay) throws InterruptedException {
        final List<String> texts = new ArrayList<>();
        int got = 0;
        while (got != DurableReplay.OVER) {
            got = replay.receive(message -> texts.add(message.text()), 7, LIMIT);
            assertThat(got).as("behind %s", texts).isNotZero();
        }
        return texts;
    }

    @Test
    void shouldReplayByIndexAndSayWhereToGoOn() throws InterruptedException {
        try (DurablePublisher publisher = publisher()) {
            final String endpoint = publisher.bind("tcp://127.0.0.1:*");
            final List<Long> indexes = publish(publisher, 0, 30);
            final long next;
            try (DurableReplay replay = DurableReplay.open(
                    context,
                    endpoint,
                    ReplayOptions.builder()
                            .filter("a/0")
                            .fromIndex(indexes.get(2))
                            .toIndex(indexes.get(21))
                            .creditMessages(3)
                            .build())) {
                final Delivered first = replay.receive(LIMIT);
                assertThat(first.text()).isEqualTo("m2");
                assertThat(first.topic()).isEqualTo("a/0");
                assertThat(first.qos()).isEqualTo(QualityOfService.EXACTLY_ONCE);
                assertThat(first.index()).isEqualTo(indexes.get(2));
                assertThat(all(replay)).containsExactly("m4", "m6", "m8", "m10", "m12", "m14", "m16", "m18", "m20");
                assertThat(replay.isOver()).isTrue();
                assertThat(replay.producer()).isPresent();
                next = replay.nextIndex();
            }
            try (DurableReplay replay = DurableReplay.open(
                    context, endpoint, ReplayOptions.builder().fromIndex(next).build())) {
                assertThat(all(replay)).startsWith("m22", "m23").hasSize(8);
            }
        }
    }

    @Test
    void shouldReplayByTime() throws InterruptedException {
        try (DurablePublisher publisher = publisher()) {
            final String endpoint = publisher.bind("inproc://past");
            publish(publisher, 0, 5);
            final Instant between = Instant.now().plusMillis(5);
            while (Instant.now().isBefore(between.plusMillis(5))) {
                Thread.onSpinWait();
            }
            publish(publisher, 5, 9);

            try (DurableReplay after = DurableReplay.open(
                            context,
                            endpoint,
                            ReplayOptions.builder().fromTime(between).build());
                    DurableReplay before = DurableReplay.open(
                            context,
                            endpoint,
                            ReplayOptions.builder().toTime(between).build())) {
                assertThat(all(after)).containsExactly("m5", "m6", "m7", "m8");
                assertThat(all(before)).containsExactly("m0", "m1", "m2", "m3", "m4");
            }
        }
    }

    @Test
    void shouldGoOnWhenTheHostIsOpenedAgain() throws InterruptedException {
        final DurablePublisher first = publisher();
        final String endpoint = first.bind("tcp://127.0.0.1:*");
        publish(first, 0, 10);
        try (DurableReplay replay = DurableReplay.open(
                context, endpoint, ReplayOptions.builder().creditMessages(2).build())) {
            assertThat(replay.receive(LIMIT).text()).isEqualTo("m0");
            first.close();
            try (DurablePublisher second = publisher()) {
                second.bind(endpoint);

                assertThat(all(replay)).containsExactly("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
            }
        }
    }

    private static void replayed(final WireOutput out, final int request, final long index, final String text) {
        final WireOutput delivery = new WireOutput();
        RawHost.delivery(delivery, 1, index, 0, text);
        out.begin(WireType.REPLAYED).u32(request).bytes(delivery.buffer(), 1, delivery.length() - 1);
    }

    private static Replay welcome(final RawHost host, final UUID producer) throws InterruptedException {
        assertThat(Hello.decode(host.expect(WireType.HELLO)).session()).isEmpty();
        host.say(out -> new Welcome(false, producer, 100, 1 << 20, "", null).encode(out));
        return Replay.decode(host.expect(WireType.REPLAY));
    }

    private interface Call<T> {
        T call() throws InterruptedException;
    }

    private static <T> CompletableFuture<T> inBackground(final Call<T> call) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return call.call();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void shouldEndTheConnectionOfAHostThatSendsMoreThanItMayAndAskAgain() throws Exception {
        try (RawHost host = new RawHost(context, "inproc://flood", PRODUCER);
                DurableReplay replay = DurableReplay.open(
                        context,
                        host.endpoint(),
                        ReplayOptions.builder().creditMessages(2).build())) {
            final CompletableFuture<Replay> wishes = inBackground(() -> welcome(host, PRODUCER));
            while (!wishes.isDone()) {
                // Takes one step, so that all of the flood is there when the next one is taken.
                assertThat(replay.receive(MOMENT)).isNull();
            }
            final Replay wish = wishes.get();
            for (int i = 1; i <= 50; i++) {
                final int index = i;
                host.say(out -> replayed(out, wish.request(), index, "m" + index));
            }
            assertThat(replay.receive(message -> {}, 50, LIMIT)).isEqualTo(2);

            assertThat(Goodbye.decode(host.expect(WireType.GOODBYE)).text()).contains("messages=3, limit=2");
            final CompletableFuture<List<String>> texts = inBackground(() -> all(replay));
            final Replay again = welcome(host, PRODUCER);
            assertThat(again.from()).isEqualTo(3);
            host.say(out -> replayed(out, again.request(), 3, "m3"));
            host.say(out ->
                    out.begin(WireType.REPLAY_END).u32(again.request()).u8(0).i64(77));
            assertThat(texts.get()).containsExactly("m3");
            assertThat(replay.nextIndex()).isEqualTo(77);
            assertThat(replay.lastError()).contains("limit=2");
        }
    }

    @Test
    void shouldAskAgainWhereTheHostHasTooManyAndGiveUpWhereItRefuses() throws Exception {
        try (RawHost host = new RawHost(context, "inproc://strict", PRODUCER);
                DurableReplay replay = DurableReplay.open(context, host.endpoint(), ReplayOptions.DEFAULTS)) {
            final CompletableFuture<Void> end = inBackground(() -> {
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(() -> all(replay))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("reason=135");
                }
                return null;
            });
            final int notAuthorized = 0x87;
            for (final int reason : new int[] {Reasons.QUOTA_EXCEEDED, notAuthorized}) {
                final Replay wish = welcome(host, PRODUCER);
                host.say(out -> out.begin(WireType.REPLAY_END)
                        .u32(wish.request())
                        .u8(reason)
                        .i64(0));
            }

            end.get();
            assertThat(replay.isOver()).isFalse();
        }
    }

    @Test
    void shouldRefuseAnotherHostAtTheSameEndpoint() throws Exception {
        try (RawHost host = new RawHost(context, "inproc://other", PRODUCER);
                DurableReplay replay = DurableReplay.open(context, host.endpoint(), ReplayOptions.DEFAULTS)) {
            final CompletableFuture<Void> end = inBackground(() -> {
                assertThatThrownBy(() -> all(replay))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("another host listens");
                return null;
            });
            welcome(host, PRODUCER);
            host.cut();
            Hello.decode(host.expect(WireType.HELLO));
            host.say(out -> new Welcome(false, new UUID(1, 1), 100, 1 << 20, "", null).encode(out));

            end.get();
        }
    }

    @Test
    void shouldSayThatTheTimeIsOverOrTheReplayClosed() throws Exception {
        try (RawHost host = new RawHost(context, "inproc://silent", PRODUCER)) {
            final DurableReplay replay = DurableReplay.open(context, host.endpoint(), ReplayOptions.DEFAULTS);
            assertThat(replay.receive(MOMENT)).isNull();
            assertThat(replay.isOver()).isFalse();
            final CompletableFuture<Integer> waiting = inBackground(() -> replay.receive(message -> {}, 1, LIMIT));
            welcomeWhile(host, waiting, replay);

            assertThat(waiting.get()).isEqualTo(DurableReplay.OVER);
            assertThat(replay.receive(message -> {}, 1, LIMIT)).isEqualTo(DurableReplay.OVER);
            replay.close();
        }
    }

    /** Closes it while the other thread certainly waits. */
    private static void welcomeWhile(
            final RawHost host, final CompletableFuture<Integer> waiting, final DurableReplay replay)
            throws InterruptedException {
        welcome(host, PRODUCER);
        assertThat(waiting).isNotDone();
        replay.close();
    }

    @Test
    void shouldCheckItsOptions() {
        assertThatThrownBy(() -> ReplayOptions.builder().filter("$share/g/a").build())
                .hasMessageContaining("limit=");
        assertThatThrownBy(() -> ReplayOptions.builder()
                        .fromIndex(1)
                        .toTime(Instant.EPOCH)
                        .build())
                .hasMessageContaining("one kind");
        assertThatThrownBy(() -> ReplayOptions.builder().fromIndex(9).toIndex(8).build())
                .hasMessageContaining("toIndex=8");
        assertThatThrownBy(() -> ReplayOptions.builder().creditMessages(0).build())
                .hasMessageContaining("creditMessages=0");
        assertThat(ReplayOptions.builder().toTime(Instant.MAX).build().to()).isPositive();
    }
}
