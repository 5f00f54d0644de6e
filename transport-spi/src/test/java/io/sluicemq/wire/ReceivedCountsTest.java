package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.SocketType;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ReceivedCountsTest {
    private final ReceivedCounts counts = new ReceivedCounts(7);

    @Test
    void shouldTakeCountsThatGrowUpToWhatWasSent() {
        assertThat(counts.onReceived(0, false, 10)).isNull();
        assertThat(counts.onReceived(4, false, 10)).isNull();
        assertThat(counts.onReceived(4, false, 10)).isNull();
        assertThat(counts.onReceived(10, true, 10)).isNull();

        assertThat(counts.acknowledged()).isEqualTo(10);
        assertThat(counts.isSettled()).isTrue();
    }

    @Test
    void shouldRejectACountAboveWhatWasSent() {
        assertThat(counts.onReceived(11, false, 10)).contains("receivedCount=11, limit=0..10, ");
        assertThat(counts.onReceived(-1, false, 10)).contains("receivedCount=-1, limit=0..10, ");
        assertThat(counts.acknowledged()).isZero();
    }

    @Test
    void shouldRejectACountThatShrinks() {
        counts.onReceived(5, false, 10);

        assertThat(counts.onReceived(4, false, 10)).contains("receivedCount=4, limit=5..10, ");
    }

    @Test
    void shouldRejectACountAfterTheLastOneAndCommandsThatComeTwice() {
        counts.onReceived(5, true, 10);
        counts.onBegin(3);
        counts.onEnd();

        assertThat(counts.onReceived(5, false, 10)).contains("lastCounts=2, limit=1, ");
        assertThat(counts.onBegin(3)).contains("beginCommands=2, limit=1, ");
        assertThat(counts.onEnd()).contains("endCommands=2, limit=1, ");
    }

    @Test
    void shouldTellNothingBeforeThePeerHasBegunAndNothingTwice() {
        assertThat(counts.isUntold(5, false)).isFalse();
        counts.onBegin(3);
        assertThat(counts.isUntold(0, false)).isFalse();
        assertThat(counts.isUntold(0, true)).isTrue();
        assertThat(counts.isUntold(5, false)).isTrue();
        counts.onTold(5, false);
        assertThat(counts.isUntold(5, false)).isFalse();
        assertThat(counts.isUntold(5, true)).isTrue();
        counts.onTold(5, true);
        assertThat(counts.isUntold(5, true)).isFalse();
        assertThat(counts.isUntold(6, false)).isFalse();
    }

    @Test
    void shouldTakePartOnlyWithAWholeIdAndFromVersion31() {
        final SortedMap<String, byte[]> properties = Metadata.newProperties();
        properties.put("x-received-counts", new byte[] {0, 0, 0, 0, 0, 0, 1, 2});
        final SortedMap<String, byte[]> shortId = Metadata.newProperties();
        shortId.put("X-Received-Counts", new byte[] {1, 2, 3});

        assertThat(peer(1, properties).countsId()).isEqualTo(258);
        assertThat(peer(0, properties).countsId()).isZero();
        assertThat(peer(1, shortId).countsId()).isZero();
        assertThat(peer(1, Metadata.newProperties()).countsId()).isZero();
    }

    private static PeerMetadata peer(final int minor, final SortedMap<String, byte[]> properties) {
        return new PeerMetadata(3, minor, SocketType.PAIR, new byte[0], properties, Map.of());
    }

    @Test
    void shouldAnnounceItsId() {
        final HandshakeConfig config =
                HandshakeConfig.builder(SocketType.PAIR).countsId(258).build();

        assertThat(config.countsId()).isEqualTo(258);
        assertThat(HandshakeConfig.builder(SocketType.PAIR).build().countsId()).isZero();
    }
}
