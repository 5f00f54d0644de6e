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
    @CsvSource({"0, 65536", "1, 65536", "65536, 65536", "65537, 131072", "1048577, 2097152"})
    void shouldRoundCapacitiesUpToPowersOfTwo(final int asked, final int capacity) {
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
        assertThat(pool.acquire(131_072)).isSameAs(first);
        assertThat(pool.acquire(131_072)).isNotSameAs(first);
    }

    @Test
    void shouldKeepNoMoreThanItsLimit() {
        final BufferPool pool = new BufferPool(65_536);
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
        final UnsafeBuffer large = pool.acquire((64 << 20) + 1);

        pool.release(large);

        assertThat(large.capacity()).isEqualTo((64 << 20) + 1);
        assertThat(pool.acquire((64 << 20) + 1)).isNotSameAs(large);
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
