package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.AppendingHandler;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.ResultReader;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeOutcome;
import io.sluicemq.durable.SubscribeResult;
import io.sluicemq.journal.JournalException;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a subscriber does when somebody restores, mixes up or throws. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class SubscriberTroubleTest {
    private static final Duration LIMIT = RawHost.LIMIT;
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final UUID PRODUCER = new UUID(7, 9);
    private static final long BASE = 5L << 32;
    private static final int QOS0 = Qos.AT_MOST_ONCE;
    private static final int QOS1 = Qos.AT_LEAST_ONCE;
    private static final int QOS2 = Qos.EXACTLY_ONCE;

    @TempDir
    private Path folder;

    private final Context context = Context.create();
    private final RawHost host = new RawHost(context, "inproc://host", PRODUCER);

    @AfterEach
    void close() {
        host.close();
        context.close(Duration.ZERO);
    }

    private static DurableSubscriberOptions.Builder options(final String name) {
        return DurableSubscriberOptions.builder(name).segmentBytes(1 << 20);
    }

    private DurableSubscriber open() throws InterruptedException {
        final DurableSubscriber subscriber =
                DurableSubscriber.open(context, folder, options("desk").build());
        subscriber.connect(host.endpoint());
        return subscriber;
    }

    @Test
    void shouldConnectNoMoreToAHostWhoseLogIsAnOlderCopyUntilItIsForgotten() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            host.deliver(QOS2, BASE + 5, "before");
            final Delivered before = subscriber.receive(LIMIT);
            host.awaitStored(BASE + 5);
            host.cut();

            host.expect(WireType.HELLO);
            host.say(out -> new Welcome(true, PRODUCER, BASE + 2, 1 << 20, "host", null).encode(out));

            final Goodbye goodbye = Goodbye.decode(host.expect(WireType.GOODBYE));
            assertThat(goodbye.reason()).isEqualTo(Reasons.IMPLEMENTATION_ERROR);
            assertThat(goodbye.text())
                    .contains("headIndex=" + (BASE + 2), "limit=" + (BASE + 5), "forget the producer");
            assertThat(subscriber.stats().lastError()).isEqualTo(goodbye.text());
            assertThat(subscriber
                            .subscribe("a/#", SubscribeOptions.DEFAULTS, LIMIT)
                            .outcome())
                    .as("nobody is left to ask")
                    .isEqualTo(SubscribeOutcome.PENDING);
            assertThat(subscriber.acknowledge(before)).isEqualTo(AcknowledgeOutcome.DURABLE);

            assertThat(subscriber.forget(PRODUCER)).isZero();
            subscriber.connect(host.endpoint());
            assertThat(host.welcome(true, BASE + 2).storedUpTo()).isZero();
            host.deliver(QOS2, BASE + 3, "new");
            assertThat(subscriber.receive(LIMIT).text()).isEqualTo("new");
        }
    }

    @Test
    void shouldRefuseAnInboxOfAnotherSessionAndTheJournalOfAnotherKind() throws InterruptedException {
        final Path log = folder.resolve("log");
        final Path inbox = folder.resolve("inbox");
        DurableSubscriber.open(context, inbox, options("desk").build()).close();
        final DurablePublisherOptions hostOptions = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder().segmentBytes(1 << 20))
                .build();
        try (DurablePublisher publisher = DurablePublisher.open(context, log, hostOptions)) {
            publisher.publish("a", "x", PublishOptions.DEFAULTS);
        }

        assertThatThrownBy(() ->
                        DurableSubscriber.open(context, inbox, options("other").build()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("session=desk, limit=session=other");
        assertThatThrownBy(() ->
                        DurableSubscriber.open(context, log, options("desk").build()))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("is no subscriber's");
        assertThatThrownBy(() -> DurablePublisher.open(context, inbox, hostOptions))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("inbox of session=desk");
        DurableSubscriber.open(context, inbox, options("desk").build()).close();
        DurablePublisher.open(context, log, hostOptions).close();
    }

    @Test
    void shouldHandAMessageOverAgainWhenItsHandlerThrew() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            host.deliver(QOS1, BASE + 1, "one");
            host.deliver(QOS2, BASE + 2, "two");
            host.deliver(QOS0, 0, "none");
            for (final String text : List.of("one", "two")) {
                assertThatThrownBy(() -> subscriber.receive(
                                message -> {
                                    assertThat(message.text()).isEqualTo(text);
                                    throw new IllegalStateException("no");
                                },
                                9,
                                LIMIT))
                        .hasMessage("no");

                final Delivered again = subscriber.receive(LIMIT);
                assertThat(again.text()).isEqualTo(text);
                assertThat(again.isRedelivered()).isTrue();
                assertThat(subscriber.acknowledge(again)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
            assertThatThrownBy(() -> subscriber.receive(
                            message -> {
                                throw new IllegalStateException("at most once");
                            },
                            9,
                            LIMIT))
                    .hasMessage("at most once");
            assertThat(subscriber.receive(SHORT)).isNull();
            host.awaitProcessed(BASE + 1, BASE + 2);
        }
    }

    @Test
    void shouldNotHandOverAgainWhatItsHandlerAcknowledgedBeforeItThrew() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            host.deliver(QOS1, BASE + 1, "one");
            host.deliver(QOS2, BASE + 2, "two");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> subscriber.receive(
                                message -> {
                                    subscriber.tryAcknowledge(message.producer(), message.index(), 0);
                                    throw new IllegalStateException("no");
                                },
                                1,
                                LIMIT))
                        .hasMessage("no");
            }

            assertThat(subscriber.receive(SHORT)).isNull();
            assertThat(subscriber.stats().acknowledged()).isEqualTo(2);
        }
    }

    @Test
    void shouldKeepOneResultOfEachMessageWhenAHandlerThrows() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            for (int i = 1; i <= 6; i++) {
                host.deliver(i % 2 == 0 ? QOS1 : QOS2, BASE + i, "m" + i);
            }
            final List<String> failing = new ArrayList<>(List.of("m3", "m4"));
            final AppendingHandler handler = (message, result) -> {
                if (failing.remove(message.text())) {
                    throw new IllegalStateException(message.text());
                }
                return result.putStringWithoutLengthUtf8(0, message.text());
            };
            final List<String> results = new ArrayList<>();
            final List<String> thrown = new ArrayList<>();
            try (ResultReader reader = subscriber.results()) {
                while (results.size() < 6) {
                    try {
                        subscriber.receiveAndAppend(handler, 9, SHORT);
                    } catch (final IllegalStateException e) {
                        thrown.add(e.getMessage());
                    }
                    reader.poll(
                            (position, producer, index, buffer, offset, length) ->
                                    results.add(buffer.getStringWithoutLengthUtf8(offset, length)),
                            9);
                }
            }
            assertThat(thrown).containsExactly("m3", "m4");
            assertThat(results).containsExactly("m1", "m2", "m3", "m4", "m5", "m6");
            assertThat(subscriber.receive(SHORT)).isNull();
        }
    }

    @Test
    void shouldStayWithTheConnectionThatAHostHasAndNotWaitForOneThatEnded() throws Exception {
        try (RawHost second = new RawHost(context, "inproc://second", PRODUCER);
                DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            assertThat(subscriber.awaitHosts(1, LIMIT)).isTrue();
            subscriber.connect(second.endpoint());
            second.expect(WireType.HELLO);
            second.say(out -> new Welcome(true, PRODUCER, BASE, 1 << 20, "host", null).encode(out));
            assertThat(Goodbye.decode(second.expect(WireType.GOODBYE)).text())
                    .contains("producer=" + PRODUCER, "limit=1");
            host.deliver(QOS2, BASE + 1, "of the first");
            assertThat(subscriber.receive(LIMIT).text()).isEqualTo("of the first");

            host.say(out -> new Goodbye(Reasons.TAKEN_OVER, Goodbye.UNCHANGED, "").encode(out));
            Await.until(LIMIT, () -> subscriber.stats().hosts() == 0, "the first to end");
            second.welcome(true, BASE + 1);

            final CompletableFuture<SubscribeResult> granted = CompletableFuture.supplyAsync(() -> {
                try {
                    return subscriber.subscribe("a/#", SubscribeOptions.DEFAULTS, LIMIT);
                } catch (final InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            final Subscribe asked = Subscribe.decode(second.expect(WireType.SUBSCRIBE));
            second.say(out -> new Done(asked.request(), 2, "").encode(out));
            assertThat(granted.get().outcome()).isEqualTo(SubscribeOutcome.GRANTED);
        }
    }

    @Test
    void shouldAcknowledgeWhatALostSessionHadHandedOver() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            host.welcome(false, BASE);
            host.deliver(QOS1, BASE + 1, "old");
            final Delivered old = subscriber.receive(LIMIT);
            host.cut();
            host.welcome(false, BASE + 10);
            host.deliver(QOS1, BASE + 11, "new");
            assertThat(subscriber.acknowledge(subscriber.receive(LIMIT))).isEqualTo(AcknowledgeOutcome.DURABLE);

            assertThat(host.awaitProcessed(BASE + 11, 0).beyond()).isEmpty();
            assertThat(subscriber.acknowledge(old)).isEqualTo(AcknowledgeOutcome.DURABLE);
            assertThat(subscriber.acknowledge(old)).isEqualTo(AcknowledgeOutcome.UNKNOWN);
        }
    }

    @Test
    void shouldThrowInsteadOfWaitingForItselfInAListener() throws InterruptedException {
        final AtomicReference<DurableSubscriber> self = new AtomicReference<>();
        final CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        final DurableSubscriberOptions options = options("desk")
                .acknowledgeListener((correlationId, outcome) -> {
                    try {
                        self.get().connect("inproc://host");
                    } catch (final InterruptedException | RuntimeException e) {
                        thrown.complete(e);
                    }
                })
                .build();
        try (DurableSubscriber subscriber = DurableSubscriber.open(context, folder, options)) {
            self.set(subscriber);
            subscriber.tryAcknowledge(1, 1, 1);

            assertThat(thrown.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("on another thread");
        }
    }
}
