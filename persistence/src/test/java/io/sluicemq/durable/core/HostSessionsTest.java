package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeOutcome;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.JournalReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions and their subscriptions at a host, and what publishers wait for. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostSessionsTest extends HostTestBase {
    private static Subscribe wish(final int request, final int qos, final int id, final String filter) {
        return new Subscribe(request, qos, false, false, 2, id, filter);
    }

    private static void checkOverlap(final Got got, final String text) {
        assertThat(got.text()).isEqualTo(text);
        assertThat(got.qos()).isEqualTo(2);
        assertThat(got.ids()).containsExactlyInAnyOrder(3, 4, 5);
    }

    @Test
    void shouldSendAMessageThatSeveralSubscriptionsMatchOnce() throws InterruptedException {
        final long first;
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe(wish(1, 1, 3, "a/+"));
            subscriber.subscribe(wish(2, 2, 4, "a/#"));
            subscriber.subscribe(wish(3, 0, 5, "#"));
            subscriber.subscribe(wish(4, 1, 6, "b"));
            first = publisher.publish("a/b", "live", ONCE).index();

            checkOverlap(subscriber.delivery(), "live");
            assertThat(subscriber.isQuiet(MOMENT)).isTrue();
        }
        publisher.publish("a/b", "away", ONCE);
        try (RawSubscriber again = subscriber()) {
            again.hello("desk");
            again.resume(first, 0);

            checkOverlap(again.delivery(), "away");
            assertThat(again.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldTakeAnotherReceiveMaximumWithEachConnection() throws InterruptedException {
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("desk", false, 6, Hello.NEVER);
            subscriber.resume(0, 0);
            subscriber.subscribe("#", 1);
            for (int i = 0; i < 10; i++) {
                publisher.publish("a", "m" + i, PublishOptions.DEFAULTS);
            }
            assertThat(subscriber.deliveries(6)).hasSize(6);
            assertThat(subscriber.isQuiet(MOMENT)).isTrue();
        }
        try (RawSubscriber narrow = subscriber()) {
            narrow.hello("desk", false, 2, Hello.NEVER);
            narrow.resume(0, 0);
            final List<Got> two = narrow.deliveries(2);
            assertThat(two).extracting(Got::text).containsExactly("m0", "m1");
            assertThat(narrow.isQuiet(MOMENT)).isTrue();
            narrow.processed(two.get(0).index());
            assertThat(narrow.delivery().text()).isEqualTo("m2");
            assertThat(narrow.isQuiet(MOMENT)).isTrue();
        }
        try (RawSubscriber wide = subscriber()) {
            wide.hello("desk", false, 100, Hello.NEVER);
            wide.resume(0, 0);

            final List<Got> all = wide.deliveries(9);
            assertThat(all).extracting(Got::text).startsWith("m1").endsWith("m9");
            assertThat(all).extracting(Got::again).startsWith(true, true, true, true, true, false);
        }
    }

    @Test
    void shouldSendWhatWasPublishedBeforeAnUnsubscribeToWhoIsBehind() throws InterruptedException {
        try (RawSubscriber behind = subscriber()) {
            behind.hello("behind", false, 1, Hello.NEVER);
            behind.resume(0, 0);
            behind.subscribe("a", 1);
            publisher.publish("a", "m0", PublishOptions.DEFAULTS);
            publisher.publish("a", "m1", PublishOptions.DEFAULTS);
            final Got first = behind.delivery();
            assertThat(behind.unsubscribe("a")).isZero();
            publisher.publish("a", "unwanted", PublishOptions.DEFAULTS);
            behind.subscribe("a", 0);
            behind.subscribe("a", 1);
            publisher.publish("a", "m2", PublishOptions.DEFAULTS);

            behind.processed(first.index());
            final Got second = behind.delivery();
            behind.processed(second.index());

            assertThat(second.text()).isEqualTo("m1");
            assertThat(behind.delivery().text()).isEqualTo("m2");
        }
    }

    @Test
    void shouldEndASessionWhenItsTimeIsOver() {
        final JournalOptions.Builder options = JournalOptions.builder().segmentBytes(1 << 20);
        final Path directory = folder.resolve("state");
        final HostState state = new HostState(10, 0, "");
        try (Journal journal = Journal.open(directory, options.checkpoint(state).build())) {
            start(state, journal, 0);
            final HostedSession away = state.open("away", 10);
            away.endsAtEpochMs = away.endAfter(1_000);
            state.write(away);
            state.open("connected", 20);
            final HostedSession lasting = state.open("lasting", Hello.NEVER);
            lasting.endsAtEpochMs = lasting.endAfter(1_000);
            state.write(lasting);

            assertThat(state.expire(10_999)).isZero();
        }
        // Of one that was connected when the host died, the time begins with the next host.
        final HostState next = new HostState(10, 0, "");
        try (Journal journal = Journal.open(directory, options.checkpoint(next).build())) {
            start(next, journal, 9_000);

            assertThat(next.expire(10_999)).isZero();
            assertThat(next.expire(11_000)).isOne();
            assertThat(next.find("away")).isNull();
            assertThat(next.expire(28_999)).isZero();
            assertThat(next.expire(29_000)).isOne();
            assertThat(next.expire(Long.MAX_VALUE - 1)).isZero();
            assertThat(next.find("lasting")).isNotNull();
        }
        final HostState last = new HostState(10, 0, "");
        try (Journal journal = Journal.open(directory, options.checkpoint(last).build())) {
            start(last, journal, 0);

            assertThat(last.sessions()).hasSize(1);
        }
    }

    private static void start(final HostState state, final Journal journal, final long nowMs) {
        journal.recover(state);
        try (JournalReader reader = journal.reader()) {
            reader.seekEnd();
            state.start(new HostLog(journal, reader.position() - 1), nowMs);
        }
    }

    @Test
    void shouldCountSessionsThatHaveStoredAndProcessed() throws InterruptedException {
        final long index;
        try (RawSubscriber away = subscriber().join("away")) {
            away.subscribe("a", 2);
        }
        try (RawSubscriber there = subscriber().join("there")) {
            there.subscribe("a", 2);
            index = publisher.publish("a", "m0", ONCE).index();
            final long after =
                    publisher.publish("a", "m1", PublishOptions.DEFAULTS).index();
            there.deliveries(2);
            there.stored(index);
            // Of QoS 1, and nothing of those before it.
            there.processed(after);

            assertThat(publisher.awaitStored(index, 1, PATIENCE)).isTrue();
            assertThat(publisher.awaitProcessed(after, 1, PATIENCE)).isTrue();
            assertThat(publisher.awaitProcessed(index, 1, MOMENT)).isFalse();
            there.processedExactlyOnce(index);
            assertThat(publisher.awaitProcessed(index, 1, PATIENCE)).isTrue();
            assertThat(publisher.awaitStored(index, 2, MOMENT)).isFalse();
            assertThat(publisher.awaitProcessed(index, 2, MOMENT)).isFalse();
        }
        try (RawSubscriber back = subscriber()) {
            back.hello("away");
            back.resume(0, 0);
            back.deliveries(2);
            back.stored(index);
            assertThat(publisher.awaitStored(index, 2, PATIENCE)).isTrue();
            assertThat(publisher.awaitProcessed(index, 2, MOMENT)).isFalse();
            back.processedExactlyOnce(index);

            assertThat(publisher.awaitProcessed(index, 2, PATIENCE)).isTrue();
        }
    }

    @Test
    void shouldWaitForProcessedWhereASubscriptionTakesLessThanWasPublished() throws InterruptedException {
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("one", 1);
            subscriber.subscribe("two", 2);
            final long first = publisher.publish("one", "m0", ONCE).index();
            final long second = publisher.publish("two", "m1", ONCE).index();
            subscriber.deliveries(2);
            subscriber.stored(second);

            assertThat(publisher.awaitStored(second, 1, PATIENCE)).isTrue();
            assertThat(publisher.awaitStored(first, 1, MOMENT)).isFalse();
            subscriber.processed(first);
            assertThat(publisher.awaitStored(first, 1, PATIENCE)).isTrue();
        }
    }

    private DurableSubscriber openSubscriber(final boolean cleanStart) throws InterruptedException {
        final DurableSubscriber subscriber = DurableSubscriber.open(
                context,
                folder.resolve("inbox"),
                DurableSubscriberOptions.builder("desk")
                        .segmentBytes(1 << 20)
                        .cleanStart(cleanStart)
                        .build());
        subscriber.connect(ENDPOINT);
        assertThat(subscriber.awaitHosts(1, PATIENCE)).isTrue();
        return subscriber;
    }

    private static void subscribe(final DurableSubscriber subscriber, final String filter) throws InterruptedException {
        assertThat(subscriber
                        .subscribe(filter, SubscribeOptions.DEFAULTS, PATIENCE)
                        .outcome())
                .isEqualTo(SubscribeOutcome.GRANTED);
    }

    @Test
    void shouldTellThatMessagesOfBothKindsAreProcessed() throws InterruptedException {
        try (DurableSubscriber subscriber = openSubscriber(false)) {
            subscribe(subscriber, "a");
            final long once = publisher.publish("a", "m0", ONCE).index();
            final long next = publisher.publish("a", "m1", ONCE).index();
            final long again =
                    publisher.publish("a", "m2", PublishOptions.DEFAULTS).index();
            assertThat(publisher.awaitStored(next, 1, PATIENCE)).isTrue();
            assertThat(publisher.awaitProcessed(once, 1, MOMENT)).isFalse();

            for (final long index : List.of(once, next, again)) {
                final Delivered message = subscriber.receive(PATIENCE);
                assertThat(message.index()).isEqualTo(index);
                assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
                assertThat(publisher.awaitProcessed(index, 1, PATIENCE)).isTrue();
            }
        }
    }

    @Test
    void shouldBeginWithoutAnythingOfBeforeAfterACleanStart() throws InterruptedException {
        try (DurableSubscriber subscriber = openSubscriber(false)) {
            subscribe(subscriber, "a");
            final long held = publisher.publish("a", "held", ONCE).index();
            assertThat(publisher.awaitStored(held, 1, PATIENCE)).isTrue();
        }
        publisher.publish("a", "away", ONCE);
        try (DurableSubscriber clean = openSubscriber(true)) {
            publisher.publish("a", "unwanted", ONCE);
            assertThat(clean.receive(MOMENT)).isNull();
            assertThat(clean.stats().unprocessed()).isZero();
            subscribe(clean, "a");
            publisher.publish("a", "m0", ONCE);
            assertThat(clean.receive(PATIENCE).text()).isEqualTo("m0");

            // Only the first connection to a host is a clean start.
            reopen();
            publisher.publish("a", "m1", ONCE);

            assertThat(clean.receive(PATIENCE).text()).isEqualTo("m1");
        }
        try (DurableSubscriber usual = openSubscriber(false)) {
            final Delivered first = usual.receive(PATIENCE);
            assertThat(first.text()).as("held for good is only what came since").isEqualTo("m0");
            assertThat(first.isRedelivered()).isTrue();
            assertThat(usual.receive(PATIENCE).text()).isEqualTo("m1");
            assertThat(usual.receive(MOMENT)).isNull();
        }
    }

    @Test
    void shouldForgetASessionForGoodAtACleanStart() throws InterruptedException {
        try (RawSubscriber before = subscriber().join("desk")) {
            before.subscribe("a", 1);
        }
        publisher.publish("a", "old", PublishOptions.DEFAULTS);
        try (RawSubscriber clean = subscriber()) {
            assertThat(clean.hello("desk", true, 10, Hello.NEVER).sessionPresent())
                    .isFalse();
        }
        reopen();
        try (RawSubscriber again = subscriber()) {
            assertThat(again.hello("desk").sessionPresent()).isTrue();
            again.resume(0, 0);
            assertThat(again.isQuiet(MOMENT)).isTrue();
            again.subscribe("a", 1);
            publisher.publish("a", "new", PublishOptions.DEFAULTS);

            assertThat(again.delivery().text()).isEqualTo("new");
        }
    }
}
