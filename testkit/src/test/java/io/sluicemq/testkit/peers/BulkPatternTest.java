package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BulkPatternTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 250, 251, 252, 70_000})
    void shouldAcceptWhatItMade(final int lengthBytes) {
        final byte[] frame = BulkPattern.frame(123_456_789_012L, lengthBytes);

        final String wrong = BulkPattern.mismatch(123_456_789_012L, lengthBytes, frame, 0, lengthBytes);

        assertThat(wrong).isNull();
    }

    @Test
    void shouldHoldSequenceThenRamp() {
        final byte[] frame = BulkPattern.frame(2, 10);

        assertThat(frame).containsExactly(0, 0, 0, 0, 0, 0, 0, 2, 70, 71);
    }

    @Test
    void shouldNameFirstWrongByteAndLengthAndSequence() {
        final byte[] frame = BulkPattern.frame(5, 100);
        frame[50] = 0;

        assertThat(BulkPattern.mismatch(5, 100, frame, 0, 100)).contains("position=50");
        assertThat(BulkPattern.mismatch(5, 100, frame, 0, 99)).contains("bytes=99");
        assertThat(BulkPattern.mismatch(6, 100, frame, 0, 100)).contains("sequence=5, expected=6");
    }

    @Test
    void shouldCountPrefixFramesOfLoad() {
        final BulkLoad load = BulkLoad.of(2, 9).withFrames(2).withPrefix(new byte[0]);
        final List<byte[]> second = List.of(new byte[] {1}, BulkPattern.frame(2, 9), BulkPattern.frame(3, 9));

        assertThat(load.mismatch(1, second)).isNull();
        assertThat(load.mismatch(0, second)).contains("message=0 frame=0 sequence=2, expected=0");
        assertThat(load.mismatch(1, second.subList(1, 3))).contains("frames=2, expected=3");
        assertThatThrownBy(() -> load.withFrames(0)).hasMessageContaining("framesPerMessage=0, limit=1");
    }
}
