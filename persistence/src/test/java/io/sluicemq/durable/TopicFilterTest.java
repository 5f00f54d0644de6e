package io.sluicemq.durable;

import static io.sluicemq.durable.TestTopics.buffer;
import static io.sluicemq.durable.TestTopics.matches;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TopicFilterTest {

    @ParameterizedTest
    @CsvSource({
        "sport/#, sport",
        "sport/#, sport/",
        "sport/#, sport/tennis/player1",
        "#, sport",
        "#, /",
        "sport/tennis/+, sport/tennis/player1",
        "sport/+, sport/",
        "+, finance",
        "+/+, /finance",
        "/+, /finance",
        "+/+, /",
        "+/tennis/#, sport/tennis",
        "+/#, sport",
        "sport/+/player1, sport//player1",
        "$SYS/#, $SYS/broker",
        "$SYS/#, $SYS",
        "$SYS/monitor/+, $SYS/monitor/Clients",
        "a/$SYS, a/$SYS",
        "+/$SYS, a/$SYS",
        "/#, /$SYS",
        "Accounts payable, Accounts payable",
        "$share/g/sport/+, sport/tennis",
        "$share/g/#, sport",
        "$share/g//, /",
        "$share, $share",
        "$shared/g/a, $shared/g/a"
    })
    void shouldMatch(final String filter, final String topic) {
        assertThat(matches(TopicFilter.of(filter), topic)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "sport/tennis/+, sport/tennis/player1/ranking",
        "sport/+, sport",
        "+, /finance",
        "+, finance/",
        "sport, sport/",
        "/sport, sport",
        "sport/#, sports",
        "sport/#, spor",
        "sport/tennis/#, sport",
        "sport, Sport",
        "ACCOUNTS, Accounts",
        "#, $SYS/broker",
        "#, $",
        "+, $SYS",
        "+/monitor/Clients, $SYS/monitor/Clients",
        "+/#, $SYS/broker",
        "$share/g/#, $SYS/broker",
        "$share/g/sport, $share/g/sport",
        "a/+/c, a/b",
        "a/b, a"
    })
    void shouldNotMatch(final String filter, final String topic) {
        assertThat(matches(TopicFilter.of(filter), topic)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sport/tennis#",
                "sport+",
                "+sport",
                "#sport",
                "a/#/b",
                "#/",
                "##",
                "++",
                "+#",
                "a/+b/c",
                "sport/tennis/#/ranking",
                "$share//f",
                "$share/",
                "$share/g",
                "$share/g/",
                "$share/g+/f",
                "$share/#/f",
                "$share/+/f",
                "$share/g/a#",
                "$share/g/#/a",
                "a\u0000b",
                "a\ud800b",
                "a\udc00",
                "\ud83d",
                ""
            })
    void shouldRefuseFilterWithValueLimitAndRemedy(final String filter) {
        assertThatThrownBy(() -> TopicFilter.of(filter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("filter=")
                .hasMessageContaining(", limit=")
                .hasMessageMatching("(?s).*, limit=[^,]*, \\w+ .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+", "#", "a/+", "a#", "a/+/b", "a\u0000", "\ud800", ""})
    void shouldRefuseTopicAsTextAndAsBytes(final String topic) {
        final byte[] lenient = topic.equals("\ud800") ? HexFormat.of().parseHex("eda080") : topic.getBytes(UTF_8);

        assertThatThrownBy(() -> TopicFilter.requireTopic(topic))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topic=")
                .hasMessageContaining(", limit=");
        assertThat(TopicFilter.isTopic(new UnsafeBuffer(lenient), 0, lenient.length))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "//", "a", " ", "$SYS/x", "$share/g/f", "a b", "\u20ac/\u00e4", "\ud83d\ude00/x", "\ufeff"})
    void shouldTakeTopicAsTextAndAsBytes(final String topic) {
        assertThat(TopicFilter.requireTopic(topic)).isSameAs(topic);
        assertThat(TopicFilter.isTopic(buffer(topic), 0, topic.getBytes(UTF_8).length))
                .isTrue();
        assertThat(matches(TopicFilter.of("$share/\u20ac/" + topic), topic)).isTrue();
        assertThat(TopicFilter.of(buffer("x" + topic), 0, 1 + topic.getBytes(UTF_8).length))
                .isEqualTo(TopicFilter.of("x" + topic));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c080",
                "c1bf",
                "c3",
                "e08080",
                "e0a0",
                "eda080",
                "edbfbf",
                "f08080af",
                "f4908080",
                "f5808080",
                "f0908c",
                "61ff",
                "e28228"
            })
    void shouldRefuseBytesThatAreNotUtf8(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);

        assertThat(TopicFilter.isTopic(buffer, 0, bytes.length)).isFalse();
        assertThatThrownBy(() -> TopicFilter.of(buffer, 0, bytes.length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=UTF-8");
    }

    @Test
    void shouldAgreeWithTheDecoderOnRandomBytes() {
        final Random random = new Random(TestTopics.seed(TopicFilterTest.class));
        final byte[] edges = HexFormat.of().parseHex("017fc2df80bfe0a09fed9fe1eff090f48fc0f5412f");
        for (int i = 0; i < 100_000; i++) {
            final byte[] bytes = new byte[1 + random.nextInt(5)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = edges[random.nextInt(edges.length)];
            }

            final boolean expected = decodes(bytes);

            if (TopicFilter.isTopic(new UnsafeBuffer(bytes), 0, bytes.length) != expected) {
                throw new AssertionError("bytes=" + HexFormat.of().formatHex(bytes) + " expected=" + expected);
            }
        }
    }

    @Test
    void shouldCountLengthInBytes() {
        final String most = "\u20ac".repeat(TopicFilter.MAX_BYTES / 3);
        final String tooLong = most + "a";

        assertThat(matches(TopicFilter.of(most), most)).isTrue();
        assertThat(TopicFilter.requireTopic(most)).isSameAs(most);
        assertThat(TopicFilter.isTopic(buffer(most), 0, TopicFilter.MAX_BYTES)).isTrue();
        assertThat(TopicFilter.isTopic(buffer(tooLong), 0, TopicFilter.MAX_BYTES + 1))
                .isFalse();
        assertThatThrownBy(() -> TopicFilter.of(tooLong))
                .hasMessageContaining("bytes=65536, limit=65535, use a shorter one")
                .hasMessageNotContaining("\u20ac".repeat(100));
        assertThatThrownBy(() -> TopicFilter.requireTopic(tooLong)).hasMessageContaining("topic=");
        assertThatThrownBy(() -> TopicFilter.of(buffer(tooLong), 0, TopicFilter.MAX_BYTES + 1))
                .hasMessageContaining("bytes=65536, limit=65535");
    }

    @Test
    void shouldTellItsParts() {
        final TopicFilter shared = TopicFilter.of("$share/group/a/+/#");
        final TopicFilter plain = TopicFilter.of("/");

        assertThat(shared.isShared()).isTrue();
        assertThat(shared.shareName()).isEqualTo("group");
        assertThat(shared.unsharedText()).isEqualTo("a/+/#");
        assertThat(shared.unsharedBytes()).isEqualTo("a/+/#".getBytes(UTF_8));
        assertThat(shared.levels()).isEqualTo(3);
        assertThat(shared.hasWildcard()).isTrue();
        assertThat(shared).hasToString("$share/group/a/+/#");
        assertThat(plain.isShared()).isFalse();
        assertThat(plain.shareName()).isEmpty();
        assertThat(plain.levels()).isEqualTo(2);
        assertThat(plain.hasWildcard()).isFalse();
    }

    @Test
    void shouldBeEqualByItsWholeText() {
        final TopicFilter filter = TopicFilter.of("$share/g/a");

        assertThat(filter)
                .isEqualTo(TopicFilter.of("$share/g/a"))
                .hasSameHashCodeAs(TopicFilter.of("$share/g/a"))
                .isEqualByComparingTo(TopicFilter.of("$share/g/a"))
                .isNotEqualTo(TopicFilter.of("a"))
                .isNotEqualTo(TopicFilter.of("$share/h/a"));
    }

    private static boolean decodes(final byte[] bytes) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (final CharacterCodingException e) {
            return false;
        }
    }
}
