package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared subscriptions at a host. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostSharedTest extends HostTestBase {
    private static final String FILTER = "$share/g/a/+";

    @Override
    DurablePublisherOptions.Builder options() {
        return super.options()
                .journal(JournalOptions.builder()
                        .segmentBytes(SEGMENT_BYTES)
                        .retainBytes(0)
                        .maxBytes(4L * SEGMENT_BYTES));
    }

    private RawSubscriber member(final String name, final int receiveMaximum, final int qos)
            throws InterruptedException {
        return member(ENDPOINT, name, receiveMaximum, qos);
    }

    private RawSubscriber member(final String endpoint, final String name, final int receiveMaximum, final int qos)
            throws InterruptedException {
        final RawSubscriber subscriber = new RawSubscriber(context, endpoint);
        subscriber.hello(name, false, receiveMaximum, Hello.NEVER);
        subscriber.resume(0, 0);
        assertThat(subscriber.subscribe(FILTER, qos)).isEqualTo(qos);
        return subscriber;
    }

    private void publishAll(final int from, final int to, final PublishOptions options) throws InterruptedException {
        for (int i = from; i < to; i++) {
            publish("m" + i, options);
        }
    }

    @Test
    void shouldGiveEachMessageToOneMemberInTurn() throws InterruptedException {
        try (RawSubscriber one = member("one", 100, 1);
                RawSubscriber two = member("two", 100, 2);
                RawSubscriber plain = subscriber().join("plain")) {
            plain.subscribe("a/#", 1);
            publishAll(0, 6, ONCE);
            publisher.publish("other", "x", ONCE);

            final List<Got> first = one.deliveries(3);
            final List<Got> second = two.deliveries(3);

            assertThat(texts(first)).containsExactly("m0", "m2", "m4");
            assertThat(texts(second)).containsExactly("m1", "m3", "m5");
            assertThat(first).extracting(Got::qos).containsOnly(1);
            assertThat(second).extracting(Got::qos).containsOnly(2);
            assertThat(first).noneMatch(Got::again).noneMatch(Got::retained);
            assertThat(plain.deliveries(6)).hasSize(6);
            assertThat(one.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldPassOverWhoIsFullOrAwayAndWaitWhereAllAre() throws InterruptedException {
        try (RawSubscriber narrow = member("narrow", 2, 1);
                RawSubscriber wide = member("wide", 6, 1)) {
            member("away", 100, 1).close();
            Await.until(PATIENCE, () -> publisher.stats().connections() == 2, "it is away");
            publishAll(0, 12, PublishOptions.DEFAULTS);

            final List<Got> some = narrow.deliveries(2);
            final List<Got> more = wide.deliveries(6);
            assertThat(narrow.isQuiet(MOMENT)).isTrue();
            assertThat(wide.isQuiet(MOMENT)).isTrue();
            wide.processed(more.get(5).index());

            final List<String> all = new ArrayList<>(texts(some));
            all.addAll(texts(more));
            final List<Got> rest = wide.deliveries(4);
            all.addAll(texts(rest));
            assertThat(texts(rest)).containsExactly("m8", "m9", "m10", "m11");
            assertThat(all).hasSize(12).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldKeepWhatAMemberHasWhileItsSessionLives() throws InterruptedException {
        final RawSubscriber one = member("one", 10, 2);
        publish("m0", ONCE);
        final Got first = one.delivery();
        publish("m1", PublishOptions.DEFAULTS);
        one.delivery();
        one.close();
        Await.until(PATIENCE, () -> publisher.stats().connections() == 0, "it is away");
        try (RawSubscriber two = member("two", 10, 2)) {
            publish("m2", ONCE);

            assertThat(two.delivery().text()).isEqualTo("m2");
            assertThat(two.isQuiet(MOMENT)).isTrue();
        }
        try (RawSubscriber again = subscriber()) {
            assertThat(again.hello("one").sessionPresent()).isTrue();
            again.resume(first.index(), 0);

            final Got second = again.delivery();
            assertThat(second.text()).isEqualTo("m1");
            assertThat(second.again()).isTrue();
        }
    }

    @Test
    void shouldGiveToOthersWhatAMemberHadNotProcessedWhenItsSessionEnds() throws InterruptedException {
        try (RawSubscriber one = subscriber();
                RawSubscriber two = member("two", 3, 2)) {
            one.hello("one", false, 10, 0);
            one.resume(0, 0);
            one.subscribe(FILTER, 2);
            // m0, m2, m4, m6 go to the first, and the second is full then.
            publishAll(0, 6, PublishOptions.DEFAULTS);
            publish("m6", ONCE);
            publish("m7", ONCE);
            final List<Got> held = one.deliveries(5);
            final List<Got> others = two.deliveries(3);
            one.processed(held.get(0).index(), held.get(2).index());

            one.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);
            Await.until(PATIENCE, () -> publisher.stats().connections() == 1, "its session ends");
            publish("m8", PublishOptions.DEFAULTS);
            two.processed(others.get(2).index());

            final List<Got> returned = two.deliveries(2);
            assertThat(texts(held)).isSubsetOf("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7");
            assertThat(texts(returned)).containsExactly(held.get(1).text(), "m8");
            assertThat(returned).extracting(Got::again).containsExactly(true, false);
            Await.until(PATIENCE, () -> publisher.stats().dropped() == 2, "QoS 2 is for nobody else");
            assertThat(two.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldSendAtMostOnceToOneWhoIsThere() throws InterruptedException {
        try (RawSubscriber one = member("one", 1, 2);
                RawSubscriber zero = member("zero", 1, 0)) {
            member("away", 100, 1).close();
            Await.until(PATIENCE, () -> publisher.stats().connections() == 2, "it is away");
            publishAll(0, 4, AT_MOST_ONCE);
            publish("m4", PublishOptions.DEFAULTS);
            publish("m5", PublishOptions.DEFAULTS);

            assertThat(texts(one.deliveries(3))).containsExactly("m0", "m2", "m4");
            assertThat(texts(zero.deliveries(3))).containsExactly("m1", "m3", "m5");
            assertThat(publisher.stats().dropped()).isZero();
        }
    }

    @Test
    void shouldSendNoRetainedMessagesAndKnowNoLocalOnly() throws InterruptedException {
        publish("old", PublishOptions.builder().retain(true).build());
        try (RawSubscriber one = member("one", 10, 1)) {
            assertThat(one.subscribe(new Subscribe(90, 1, true, false, 0, 0, FILTER)))
                    .isEqualTo(Reasons.PROTOCOL_ERROR);
            assertThat(one.subscribe("$share/g/$share/h/a", 1)).isEqualTo(Reasons.FILTER_INVALID);
            assertThat(one.subscribe(new Subscribe(91, 1, false, true, 0, 7, FILTER)))
                    .isEqualTo(1);
            assertThat(one.isQuiet(MOMENT)).isTrue();

            publish("live", PublishOptions.builder().retain(true).build());

            final Got got = one.delivery();
            assertThat(got.text()).isEqualTo("live");
            assertThat(got.retained()).as("as published").isTrue();
            assertThat(got.ids()).containsExactly(7);
        }
    }

    @Test
    void shouldDropWhatWaitsWhenTheLastMemberLeaves() throws InterruptedException {
        try (RawSubscriber one = member("one", 1, 1)) {
            publishAll(0, 5, PublishOptions.DEFAULTS);
            final Got first = one.delivery();
            assertThat(one.unsubscribe(FILTER)).isZero();
            one.processed(first.index());
            assertThat(one.isQuiet(MOMENT)).isTrue();
            one.subscribe(FILTER, 1);

            publish("m5", PublishOptions.DEFAULTS);

            assertThat(one.delivery().text()).isEqualTo("m5");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGoOnWhereAHostEndedThatWasKilled(final boolean checkpoint, @TempDir final Path left)
            throws InterruptedException, IOException {
        final Got first;
        final Got second;
        try (RawSubscriber one = member("one", 1, 2);
                RawSubscriber two = member("two", 1, 2)) {
            publishAll(0, 5, ONCE);
            first = one.delivery();
            second = two.delivery();
            one.stored(first.index());
            one.delivery();
            if (checkpoint) {
                publishOthers();
            }
            copyAsKilled(left);
        }
        try (DurablePublisher survivor = openPublisher(left, "inproc://survivor");
                RawSubscriber two = new RawSubscriber(context, "inproc://survivor");
                RawSubscriber one = new RawSubscriber(context, "inproc://survivor")) {
            two.hello("two", false, 10, Hello.NEVER);
            two.resume(0, 0);
            final List<Got> got = two.deliveries(3);
            one.hello("one", false, 10, Hello.NEVER);
            one.resume(first.index(), 0);
            final List<Got> mine = one.deliveries(1);

            assertThat(texts(got)).containsExactly(second.text(), "m3", "m4");
            assertThat(got.get(0).again()).isTrue();
            assertThat(got.get(0).index()).isEqualTo(second.index());
            assertThat(texts(mine)).containsExactly("m2");
            assertThat(one.isQuiet(MOMENT)).isTrue();
            assertThat(survivor.stats().sessions()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRememberWhatWasReturnedWhenItIsKilled(final boolean checkpoint, @TempDir final Path left)
            throws InterruptedException, IOException {
        try (RawSubscriber two = member("two", 1, 1)) {
            publish("m0", PublishOptions.DEFAULTS);
            two.delivery();
            try (RawSubscriber one = subscriber()) {
                one.hello("one", false, 3, 0);
                one.resume(0, 0);
                one.subscribe(FILTER, 1);
                publishAll(1, 6, PublishOptions.DEFAULTS);
                final Got first = one.delivery();
                one.deliveries(2);
                one.processed(first.index());
                assertThat(one.delivery().text()).isEqualTo("m4");
                one.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);
                Await.until(PATIENCE, () -> publisher.stats().connections() == 1, "its session ends");
            }
            if (checkpoint) {
                publishOthers();
            }
            copyAsKilled(left);
        }
        try (DurablePublisher survivor = openPublisher(left, "inproc://heir");
                RawSubscriber two = new RawSubscriber(context, "inproc://heir")) {
            two.hello("two", false, 2, Hello.NEVER);
            two.resume(0, 0);
            final List<Got> got = new ArrayList<>(two.deliveries(2));
            two.processed(got.get(1).index());
            got.addAll(two.deliveries(2));
            two.processed(got.get(3).index());
            got.addAll(two.deliveries(1));

            assertThat(texts(got)).containsExactly("m0", "m2", "m3", "m4", "m5");
            assertThat(got).extracting(Got::again).containsExactly(true, true, true, true, false);
            assertThat(survivor.stats().damaged()).isZero();
        }
    }

    /** Enough for a checkpoint. */
    private void publishOthers() throws InterruptedException {
        final byte[] bytes = new byte[100_000];
        ThreadLocalRandom.current().nextBytes(bytes);
        for (int i = 0; i < 25; i++) {
            assertThat(publisher.publish("b", bytes, PublishOptions.DEFAULTS).outcome())
                    .isEqualTo(PublishOutcome.PUBLISHED);
        }
    }

    @Test
    void shouldGoOnAfterTheJournalWasFull() throws InterruptedException {
        final byte[] random = new byte[200_000];
        ThreadLocalRandom.current().nextBytes(random);
        try (RawSubscriber one = member("one", 1, 1)) {
            int published = 0;
            while (publisher.publish("a/b", random, PublishOptions.DEFAULTS).outcome() == PublishOutcome.PUBLISHED) {
                published++;
                assertThat(published).isLessThan(1_000);
            }

            long previous = 0;
            for (int i = 0; i < published; i++) {
                final Got got = one.delivery();
                assertThat(got.index()).isGreaterThan(previous);
                assertThat(got.again()).isFalse();
                previous = got.index();
                one.processed(previous);
            }

            assertThat(published).isGreaterThan(10);
            Await.until(PATIENCE, this::canPublish, "there is room again");
        }
    }
}
