package io.sluicemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class MessageTest {
    @Test
    void shouldKeepFramesOfAnyKindAndSize() {
        final ByteBuffer direct = ByteBuffer.allocateDirect(10);
        direct.put(new byte[] {9, 1, 2, 9}).flip().position(1).limit(3);

        final Message message =
                new Message().add("té").add(new byte[0]).add(direct).add(new UnsafeBuffer(new byte[1_000]), 500, 300);

        assertThat(message.frameCount()).isEqualTo(4);
        assertThat(message.text()).isEqualTo("té");
        assertThat(message.frame(1)).isEmpty();
        assertThat(message.frame(2)).containsExactly(1, 2);
        assertThat(message.frameLength(3)).isEqualTo(300);
        assertThat(direct.position()).isEqualTo(1);
    }

    @Test
    void shouldLieAsOnTheWire() {
        final Message message = Message.of("a", "bc");

        final byte[] encoded = new byte[message.encodedLength()];
        message.buffer().getBytes(0, encoded);

        assertThat(encoded).containsExactly(/* MORE */ 1, 1, 'a', /* last */ 0, 2, 'b', 'c');
    }

    @Test
    void shouldBeEmptyAfterClear() {
        final Message message = Message.of("a", "b");

        message.clear();
        message.add("c");

        assertThat(message.frameCount()).isEqualTo(1);
        assertThat(message.text()).isEqualTo("c");
        assertThat(message.buffer().getByte(0)).isZero();
    }

    @Test
    void shouldNameTheFramesThereAre() {
        final Message message = Message.of("a");

        assertThatThrownBy(() -> message.frame(1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("frame=1, limit=1, use 0 to frameCount() - 1");
        assertThatThrownBy(() -> message.frame(-1)).hasMessageStartingWith("frame=-1, limit=1, ");
    }
}
