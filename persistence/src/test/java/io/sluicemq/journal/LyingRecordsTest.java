package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records that pass their checksum and say what cannot be. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class LyingRecordsTest {
    @Test
    void shouldTakeNoMemoryForALengthThatTheBytesCannotFill() {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(16);
        final UnsafeBuffer stored = new UnsafeBuffer(bytes);
        stored.putInt(0, 1 << 27, FrameLayout.ORDER);
        final Decompressor decompressor = new Decompressor(Integer.MAX_VALUE);

        assertThat(decompressor.decompress(stored, bytes, 0, 16)).isNegative();
        assertThat(decompressor.result().capacity()).isZero();
    }

    @Test
    void shouldIgnoreAPositionWithoutAName() {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[512]);
        final Positions positions = new Positions();

        for (final int length : new int[] {0, Long.BYTES - 1, Long.BYTES, Long.BYTES + Positions.MAX_NAME_BYTES + 1}) {
            positions.apply(record, 0, length);
        }

        assertThat(positions.size()).isZero();
    }
}
