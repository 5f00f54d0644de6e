package io.sluicemq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class BufferPoolTest {
    @ParameterizedTest
    @CsvSource({
        "0, 16448",
        "1, 16448",
        "16448, 16448",
        "16449, 32832",
        "65536, 65600",
        "65545, 65600",
        "65601, 131136",
        "1048577, 1048640",
        "1048641, 2097216"
    })
    void shouldRoundCapacitiesUpToPowersOfTwoWithHeadroom(final int asked, final int capacity) {
        final BufferPool pool = new BufferPool(0);

        final UnsafeBuffer buffer = pool.acquire(asked);

        assertThat(buffer.capacity()).isEqualTo(capacity);
    }

    @Test
    void shouldReuseWhatWasReleased() {
        final BufferPool pool = new BufferPool(1 << 20);
        final UnsafeBuffer first = pool.acquire(70_000);

        pool.release(first);

        assertThat(pool.acquire(60_000)).isNotSameAs(first);
        assertThat(pool.acquire(131_136)).isSameAs(first);
        assertThat(pool.acquire(131_136)).isNotSameAs(first);
    }

    @Test
    void shouldKeepNoMoreThanItsLimit() {
        final BufferPool pool = new BufferPool(16_448);
        final UnsafeBuffer first = pool.acquire(1);
        final UnsafeBuffer second = pool.acquire(1);

        pool.release(first);
        pool.release(second);

        assertThat(pool.acquire(1)).isSameAs(first);
        assertThat(pool.acquire(1)).isNotSameAs(second);
    }

    @Test
    void shouldLeaveTheLargestToTheCollector() {
        final BufferPool pool = new BufferPool(1L << 30);
        final int bytes = (64 << 20) + 65;
        final UnsafeBuffer large = pool.acquire(bytes);

        pool.release(large);

        assertThat(large.capacity()).isEqualTo(bytes);
        assertThat(pool.acquire(bytes)).isNotSameAs(large);
    }

    @Test
    void shouldReuseTheBufferThatWasInUseLast() {
        final BufferPool pool = new BufferPool(1 << 20);
        final UnsafeBuffer cold = pool.acquire(1);
        final UnsafeBuffer warm = pool.acquire(1);
        pool.release(cold);
        pool.release(warm);
        final UnsafeBuffer used = pool.acquire(1);

        pool.release(used);

        assertThat(pool.acquire(1)).isSameAs(used);
    }

    @Test
    void shouldKeepNothingOnceClosed() {
        final BufferPool pool = new BufferPool(1 << 20);
        final UnsafeBuffer idle = pool.acquire(70_000);
        final UnsafeBuffer used = pool.acquire(70_000);
        pool.release(idle);

        pool.close();
        pool.release(used);

        assertThat(pool.acquire(70_000)).isNotSameAs(idle).isNotSameAs(used);
    }
}
