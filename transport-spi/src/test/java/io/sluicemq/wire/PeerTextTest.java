package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.SocketType;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class PeerTextTest {
    @Test
    void shouldShowControlsAsTheirNumbers() {
        final String shown = PeerText.printable("a\nb\u001b[31m\u202e\u2028z", 100);

        assertThat(shown).isEqualTo("a\\u000ab\\u001b[31m\\u202e\\u2028z");
    }

    @Test
    void shouldLeaveWordsOfAnyLanguage() {
        assertThat(PeerText.printable("CN=Z\u00fcrich \u6771\u4eac", 100)).isEqualTo("CN=Z\u00fcrich \u6771\u4eac");
    }

    @Test
    void shouldCutWhatIsLong() {
        assertThat(PeerText.printable("x".repeat(300), 256)).isEqualTo("x".repeat(256) + "...");
        assertThat(PeerText.printable("x".repeat(256), 256)).isEqualTo("x".repeat(256));
    }

    @Test
    void shouldKeepAnAttributeAsItIsAndShowItWithoutControls() {
        final PeerMetadata peer = new PeerMetadata(
                3, 1, SocketType.PAIR, new byte[0], new TreeMap<>(), Map.of("tls.principal", "CN=a\nb"));

        assertThat(peer.attributes()).containsEntry("tls.principal", "CN=a\nb");
        assertThat(peer.toString()).contains("CN=a\\u000ab").doesNotContain("\n");
    }
}
