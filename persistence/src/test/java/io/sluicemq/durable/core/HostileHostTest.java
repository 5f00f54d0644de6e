package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.AcknowledgeOutcome;
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
import org.junit.jupiter.params.provider.ValueSource;

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
                new Lie("something is missing", out -> RawHost.delivery(out, 1, 0, 0, "x")),
                new Lie("index=-7", out -> RawHost.delivery(out, 2, -7, 0, "x")),
                new Lie("index=-1", out -> RawHost.delivery(out, 0, -1, 0, "a will?")),
                new Lie(
                        "headers=2097152",
                        out -> Delivery.begin(out, 1, BASE + 1, 0, 0, 0)
                                .u8(0)
                                .string("a")
                                .u32(2 << 20)),
                new Lie(
                        "subscriptionIdsBytes=1020",
                        out -> Delivery.begin(out, 1, BASE + 1, 0, 0, 0).u8(255)),
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
                DurableSubscriber subscriber = open(context, 1024)) {
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

    private static WireOutput welcome(final WireOutput out) {
        return out.begin(WireType.WELCOME)
                .u8(WireType.VERSION)
                .u8(2)
                .i64(6)
                .i64(6)
                .i64(BASE)
                .u32(1 << 20)
                .string("");
    }

    static List<Lie> liesInsteadOfWelcome() {
        return List.of(
                new Lie("messageType=7", out -> RawHost.delivery(out, 2, BASE + 1, 0, "x")),
                new Lie("messageType=6", out -> new Done(1, 0, "").encode(out)),
                new Lie("version=9", out -> out.begin(WireType.WELCOME).u8(9)),
                new Lie(
                        "maxMessageBytes=",
                        out -> out.begin(WireType.WELCOME)
                                .u8(WireType.VERSION)
                                .u8(0)
                                .i64(6)
                                .i64(6)
                                .i64(BASE)
                                .u32(-1)),
                new Lie(
                        "willBytes=104857600",
                        out -> welcome(out)
                                .string("gone")
                                .u8(2)
                                .u32(0)
                                .u32(0)
                                .u32(100 << 20)
                                .bytes(new byte[1 << 20])),
                new Lie(
                        "willTopic=",
                        out -> welcome(out).string("gone/#").u8(2).u32(0).u32(0).u32(0)),
                new Lie(
                        "willPayloadBytes=9",
                        out -> welcome(out).string("gone").u8(2).u32(0).u32(0).u32(9)),
                new Lie("trailingBytes=1", out -> {
                    new Welcome(true, new UUID(6, 6), 1, 1, "", null).encode(out);
                    out.u8(0);
                }));
    }

    @ParameterizedTest
    @MethodSource("liesInsteadOfWelcome")
    void shouldEndTheConnectionOfAHostThatLiesInItsWelcome(final Lie lie) throws InterruptedException {
        try (Context context = Context.create();
                RawHost liar = new RawHost(context, "inproc://liar", new UUID(6, 6));
                DurableSubscriber subscriber = open(context, 1024)) {
            subscriber.connect(liar.endpoint());
            liar.expect(WireType.HELLO);

            liar.say(lie.message);

            assertThat(Goodbye.decode(liar.expect(WireType.GOODBYE)).text())
                    .contains("limit=")
                    .contains(lie.complaint);
            liar.welcome(false, BASE);
            liar.deliver(Qos.EXACTLY_ONCE, BASE + 1, "true");
            assertThat(subscriber.receive(RawHost.LIMIT).text()).isEqualTo("true");
            assertThat(subscriber.stats().violations()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Qos.AT_LEAST_ONCE, Qos.EXACTLY_ONCE})
    void shouldEndTheConnectionOfAHostThatFloods(final int qos) throws InterruptedException {
        final int receiveMaximum = 10;
        try (Context context = Context.create();
                RawHost liar = new RawHost(context, "inproc://liar", new UUID(6, 6));
                DurableSubscriber subscriber = open(context, receiveMaximum)) {
            subscriber.connect(liar.endpoint());
            liar.welcome(false, BASE);
            // Nobody acknowledges it, so all that follow are on their way.
            liar.deliver(Qos.AT_LEAST_ONCE, BASE + 1, "m1");
            for (int i = 2; i <= 50; i++) {
                liar.deliver(qos, BASE + i, "m" + i);
            }

            final Goodbye goodbye = Goodbye.decode(liar.expect(WireType.GOODBYE));
            assertThat(goodbye.reason()).isEqualTo(Reasons.RECEIVE_MAXIMUM_EXCEEDED);
            assertThat(goodbye.text()).contains("messages=11", "limit=10");
            assertThat(subscriber.stats().received()).isLessThanOrEqualTo(receiveMaximum + 1);

            // What was too much comes again from an honest one, and nothing is missing or double.
            final Resume resume = liar.welcome(true, BASE + 50);
            int sent = qos == Qos.EXACTLY_ONCE ? (int) (resume.storedUpTo() - BASE) : receiveMaximum + 1;
            for (int i = 1; i <= receiveMaximum + 3; i++) {
                if (i > sent) {
                    liar.deliver(qos, BASE + i, "m" + i);
                    sent++;
                }
                final Delivered message = subscriber.receive(RawHost.LIMIT);
                assertThat(message.text()).isEqualTo("m" + i);
                assertThat(subscriber.acknowledge(message)).isEqualTo(AcknowledgeOutcome.DURABLE);
            }
            assertThat(subscriber.stats().violations()).isEqualTo(1);
        }
    }

    private DurableSubscriber open(final Context context, final int receiveMaximum) {
        return DurableSubscriber.open(
                context,
                folder,
                DurableSubscriberOptions.builder("desk")
                        .segmentBytes(1 << 20)
                        .receiveMaximum(receiveMaximum)
                        .build());
    }
}
