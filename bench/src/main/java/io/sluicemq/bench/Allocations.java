package io.sluicemq.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CyclicBarrier;

/** Bytes that all threads allocate together while messages pass, the threads of the library included. */
final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** Sends or receives some messages. */
    @FunctionalInterface
    interface Part {
        void run(long count) throws Exception;
    }

    /** Runs both parts on threads of their own, once to warm up and once to be measured. */
    static void measure(final Load load, final Part send, final Part receive) throws Exception {
        final CyclicBarrier barrier = new CyclicBarrier(3);
        final Helper sender = Helper.start("send", () -> inTwoParts(load, send, barrier));
        final Helper receiver = Helper.start("receive", () -> inTwoParts(load, receive, barrier));
        barrier.await();
        final long before = allByOtherThreads();
        barrier.await();
        barrier.await();
        final long after = allByOtherThreads();
        barrier.await();
        sender.join();
        receiver.join();
        Figures.bytesPerMessage((double) (after - before) / load.count());
    }

    private static void inTwoParts(final Load load, final Part part, final CyclicBarrier barrier) throws Exception {
        part.run(load.warmup());
        barrier.await();
        barrier.await();
        part.run(load.count());
        barrier.await();
        barrier.await();
    }

    private static long allByOtherThreads() {
        final long self = Thread.currentThread().getId();
        long bytes = 0;
        for (final long id : THREADS.getAllThreadIds()) {
            bytes += id == self ? 0 : Math.max(0, THREADS.getThreadAllocatedBytes(id));
        }
        return bytes;
    }
}
