package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.JournalOptions;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Retained messages at a host. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostRetainedTest extends HostTestBase {
    private static final int MAX_BYTES = 100_000;
    private static final PublishOptions RETAIN =
            PublishOptions.builder().retain(true).build();

    @Override
    DurablePublisherOptions.Builder options() {
        return super.options()
                .journal(JournalOptions.builder().segmentBytes(SEGMENT_BYTES).retainBytes(0))
                .maxRetainedBytes(MAX_BYTES);
    }

    private RawSubscriber subscriber(final String name) throws InterruptedException {
        return subscriber().join(name);
    }

    private static Subscribe wish(final int request, final int qos, final int retainHandling, final String filter) {
        return new Subscribe(request, qos, false, true, retainHandling, 7, filter);
    }

    @Test
    void shouldSendRetainedMessagesToWhoSubscribesLater() throws InterruptedException {
        publisher.publish("a/1", "old", RETAIN);
        publisher.publish("a/1", "new", RETAIN);
        publisher.publish("a/2", "gone", RETAIN);
        publisher.publish("a/2", "", RETAIN);
        publisher.publish("b", "other", RETAIN);
        publisher.publish("a/3", "not retained", PublishOptions.DEFAULTS);
        publisher.publish(
                "a/4",
                "zero",
                PublishOptions.builder()
                        .retain(true)
                        .qos(QualityOfService.AT_MOST_ONCE)
                        .build());
        try (RawSubscriber subscriber = subscriber("desk")) {
            subscriber.subscribe(wish(1, 2, 0, "a/+"));

            final List<Got> got = subscriber.deliveries(2);
            assertThat(got).extracting(Got::text).containsExactlyInAnyOrder("new", "zero");
            assertThat(got).allMatch(Got::retained).allMatch(each -> each.ids().equals(List.of(7)));
            assertThat(got).extracting(Got::qos).containsExactlyInAnyOrder(1, 0);

            publisher.publish("a/1", "live", RETAIN);
            assertThat(subscriber.delivery()).matches(Got::retained, "as published");
            assertThat(subscriber.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldFollowTheRetainHandling() throws InterruptedException {
        publisher.publish("a", "kept", RETAIN);
        try (RawSubscriber subscriber = subscriber("desk")) {
            subscriber.subscribe(wish(1, 1, 2, "a"));
            subscriber.subscribe(wish(2, 1, 1, "a"));
            assertThat(subscriber.isQuiet(MOMENT)).isTrue();

            subscriber.subscribe(wish(3, 1, 1, "+"));
            assertThat(subscriber.delivery().text()).isEqualTo("kept");
            subscriber.subscribe(wish(4, 1, 0, "a"));
            assertThat(subscriber.delivery().text()).isEqualTo("kept");
            assertThat(subscriber.isQuiet(MOMENT)).isTrue();
        }
    }

    @Test
    void shouldKeepThemWhenTheLogMovesOnAndTheHostIsOpenedAgain() throws InterruptedException {
        publisher.publish("keep", "kept", RETAIN);
        final byte[] random = new byte[50_000];
        ThreadLocalRandom.current().nextBytes(random);
        for (int i = 0; i < 100; i++) {
            publisher.publish("fill", random, PublishOptions.DEFAULTS);
        }
        reopen();

        try (RawSubscriber subscriber = subscriber("desk")) {
            subscriber.subscribe("#", 1);

            assertThat(subscriber.delivery().text()).isEqualTo("kept");
        }
    }

    @Test
    void shouldGoOnWithTheRestAfterABrokenConnection() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            publisher.publish("a/" + i, "m", RETAIN);
        }
        final long third;
        try (RawSubscriber subscriber = subscriber()) {
            subscriber.hello("desk", false, 3, Hello.NEVER);
            subscriber.resume(0, 0);
            subscriber.subscribe("#", 1);
            third = subscriber.deliveries(3).get(2).index();
            subscriber.processed(third);
        }
        reopen();

        try (RawSubscriber again = subscriber()) {
            again.hello("desk");
            again.resume(0, third);

            final List<Got> rest = again.deliveries(17);
            assertThat(rest).extracting(Got::topic).contains("a/19");
        }
    }

    @Test
    void shouldRefuseMoreThanTheLimit() throws InterruptedException {
        final byte[] half = new byte[MAX_BYTES / 2];

        assertThat(publisher.publish("a", half, RETAIN).outcome()).isEqualTo(PublishOutcome.PUBLISHED);
        assertThat(publisher.publish("b", half, RETAIN).outcome()).isEqualTo(PublishOutcome.FULL);
        assertThat(publisher.publish("a", half, RETAIN).outcome()).isEqualTo(PublishOutcome.PUBLISHED);
        assertThat(publisher.publish("a", "", RETAIN).outcome()).isEqualTo(PublishOutcome.PUBLISHED);
        assertThat(publisher.publish("b", half, RETAIN).outcome()).isEqualTo(PublishOutcome.PUBLISHED);
    }
}
