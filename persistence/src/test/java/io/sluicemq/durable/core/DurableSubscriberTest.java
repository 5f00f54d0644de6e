package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.ResultReader;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeOutcome;
import io.sluicemq.durable.SubscribeResult;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A subscriber and a host that is written by hand. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class DurableSubscriberTest {
    private static final Duration LIMIT = RawHost.LIMIT;
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final UUID PRODUCER = new UUID(7, 9);
    private static final long BASE = 5L << 32;
    private static final int QOS1 = Qos.AT_LEAST_ONCE;
    private static final int QOS2 = Qos.EXACTLY_ONCE;

    @TempDir
    private Path folder;

    private final Random random = new Random(1);
    private final Context context = Context.create();
    private final RawHost host = new RawHost(context, "inproc://host", PRODUCER);

    @AfterEach
    void close() {
        host.close();
        context.close(Duration.ZERO);
    }

    private static DurableSubscriberOptions.Builder options() {
        return DurableSubscriberOptions.builder("desk").segmentBytes(1 << 20).inboxMaxBytes(8 << 20);
    }

    private DurableSubscriber open() throws InterruptedException {
        return open(options().build());
    }

    private DurableSubscriber open(final DurableSubscriberOptions options) throws InterruptedException {
        final DurableSubscriber subscriber = DurableSubscriber.open(context, folder, options);
        subscriber.connect(host.endpoint());
        return subscriber;
    }

    private static List<String> receive(final DurableSubscriber subscriber, final int messages)
            throws InterruptedException {
        final List<String> texts = new ArrayList<>();
        while (texts.size() < messages) {
            final Delivered message = subscriber.receive(LIMIT);
            assertThat(message).as("message behind %s", texts).isNotNull();
            texts.add(message.text());
        }
        return texts;
    }

    @Test
    void shouldHandOverBothKindsInOrderAndTellTheHostWhatIsStoredAndProcessed() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            final Resume resume = host.welcome(false, BASE);
            assertThat(resume).isEqualTo(new Resume(0, new Progress(0, List.of(), 0)));
            for (int i = 1; i <= 20; i++) {
                host.deliver(i % 3 == 0 ? QOS1 : QOS2, BASE + i, "m" + i);
            }
            final List<Delivered> all = new ArrayList<>();
            while (all.size() < 20) {
                all.add(subscriber.receive(LIMIT));
            }
            assertThat(all).extracting(Delivered::index).isSorted().doesNotHaveDuplicates();
            assertThat(all).noneMatch(Delivered::isRedelivered);
            assertThat(all.get(2).qos()).isEqualTo(QualityOfService.AT_LEAST_ONCE);
            assertThat(all.get(3).qos()).isEqualTo(QualityOfService.EXACTLY_ONCE);
            assertThat(all.get(4).text()).isEqualTo("m5");
            assertThat(all.get(4).topic()).isEqualTo("a/b");
            assertThat(subscriber.producer(all.get(0).producer())).contains(PRODUCER);
            host.awaitStored(BASE + 20);
            for (final Delivered message : all) {
                assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
            assertThat(subscriber.acknowledge(all.get(0))).isEqualTo(AcknowledgeOutcome.UNKNOWN);
            assertThat(host.awaitProcessed(BASE + 18, BASE + 20))
                    .isEqualTo(new Progress(BASE + 18, List.of(), BASE + 20));
            assertThat(subscriber.stats().unprocessed()).isZero();
        }
        assertThat(Goodbye.decode(host.expect(WireType.GOODBYE)).reason()).isZero();
    }

    @Test
    void shouldHandOverWhatIsNotAcknowledgedAgainAfterReopening() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            for (int i = 1; i <= 10; i++) {
                host.deliver(QOS2, BASE + i, "m" + i);
            }
            final List<Delivered> all = new ArrayList<>();
            while (all.size() < 10) {
                all.add(subscriber.receive(LIMIT));
            }
            subscriber.acknowledge(all.get(0));
            subscriber.acknowledge(all.get(6));
            subscriber.acknowledge(all.get(9));
        }
        for (int round = 0; round < 2; round++) {
            try (DurableSubscriber subscriber = open()) {
                final Resume resume = host.welcome(true, BASE + 10 + round);
                assertThat(resume.storedUpTo()).isEqualTo(BASE + 10 + round);
                host.deliver(QOS2, BASE + 11 + round, "new" + round);
                final List<Delivered> all = new ArrayList<>();
                while (all.size() < 8 + round) {
                    all.add(subscriber.receive(LIMIT));
                }
                assertThat(all)
                        .extracting(Delivered::text)
                        .startsWith("m2", "m3", "m4", "m5", "m6", "m8", "m9")
                        .endsWith("new" + round);
                assertThat(all.subList(0, 7)).allMatch(Delivered::isRedelivered);
                assertThat(all.get(all.size() - 1).isRedelivered()).isFalse();
                assertThat(subscriber.receive(SHORT)).isNull();
            }
        }
    }

    @Test
    void shouldResumeWithoutDuplicatesAfterABrokenConnection() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            host.deliver(QOS2, BASE + 1, "a");
            host.deliver(QOS1, BASE + 2, "b");
            host.deliver(QOS1, BASE + 3, "c");
            assertThat(receive(subscriber, 3)).containsExactly("a", "b", "c");
            assertThat(subscriber.acknowledge(1, BASE + 3, LIMIT)).isEqualTo(AcknowledgeOutcome.DURABLE);
            host.awaitStored(BASE + 1);
            host.cut();

            final Resume resume = host.welcome(true, BASE + 3);
            assertThat(resume).isEqualTo(new Resume(BASE + 1, new Progress(0, List.of(BASE + 3), BASE)));
            host.deliver(QOS2 | Delivery.REDELIVERED, BASE + 1, "a");
            host.deliver(QOS1 | Delivery.REDELIVERED, BASE + 2, "b");
            host.deliver(QOS2, BASE + 4, "d");
            assertThat(receive(subscriber, 1)).containsExactly("d");
            assertThat(subscriber.stats().duplicates()).isEqualTo(2);
            assertThat(subscriber.stats().connectionsLost()).isEqualTo(1);
        }
    }

    @Test
    void shouldRememberAcknowledgementsOfQos1OverRestarts() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            for (int i = 1; i <= 6; i++) {
                host.deliver(QOS1, BASE + i, "m" + i);
            }
            assertThat(receive(subscriber, 6)).hasSize(6);
            for (final int i : new int[] {5, 1, 3, 2}) {
                assertThat(subscriber.acknowledge(1, BASE + i, LIMIT)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
        }
        try (DurableSubscriber subscriber = open()) {
            final Resume resume = host.welcome(true, BASE + 6);
            assertThat(resume.processed().upTo()).isLessThanOrEqualTo(BASE + 3);
            host.deliver(QOS1 | Delivery.REDELIVERED, BASE + 4, "m4");
            host.deliver(QOS1 | Delivery.REDELIVERED, BASE + 5, "m5");
            host.deliver(QOS1 | Delivery.REDELIVERED, BASE + 6, "m6");
            host.deliver(QOS1, BASE + 7, "m7");
            final List<Delivered> all =
                    List.of(subscriber.receive(LIMIT), subscriber.receive(LIMIT), subscriber.receive(LIMIT));
            assertThat(all).extracting(Delivered::text).containsExactly("m4", "m6", "m7");
            assertThat(all).extracting(Delivered::isRedelivered).containsExactly(true, true, false);
            for (final Delivered each : all) {
                subscriber.acknowledge(each);
            }
            assertThat(host.awaitProcessed(BASE + 7, 0).beyond()).isEmpty();
        }
    }

    @Test
    void shouldSubscribeAndUnsubscribeAtTheHost() throws Exception {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            final SubscribeOptions wanted =
                    SubscribeOptions.builder().subscriptionId(17).build();
            final CompletableFuture<SubscribeResult> granted =
                    inBackground(() -> subscriber.subscribe("a/#", wanted, LIMIT));
            final Subscribe asked = Subscribe.decode(host.expect(WireType.SUBSCRIBE));
            assertThat(asked).isEqualTo(new Subscribe(asked.request(), 2, false, false, 0, 17, "a/#"));
            host.say(out -> new Done(asked.request(), 1, "").encode(out));
            assertThat(granted.get())
                    .isEqualTo(new SubscribeResult(SubscribeOutcome.GRANTED, QualityOfService.AT_LEAST_ONCE, 0, ""));

            host.cut();
            host.welcome(false, BASE);
            final Subscribe again = Subscribe.decode(host.expect(WireType.SUBSCRIBE));
            assertThat(again.filter()).isEqualTo("a/#");
            host.say(out -> new Done(again.request(), 1, "").encode(out));

            final CompletableFuture<SubscribeResult> ended = inBackground(() -> subscriber.unsubscribe("a/#", LIMIT));
            final Unsubscribe end = Unsubscribe.decode(host.expect(WireType.UNSUBSCRIBE));
            host.say(out -> new Done(end.request(), 0, "").encode(out));
            assertThat(ended.get().outcome()).isEqualTo(SubscribeOutcome.GRANTED);
        }
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
    void shouldEndTheConnectionAndResumeWhenAMessageIsMissing() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            host.deliver(QOS2, BASE + 1, "a");
            host.say(out -> RawHost.delivery(out, QOS2, BASE + 3, BASE + 2, "c"));
            assertThat(Goodbye.decode(host.expect(WireType.GOODBYE)).text())
                    .contains("index=", "limit=", "something is missing");
            assertThat(host.welcome(true, BASE + 3).storedUpTo()).isEqualTo(BASE + 1);
            host.deliver(QOS2, BASE + 2, "b");
            host.deliver(QOS2, BASE + 3, "c");
            assertThat(receive(subscriber, 3)).containsExactly("a", "b", "c");
            assertThat(subscriber.stats().violations()).isEqualTo(1);
        }
    }

    @Test
    void shouldStopTakingMessagesWhenTheApplicationIsSlow() throws InterruptedException {
        try (DurableSubscriber subscriber =
                open(options().handOverMessages(8).receiveMaximum(100).build())) {
            host.welcome(false, BASE);
            for (int i = 1; i <= 100; i++) {
                host.deliver(QOS1, BASE + i, "m" + i);
            }
            Await.until(LIMIT, () -> subscriber.stats().received() == 8, "as many as there is room for");
            assertThat(subscriber.receive(SHORT).text()).isEqualTo("m1");
            assertThat(receive(subscriber, 99)).endsWith("m100");
        }
    }

    @Test
    void shouldStopTakingMessagesWhenTheInboxIsFull() throws InterruptedException {
        try (DurableSubscriber subscriber =
                open(options().inboxMaxMessages(10).receiveMaximum(100).build())) {
            host.welcome(false, BASE);
            for (int i = 1; i <= 100; i++) {
                host.deliver(QOS2, BASE + i, "m" + i);
            }
            int acknowledged = 0;
            while (acknowledged < 100) {
                final Delivered message = subscriber.receive(LIMIT);
                assertThat(message).isNotNull();
                acknowledged++;
                assertThat(message.text()).isEqualTo("m" + acknowledged);
                assertThat(subscriber.stats().unprocessed()).isLessThan(10 + 1024);
                assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
            host.awaitStored(BASE + 100);
        }
    }

    @Test
    void shouldWriteOneResultForEachMessageWithItsAcknowledgement() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            for (int i = 1; i <= 30; i++) {
                host.deliver(i % 3, BASE + i, "m" + i);
            }
            int results = 0;
            while (results < 20) {
                final int more = subscriber.receiveAndAppend(
                        (message, result) -> result.putStringWithoutLengthUtf8(0, "result of " + message.text()),
                        Math.min(7, 20 - results),
                        LIMIT);
                assertThat(more).isPositive();
                results += more;
            }
            assertThat(results(subscriber))
                    .hasSize(20)
                    .startsWith("result of m1")
                    .endsWith("result of m20");
        }
        try (DurableSubscriber subscriber = open()) {
            final Resume resume = host.welcome(true, BASE + 30);
            assertThat(resume.storedUpTo()).isEqualTo(BASE + 29);
            assertThat(receive(subscriber, 3)).containsExactly("m23", "m26", "m29");
            final List<String> results = results(subscriber);
            assertThat(results).hasSize(20).startsWith("result of m1");
        }
    }

    private static List<String> results(final DurableSubscriber subscriber) {
        final List<String> texts = new ArrayList<>();
        try (ResultReader reader = subscriber.results()) {
            while (reader.poll(
                            (position, producer, index, buffer, offset, length) ->
                                    texts.add(buffer.getStringWithoutLengthUtf8(offset, length)),
                            7)
                    > 0) {
                assertThat(texts).isNotEmpty();
            }
        }
        return texts;
    }

    @Test
    void shouldKeepTheOrderOfAllKindsOfEachHost() throws InterruptedException {
        try (RawHost second = new RawHost(context, "inproc://second", new UUID(1, 1));
                DurableSubscriber subscriber = open()) {
            subscriber.connect(second.endpoint());
            host.welcome(false, BASE);
            second.welcome(false, BASE);
            assertThat(subscriber.awaitHosts(2, LIMIT)).isTrue();
            for (int i = 1; i <= 300; i++) {
                host.deliver(i * 7 % 3, BASE + i, "first" + i);
                second.deliver(i * 5 % 3, BASE + i, "second" + i);
            }
            final Map<Integer, Long> last = new HashMap<>();
            for (int i = 0; i < 600; i++) {
                final Delivered message = subscriber.receive(LIMIT);
                assertThat(message).isNotNull();
                final long before = last.getOrDefault(message.producer(), BASE);
                assertThat(message.index()).as(message.toString()).isEqualTo(before + 1);
                last.put(message.producer(), message.index());
                assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
            assertThat(last).hasSize(2);
        }
    }

    @Test
    void shouldRecoverFromACheckpointWhatWasNotAcknowledged() throws Exception {
        final DurableSubscriberOptions large = options().inboxMaxBytes(64 << 20).build();
        try (DurableSubscriber subscriber = open(large)) {
            host.welcome(false, BASE);
            assertThat(subscriber
                            .subscribe("a/#", SubscribeOptions.DEFAULTS, Duration.ZERO)
                            .outcome())
                    .isEqualTo(SubscribeOutcome.PENDING);
            for (int i = 1; i <= 400; i++) {
                // Not compressible, so that segments fill up.
                host.deliver(i % 4 == 0 ? QOS1 : QOS2, BASE + i, filler(i));
                final Delivered message = subscriber.receive(LIMIT);
                if (i % 50 != 0 && i != 3) {
                    assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
                }
            }
        }
        try (DurableSubscriber subscriber = open(large)) {
            final Resume resume = host.welcome(true, BASE + 400);
            assertThat(resume.storedUpTo()).isEqualTo(BASE + 399);
            assertThat(resume.processed().beyond()).contains(BASE + 396).doesNotContain(BASE + 100, BASE + 200);
            assertThat(Subscribe.decode(host.expect(WireType.SUBSCRIBE)).filter())
                    .isEqualTo("a/#");
            final List<Long> again = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                again.add(subscriber.receive(LIMIT).index() - BASE);
            }
            assertThat(again).containsExactly(3L, 50L, 150L, 250L, 350L);
            assertThat(subscriber.receive(SHORT)).isNull();
        }
    }

    private String filler(final int i) {
        final StringBuilder text = new StringBuilder();
        random.ints(10_000, ' ', 'z').forEach(character -> text.append((char) character));
        return text.append(i).toString();
    }
}
