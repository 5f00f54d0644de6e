package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublisherWill;
import io.sluicemq.durable.core.RawSubscriber.Got;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays, waits and the will of a host, over tcp. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HostReplayTest extends HostTestBase {
    private String endpoint;

    @BeforeEach
    void bind() {
        endpoint = publisher.bind("tcp://127.0.0.1:*");
    }

    @Override
    DurablePublisherOptions.Builder options() {
        return super.options()
                .clientId("me")
                .will(new PublisherWill("gone", new byte[] {1, 2}, ONCE, Duration.ofSeconds(5)));
    }

    private List<Long> publish(final int count) throws InterruptedException {
        final List<Long> indexes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            indexes.add(publisher.publish("a/" + i % 2, "m" + i, ONCE).index());
        }
        return indexes;
    }

    @Test
    void shouldReplayByIndexAsFarAsCreditGoes() throws InterruptedException {
        final List<Long> indexes = publish(10);
        try (RawSubscriber client = new RawSubscriber(context, endpoint)) {
            client.hello("");
            client.say(new Replay(7, false, indexes.get(2), indexes.get(8), 2, "a/0")::encode);

            assertThat(client.replayed(7, 2)).containsExactly("m2", "m4");
            assertThat(client.isQuiet(MOMENT)).isTrue();
            client.say(output -> output.begin(WireType.CREDIT).u32(7).u32(100));
            assertThat(client.replayed(7, 100)).containsExactly("m6", "m8", "end 0");
        }
    }

    @Test
    void shouldReplayByTimeUpToTheEndOfTheLog() throws InterruptedException {
        publish(4);
        try (RawSubscriber client = new RawSubscriber(context, endpoint).join("desk")) {
            client.say(new Replay(1, true, 0, Long.MAX_VALUE, 100, "#")::encode);

            assertThat(client.replayed(1, 100)).containsExactly("m0", "m1", "m2", "m3", "end 0");
            client.say(new Replay(2, true, 0, Long.MAX_VALUE, 100, "a#")::encode);
            assertThat(client.replayed(2, 100)).containsExactly("end " + Reasons.FILTER_INVALID);
        }
    }

    @Test
    void shouldTellItsWillAndName() throws InterruptedException {
        try (RawSubscriber subscriber = new RawSubscriber(context, endpoint)) {
            final Welcome welcome = subscriber.hello("desk");

            assertThat(welcome.clientId()).isEqualTo("me");
            assertThat(welcome.will().topic()).isEqualTo("gone");
            assertThat(welcome.will().qos()).isEqualTo(2);
            assertThat(welcome.will().delaySeconds()).isEqualTo(5);
            assertThat(welcome.will().payload().capacity()).isEqualTo(2);
        }
    }

    @Test
    void shouldWaitUntilEnoughSessionsHaveAMessage() throws InterruptedException {
        try (RawSubscriber first = new RawSubscriber(context, endpoint).join("first");
                RawSubscriber second = new RawSubscriber(context, endpoint).join("second");
                RawSubscriber other = new RawSubscriber(context, endpoint).join("other")) {
            first.subscribe("a/+", 2);
            second.subscribe("a/+", 2);
            other.subscribe("b", 2);
            final long index = publisher.publish("a/1", "x", ONCE).index();
            final Got got = first.delivery();
            second.delivery();
            first.stored(got.index());

            assertThat(publisher.awaitStored(index, 1, PATIENCE)).isTrue();
            assertThat(publisher.awaitStored(index, 2, MOMENT)).isFalse();
            second.stored(got.index());
            assertThat(publisher.awaitStored(index, 2, PATIENCE)).isTrue();
            assertThat(publisher.awaitProcessed(index, 1, MOMENT)).isFalse();
            second.processedExactlyOnce(got.index());
            assertThat(publisher.awaitProcessed(index, 1, PATIENCE)).isTrue();
            assertThatThrownBy(() -> publisher.awaitStored(Long.MAX_VALUE, 1, MOMENT))
                    .hasMessageContaining("limit=");
        }
    }

    @Test
    void shouldDeliverAgainAfterABrokenConnection() throws InterruptedException {
        final long first;
        try (RawSubscriber subscriber = new RawSubscriber(context, endpoint).join("desk")) {
            subscriber.subscribe("a/#", 2);
            first = publish(4).get(0);
            subscriber.deliveries(4);
            subscriber.stored(first);
        }

        try (RawSubscriber again = new RawSubscriber(context, endpoint)) {
            assertThat(again.hello("desk").sessionPresent()).isTrue();
            again.resume(first, 0);

            assertThat(again.deliveries(3)).extracting(Got::text).containsExactly("m1", "m2", "m3");
        }
    }
}
