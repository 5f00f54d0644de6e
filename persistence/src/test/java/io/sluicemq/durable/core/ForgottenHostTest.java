package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that a subscriber leaves, or removes for good. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class ForgottenHostTest {
    private static final Duration LIMIT = RawHost.LIMIT;
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final UUID PRODUCER = new UUID(7, 9);
    private static final long BASE = 5L << 32;
    private static final int QOS1 = Qos.AT_LEAST_ONCE;
    private static final int QOS2 = Qos.EXACTLY_ONCE;

    @TempDir
    private Path folder;

    private final Context context = Context.create();
    private final RawHost host = new RawHost(context, "inproc://host", PRODUCER);
    private final RawHost other = new RawHost(context, "inproc://other", new UUID(1, 1));

    @AfterEach
    void close() {
        host.close();
        other.close();
        context.close(Duration.ZERO);
    }

    private DurableSubscriber open() {
        return DurableSubscriber.open(
                context,
                folder,
                DurableSubscriberOptions.builder("desk")
                        .segmentBytes(1 << 20)
                        .inboxMaxBytes(4 << 20)
                        .build());
    }

    private static void await(final DurableSubscriber subscriber, final int received) {
        Await.until(LIMIT, () -> subscriber.stats().received() == received, "all to be received");
    }

    @Test
    void shouldGoOnWhereItWasWhenItConnectsAgainAfterADisconnect() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            subscriber.connect(host.endpoint());
            host.welcome(false, BASE);
            host.deliver(QOS2, BASE + 1, "a");
            await(subscriber, 1);

            subscriber.disconnect(host.endpoint());
            final Goodbye goodbye = Goodbye.decode(host.expect(WireType.GOODBYE));
            assertThat(goodbye.reason()).isZero();
            assertThat(goodbye.sessionExpirySeconds()).isEqualTo(Goodbye.UNCHANGED);
            assertThat(subscriber.receive(LIMIT).text()).isEqualTo("a");
            Await.until(LIMIT, () -> subscriber.stats().hosts() == 0, "no host");
            assertThatThrownBy(() -> subscriber.disconnect(host.endpoint()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit=");

            subscriber.connect(host.endpoint());
            assertThat(host.welcome(true, BASE + 1).storedUpTo()).isEqualTo(BASE + 1);
        }
    }

    @Test
    void shouldThrowAwayWhatItHeldOfAForgottenHostAndKeepTheRest() throws InterruptedException {
        try (DurableSubscriber subscriber = open()) {
            subscriber.connect(host.endpoint());
            subscriber.connect(other.endpoint());
            host.welcome(false, BASE);
            other.welcome(false, BASE);
            host.deliver(QOS2, BASE + 1, "first");
            await(subscriber, 1);
            other.deliver(QOS2, BASE + 1, "kept");
            await(subscriber, 2);
            host.deliver(QOS1, BASE + 2, "one");
            host.deliver(QOS2, BASE + 3, "two");
            await(subscriber, 4);
            final Delivered first = subscriber.receive(LIMIT);
            assertThat(first.text()).isEqualTo("first");

            assertThat(subscriber.forget(PRODUCER)).isEqualTo(2);

            assertThat(Goodbye.decode(host.expect(WireType.GOODBYE)).sessionExpirySeconds())
                    .isZero();
            final Delivered kept = subscriber.receive(LIMIT);
            assertThat(kept.text()).isEqualTo("kept");
            assertThat(subscriber.receive(SHORT)).isNull();
            assertThat(subscriber.acknowledge(first)).isEqualTo(AcknowledgeOutcome.UNKNOWN);
            assertThat(subscriber.acknowledge(kept)).isEqualTo(AcknowledgeOutcome.DURABLE);
            Await.until(LIMIT, () -> subscriber.stats().unprocessed() == 0, "nothing to be left");
            assertThatThrownBy(() -> subscriber.forget(PRODUCER))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("producer=" + PRODUCER);
        }
        try (DurableSubscriber subscriber = open()) {
            assertThat(subscriber.receive(SHORT)).isNull();
            subscriber.connect(host.endpoint());

            assertThat(host.welcome(false, BASE + 3)).isEqualTo(new Resume(0, new Progress(0, List.of(), 0)));
            host.deliver(QOS2, BASE + 3, "again");
            final Delivered again = subscriber.receive(LIMIT);
            assertThat(again.text()).isEqualTo("again");
            assertThat(again.producer()).isEqualTo(3);
            assertThat(subscriber.producer(3)).contains(PRODUCER);
            assertThat(subscriber.acknowledge(again)).isEqualTo(AcknowledgeOutcome.DURABLE);
        }
    }

    @Test
    void shouldMakeRoomAlsoWhereItWasNotReadSinceTheOpen() throws InterruptedException {
        final String filler = filler();
        final int held;
        try (DurableSubscriber subscriber = open()) {
            subscriber.connect(host.endpoint());
            host.welcome(false, BASE);
            for (int i = 1; i <= 60; i++) {
                host.deliver(QOS2, BASE + i, filler);
            }
            // The inbox is full, and takes no more.
            Await.until(LIMIT, () -> subscriber.stats().stored() > 10, "some to be stored");
            assertThat(subscriber.receive(LIMIT)).isNotNull();
            held = Math.toIntExact(subscriber.stats().stored());
            assertThat(held).isLessThan(60);
        }
        try (DurableSubscriber subscriber = open()) {
            assertThat(subscriber.receive(LIMIT)).isNotNull();

            assertThat(subscriber.forget(PRODUCER)).isGreaterThanOrEqualTo(held);

            subscriber.connect(other.endpoint());
            other.welcome(false, BASE);
            for (int i = 1; i <= 30; i++) {
                other.deliver(QOS2, BASE + i, filler + i);
                final Delivered message = subscriber.receive(LIMIT);
                assertThat(message).as("message %d", i).isNotNull();
                assertThat(message.index()).isEqualTo(BASE + i);
                assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
        }
    }

    /** Not compressible. */
    private static String filler() {
        final StringBuilder text = new StringBuilder();
        new Random(1).ints(150_000, ' ', 'z').forEach(character -> text.append((char) character));
        return text.toString();
    }

    @Test
    void shouldKeepNumbersAndForgetTheRestInCheckpoints() {
        final InboxState state = new InboxState();
        state.owner("desk");
        final ProducerState gone = state.add(PRODUCER);
        gone.onStored(BASE + 1, 17);
        state.add(new UUID(1, 1)).onStored(BASE + 2, 18);
        state.subscriptions().put(new BookEntry("a", 1, true, 0, 0, true));
        state.subscriptions().find("a").onDone(2, new Done(1, 0, ""));

        state.forget(gone);
        final InboxState recovered = new InboxState();
        state.write((type, buffer, offset, length) -> recovered.onRecord(1, 1, type, buffer, offset, length));

        assertThat(state.subscriptions().find("a")).isNull();
        for (final InboxState each : List.of(state, recovered)) {
            assertThat(each.find(PRODUCER)).isNull();
            assertThat(each.find(2).unprocessed()).isOne();
            assertThat(each.oldestInboxIndex()).isEqualTo(18);
            assertThat(each.add(PRODUCER).number()).isEqualTo(3);
            assertThat(each.find(PRODUCER).progress().storedUpTo()).isZero();
        }
    }
}
