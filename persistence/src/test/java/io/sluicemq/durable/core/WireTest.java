package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.journal.Durability;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class WireTest {
    private static final int TOPIC_QOS = 1;

    /** One message of each type: how it is written, how it is read, and what must come back. */
    record Sample(String name, Consumer<WireOutput> encode, Function<WireInput, Object> decode, Object value) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Sample> samples() {
        final Will will = new Will("gone/a", 2, true, 30, 60, new UnsafeBuffer(new byte[] {1, 2, 3}));
        final Hello hello = new Hello(true, Hello.NEVER, 1024, Durability.SYNCED, 4 << 20, "desk-7");
        final Welcome mourned = new Welcome(false, new UUID(3, 4), 1, 1, "", will);
        final Resume resume = new Resume(5, new Progress(7, List.of(9L, 12L), 4));
        final Welcome welcome = new Welcome(true, new UUID(1, 2), 99L << 32, 1 << 20, "prices", null);
        final Subscribe subscribe = new Subscribe(7, 2, true, true, 2, 268_435_455, "$share/g/a/+/#");
        final Unsubscribe unsubscribe = new Unsubscribe(-1, "ä/ö");
        final Done done = new Done(7, 0x87, "not authorized");
        final Goodbye goodbye = new Goodbye(0x8e, Goodbye.UNCHANGED, "taken over");
        final Replay replay = new Replay(3, true, 5, Long.MAX_VALUE, 100, "#");
        return List.of(
                new Sample("HELLO", hello::encode, Hello::decode, hello),
                new Sample("WELCOME", welcome::encode, Welcome::decode, welcome),
                new Sample("WELCOME with a will", mourned::encode, Welcome::decode, mourned),
                new Sample("RESUME", resume::encode, Resume::decode, resume),
                new Sample("SUBSCRIBE", subscribe::encode, Subscribe::decode, subscribe),
                new Sample("UNSUBSCRIBE", unsubscribe::encode, Unsubscribe::decode, unsubscribe),
                new Sample("DONE", done::encode, Done::decode, done),
                new Sample("DELIVER", WireTest::encodeDelivery, WireTest::deliveryText, deliveryText()),
                new Sample("STORED", WireTest::encodeStored, WireTest::storedText, "77 JOURNALED"),
                new Sample("GOODBYE", goodbye::encode, Goodbye::decode, goodbye),
                new Sample("REPLAY", replay::encode, Replay::decode, replay));
    }

    private static void encodeStored(final WireOutput output) {
        Stored.encode(output, 77, Durability.JOURNALED);
    }

    private static Object storedText(final WireInput input) {
        return Stored.upTo(input) + " " + Stored.level(input);
    }

    private static void encodeDelivery(final WireOutput output) {
        Delivery.begin(output, TOPIC_QOS | Delivery.REDELIVERED | Delivery.LAST_OF_BATCH, 10, 8, 1_000, 2_000)
                .u8(2)
                .u32(11)
                .u32(12)
                .string("a/b")
                .u32(1)
                .u8(0x55)
                .bytes("payload".getBytes(StandardCharsets.UTF_8));
    }

    private static String deliveryText() {
        return "1 true true false 10 8 1000 2000 [11, 12] a/b 1 payload";
    }

    private static Object deliveryText(final WireInput input) {
        final Delivery delivery = new Delivery().wrap(input);
        final List<Integer> ids = Stream.iterate(0, i -> i < delivery.subscriptionIds(), i -> i + 1)
                .map(delivery::subscriptionId)
                .toList();
        return delivery.qos() + " " + delivery.isRedelivered() + " " + delivery.isLastOfBatch() + " "
                + delivery.isRetained() + " " + delivery.index() + " " + delivery.previous() + " "
                + delivery.expiresAtEpochMs() + " " + delivery.publishedAtEpochNs() + " " + ids + " "
                + text(delivery, delivery.topicAt(), delivery.topicBytes()) + " " + delivery.headersBytes() + " "
                + text(delivery, delivery.payloadAt(), delivery.payloadBytes());
    }

    private static String text(final Delivery delivery, final int at, final int bytes) {
        return delivery.buffer().getStringWithoutLengthUtf8(at, bytes);
    }

    private static Object decode(final Sample sample, final DirectBuffer buffer, final int length) {
        return sample.decode.apply(new WireInput().wrap(buffer, 0, length));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldReadWhatWasWritten(final Sample sample) {
        final WireOutput output = new WireOutput();
        sample.encode.accept(output);

        assertThat(decode(sample, output.buffer(), output.length())).isEqualTo(sample.value);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldRefuseAMessageThatIsCutAnywhere(final Sample sample) {
        final WireOutput output = new WireOutput();
        sample.encode.accept(output);
        // The payload of a delivery is what is left, so a shorter one is another message.
        final int fixed = output.length() - ("DELIVER".equals(sample.name) ? "payload".length() : 0);

        for (int length = 0; length < fixed; length++) {
            final int cut = length;
            assertThatThrownBy(() -> decode(sample, output.buffer(), cut))
                    .as("cut at %d", cut)
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("limit=");
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void shouldNeitherFailNorGrowOnRandomBytes(final Sample sample) {
        final long seed = ThreadLocalRandom.current().nextLong();
        final Random random = new Random(seed);
        final WireOutput output = new WireOutput();
        sample.encode.accept(output);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[output.length()]);
            buffer.putBytes(0, output.buffer(), 0, output.length());
            for (int change = random.nextInt(4); change >= 0; change--) {
                buffer.putByte(random.nextInt(buffer.capacity()), (byte) random.nextInt());
            }
            try {
                assertThat(decode(sample, buffer, buffer.capacity())).isNotNull();
            } catch (final WireException e) {
                assertThat(e).as("seed=%d", seed).hasMessageContaining("limit=");
                refused++;
            }
        }
        assertThat(refused).as("seed=%d", seed).isLessThan(20_000);
    }

    @Test
    void shouldRefuseAnotherVersionWithTheRemedy() {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[] {WireType.HELLO, 2});

        assertThatThrownBy(() -> Hello.decode(new WireInput().wrap(bytes, 0, 2)))
                .isInstanceOf(WireException.class)
                .hasMessage("version=2, limit=1, use the same SluiceMQ on both sides");
    }

    @Test
    void shouldRefuseMoreIndexesThanTheMessageHolds() {
        final WireOutput output = new WireOutput()
                .begin(WireType.PROCESSED)
                .i64(1)
                .u32(0xffff_fff0L)
                .i64(2);

        assertThatThrownBy(
                        () -> Progress.decode(new WireInput().wrap(output.buffer(), 0, output.length()), "PROCESSED"))
                .isInstanceOf(WireException.class)
                .hasMessage("processedBeyond=4294967280, limit=1");
    }
}
