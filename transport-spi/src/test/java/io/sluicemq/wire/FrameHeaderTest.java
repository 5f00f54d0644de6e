package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class FrameHeaderTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[32]);

    @Test
    void shouldWriteShortHeaderUpTo255Bytes() {
        final int written = FrameHeader.put(buffer, 3, FrameHeader.MORE, 255);

        assertThat(Bytes.copyOf(buffer, 3, written))
                .isEqualTo(Bytes.of(
                        0x01, // flags: MORE            RFC 37, "Framing"
                        0xFF)); // size: 255
        assertThat(FrameHeader.encodedLength(255)).isEqualTo(2);
    }

    @Test
    void shouldWriteLongHeaderFrom256Bytes() {
        final int written = FrameHeader.put(buffer, 3, FrameHeader.COMMAND, 256);

        assertThat(Bytes.copyOf(buffer, 3, written))
                .isEqualTo(Bytes.of(
                        0x06, // flags: COMMAND | LONG  RFC 37, "Framing"
                        Bytes.of(0, 0, 0, 0, 0, 0, 1, 0))); // size: 256, big endian
        assertThat(FrameHeader.encodedLength(256)).isEqualTo(9);
    }

    @Test
    void shouldNotTakeLongFlagFromCallerWhenBodyIsShort() {
        FrameHeader.put(buffer, 0, FrameHeader.LONG, 5);

        assertThat(FrameHeader.flags(buffer, 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 255, 256, 65_536, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE})
    void shouldReadBackWhatWasWritten(final long bodyLength) {
        final int written = FrameHeader.put(buffer, 1, FrameHeader.MORE, bodyLength);

        final int flags = FrameHeader.flags(buffer, 1);
        assertThat(FrameHeader.isMore(flags)).isTrue();
        assertThat(FrameHeader.isCommand(flags)).isFalse();
        assertThat(FrameHeader.length(flags)).isEqualTo(written).isEqualTo(FrameHeader.encodedLength(bodyLength));
        assertThat(FrameHeader.bodyLength(buffer, 1)).isEqualTo(bodyLength);
    }
}
