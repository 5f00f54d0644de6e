package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host, and subscribers that speak the wire by hand. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostTest extends HostTestBase {
    @Override
    DurablePublisherOptions.Builder options() {
        return super.options().clientId("bridge");
    }

    private long publish(final String text) throws InterruptedException {
        return publish(text, PublishOptions.DEFAULTS);
    }

    @Test
    void shouldDeliverWhatIsPublishedAfterTheSubscription() throws InterruptedException {
        try (RawSubscriber subscriber = subscriber()) {
            publish("before");
            final Welcome welcome = subscriber.hello("desk");
            subscriber.resume(0, 0);
            assertThat(subscriber.subscribe("a/+", 2)).isEqualTo(2);

            final long first = publish("one");
            final long second = publish("two", ONCE);
            publisher.publish("other", "three", PublishOptions.DEFAULTS);

            assertThat(welcome.sessionPresent()).isFalse();
            assertThat(welcome.producer()).isEqualTo(publisher.producerId());
            final List<Got> got = subscriber.deliveries(2);
            assertThat(got.get(0)).isEqualTo(new Got(1, false, false, true, first, 0, "a/b", "one", List.of()));
            assertThat(got.get(1)).isEqualTo(new Got(2, false, false, true, second, first, "a/b", "two", List.of()));
            assertThat(subscriber.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldSayWhichLevelWasReached() throws InterruptedException {
        final PublishOptions received =
                PublishOptions.builder().level(Durability.RECEIVED).build();
        final PublishOptions journaled =
                PublishOptions.builder().level(Durability.JOURNALED).build();

        assertThat(publisher.publish("a", "x", received).level()).isEqualTo(Durability.RECEIVED);
        assertThat(publisher.publish("a", "x", journaled).level()).isEqualTo(Durability.JOURNALED);
        assertThat(publisher.publish("a", "x", PublishOptions.DEFAULTS).level()).isEqualTo(Durability.SYNCED);
        publisher.close();
        assertThat(publisher.publish("a", "x", received).outcome()).isEqualTo(PublishOutcome.CLOSED);
    }

    @Test
    void shouldDeliverAgainAndMarkedWhatWasNotAcknowledged() throws InterruptedException {
        final List<Long> indexes = new ArrayList<>();
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("#", 2);
            for (int i = 0; i < 6; i++) {
                indexes.add(publish("m" + i, i % 2 == 0 ? ONCE : PublishOptions.DEFAULTS));
            }
            subscriber.deliveries(6);
            subscriber.stored(indexes.get(2));
            subscriber.processed(0, indexes.get(3));
        }
        indexes.add(publish("m6"));

        try (RawSubscriber again = subscriber()) {
            final Welcome welcome = again.hello("desk");
            again.resume(indexes.get(2), 0, indexes.get(3));

            assertThat(welcome.sessionPresent()).isTrue();
            final List<Got> got = again.deliveries(4);
            assertThat(texts(got)).containsExactly("m1", "m4", "m5", "m6");
            assertThat(got).extracting(Got::again).containsExactly(true, true, true, false);
            assertThat(got)
                    .extracting(Got::previous)
                    .containsExactly(0L, indexes.get(1), indexes.get(4), indexes.get(5));
        }
    }

    @Test
    void shouldGoOnAfterTheHostWasClosedAndOpened() throws InterruptedException {
        final long first;
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("a/#", 1);
            first = publish("one");
            publish("two");
            subscriber.deliveries(2);
            subscriber.processed(first);
            assertThat(subscriber.unsubscribe("a/#")).isZero();
            assertThat(subscriber.unsubscribe("a/#")).isEqualTo(0x11);
            publish("unwanted");
            subscriber.subscribe("+/b", 1);
            publish("three");
            subscriber.delivery();
            reopen();
        }
        publish("four");

        try (RawSubscriber again = subscriber()) {
            assertThat(again.hello("desk").sessionPresent()).isTrue();
            again.resume(0, first);

            final List<Got> got = again.deliveries(3);
            assertThat(texts(got)).containsExactly("two", "three", "four");
            assertThat(got).extracting(Got::again).containsExactly(true, true, false);
        }
    }

    @Test
    void shouldGoOnFromWhatAKilledHostLeft(@TempDir final Path left) throws InterruptedException, IOException {
        final long first;
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("a/#", 2);
            first = publish("one", ONCE);
            publish("two", ONCE);
            subscriber.deliveries(2);
            subscriber.stored(first);
            publish("three");
            copyAsKilled(left);
        }

        try (DurablePublisher survivor = openPublisher(left, "inproc://survivor");
                RawSubscriber again = new RawSubscriber(context, "inproc://survivor")) {
            assertThat(survivor.producerId()).isEqualTo(publisher.producerId());
            assertThat(again.hello("desk").sessionPresent()).isTrue();
            again.resume(first, 0);

            final List<Got> got = again.deliveries(2);
            assertThat(texts(got)).containsExactly("two", "three");
            assertThat(got).extracting(Got::again).as("may have been sent").containsExactly(true, true);
            final long next = survivor.publish("a/b", "four", ONCE).index();
            assertThat(next).isGreaterThan(got.get(1).index());
            assertThat(again.delivery()).extracting(Got::again).isEqualTo(false);
        }
    }

    @Test
    void shouldSendNoMoreThanTheReceiveMaximum() throws InterruptedException {
        try (RawSubscriber slow = subscriber();
                RawSubscriber quick = subscriber().join("quick")) {
            slow.hello("slow", false, 2, Hello.NEVER);
            slow.resume(0, 0);
            slow.subscribe("#", 1);
            quick.subscribe("#", 1);

            for (int i = 0; i < 100; i++) {
                publish("m" + i);
            }

            assertThat(quick.deliveries(100)).hasSize(100);
            final List<Got> got = new ArrayList<>(slow.deliveries(2));
            assertThat(slow.isQuiet(MOMENT)).isTrue();
            while (got.size() < 100) {
                slow.processed(got.get(got.size() - 1).index());
                got.addAll(slow.deliveries(2));
            }
            assertThat(texts(got).get(99)).isEqualTo("m99");
            assertThat(got).noneMatch(Got::again);
        }
    }

    @Test
    void shouldDeliverAtMostOnceToWhoIsThere() throws InterruptedException {
        publish("nobody", AT_MOST_ONCE);
        try (RawSubscriber subscriber = subscriber().join("desk")) {
            subscriber.subscribe("#", 2);
            publish("there", AT_MOST_ONCE);

            assertThat(subscriber.delivery().text()).isEqualTo("there");
        }
        publish("away", AT_MOST_ONCE);
        publish("kept");
        try (RawSubscriber again = subscriber().join("desk")) {
            assertThat(again.delivery().text()).isEqualTo("kept");
        }
    }

    @Test
    void shouldLetANewerConnectionTakeTheSessionOver() throws InterruptedException {
        try (RawSubscriber older = subscriber().join("desk");
                RawSubscriber newer = subscriber()) {
            older.subscribe("#", 1);
            publish("one");
            older.delivery();

            assertThat(newer.hello("desk").sessionPresent()).isTrue();
            newer.resume(0, 0);

            assertThat(older.goodbye().reason()).isEqualTo(0x8e);
            assertThat(newer.delivery().again()).isTrue();
        }
    }

    @Test
    void shouldForgetASessionThatIsNotToOutliveItsConnection() throws InterruptedException {
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("brief", false, 10, 0);
            subscriber.resume(0, 0);
            subscriber.subscribe("#", 1);
            subscriber.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);
        }
        try (RawSubscriber kept = subscriber().join("kept")) {
            kept.subscribe("#", 1);
        }
        publish("one");

        try (RawSubscriber brief = subscriber();
                RawSubscriber clean = subscriber()) {
            assertThat(brief.hello("brief").sessionPresent()).isFalse();
            assertThat(clean.hello("kept", true, 10, 0).sessionPresent()).isFalse();
            clean.resume(0, 0);
            assertThat(clean.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldKeepWhatItPublishesFromASubscriberOfItsOwnNameThatWantsNoLocal() throws InterruptedException {
        publish("kept", PublishOptions.builder().retain(true).build());
        final List<Got> before;
        try (RawSubscriber bridge = subscriber().join("bridge");
                RawSubscriber other = subscriber().join("other")) {
            bridge.subscribe(new Subscribe(90, 1, true, false, 0, 0, "#"));
            other.subscribe(new Subscribe(90, 1, true, false, 0, 0, "#"));
            publish("live");
            publish("at most once", AT_MOST_ONCE);
            before = other.deliveries(3);
            bridge.subscribe("wanted", 1);
            publisher.publish("wanted", "first", PublishOptions.DEFAULTS);
            final Got wanted = bridge.delivery();

            assertThat(wanted.text()).isEqualTo("first");
            bridge.processed(wanted.index());
        }
        publish("away");
        publisher.publish("wanted", "second", PublishOptions.DEFAULTS);
        try (RawSubscriber bridge = subscriber()) {
            bridge.hello("bridge");
            bridge.resume(0, 0);

            assertThat(texts(before)).containsExactlyInAnyOrder("kept", "live", "at most once");
            assertThat(bridge.delivery().text()).isEqualTo("second");
            assertThat(bridge.isQuiet(MOMENT)).isTrue();
        }
    }
}
