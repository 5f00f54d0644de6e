package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class WaitSetTest {
    private final WaitSet waiters = new WaitSet();
    private volatile boolean work;

    @Test
    void shouldWakeAllWhoSleep() throws InterruptedException {
        final CountDownLatch added = new CountDownLatch(3);
        final AtomicInteger woken = new AtomicInteger();
        final Thread[] threads = new Thread[3];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                waiters.add(Thread.currentThread());
                added.countDown();
                while (!work) {
                    LockSupport.park(waiters);
                }
                waiters.remove(Thread.currentThread());
                woken.incrementAndGet();
            });
            threads[i].start();
        }
        added.await();

        work = true;
        waiters.signal();
        for (final Thread thread : threads) {
            thread.join();
        }

        assertThat(woken).hasValue(3);
        assertThat(waiters.isEmpty()).isTrue();
    }

    @Test
    void shouldKeepAThreadThatWasAddedTwiceUntilItIsRemovedTwice() {
        final Thread self = Thread.currentThread();
        waiters.add(self);
        waiters.add(self);

        waiters.remove(self);
        final boolean once = waiters.isEmpty();
        waiters.remove(self);

        assertThat(once).isFalse();
        assertThat(waiters.isEmpty()).isTrue();
    }
}
