package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.DurableSubscriber;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A host that says what it must not: its connection ends with a word that names the field, and another host is not hurt. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class HostileHostTest {
    private static final long BASE = 5L << 32;

    @TempDir
    private Path folder;

    /** What the host says after RESUME, and what the subscriber complains of. */
    record Lie(String complaint, Consumer<WireOutput> message) {
        @Override
        public String toString() {
            return complaint;
        }
    }

    static List<Lie> lies() {
        return List.of(
                new Lie("messageType=99", out -> out.begin(99)),
                new Lie("messageType=1", out -> out.begin(WireType.HELLO)),
                new Lie("messageType=2", out -> new Welcome(true, new UUID(1, 1), 1, 1, "", null).encode(out)),
                new Lie("indexBytes=8", out -> out.begin(WireType.DELIVER).u8(1).u32(1)),
                new Lie("qos=3", out -> RawHost.delivery(out, 3, BASE + 1, 0, "x")),
                new Lie("something is missing", out -> RawHost.delivery(out, 2, BASE + 1, BASE, "x")),
                new Lie("request=77", out -> new Done(77, 0, "").encode(out)),
                new Lie(
                        "a topic name",
                        out -> Delivery.begin(out, 2, BASE + 1, 0, 0, 0)
                                .u8(0)
                                .string("a/#")
                                .u32(0)));
    }

    @ParameterizedTest
    @MethodSource("lies")
    void shouldEndTheConnectionOfAHostThatLiesAndGoOnWithOthers(final Lie lie) throws InterruptedException {
        try (Context context = Context.create();
                RawHost liar = new RawHost(context, "inproc://liar", new UUID(6, 6));
                RawHost honest = new RawHost(context, "inproc://honest", new UUID(7, 7));
                DurableSubscriber subscriber = DurableSubscriber.open(
                        context,
                        folder,
                        DurableSubscriberOptions.builder("desk")
                                .segmentBytes(1 << 20)
                                .build())) {
            subscriber.connect(liar.endpoint());
            subscriber.connect(honest.endpoint());
            liar.welcome(false, BASE);
            honest.welcome(false, BASE);
            assertThat(subscriber.awaitHosts(2, RawHost.LIMIT)).isTrue();

            liar.say(lie.message);

            assertThat(Goodbye.decode(liar.expect(WireType.GOODBYE)).text())
                    .contains("limit=")
                    .contains(lie.complaint);
            honest.deliver(Qos.EXACTLY_ONCE, BASE + 1, "true");
            final Delivered message = subscriber.receive(RawHost.LIMIT);
            assertThat(message.text()).isEqualTo("true");
            liar.welcome(true, BASE);
            liar.deliver(Qos.EXACTLY_ONCE, BASE + 1, "also true");
            assertThat(subscriber.receive(RawHost.LIMIT).text()).isEqualTo("also true");
            assertThat(subscriber.stats().violations()).isEqualTo(1);
            assertThat(subscriber.receive(Duration.ofMillis(20))).isNull();
        }
    }
}
