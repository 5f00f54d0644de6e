package io.sluicemq.transport.stream;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.TransportContext;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/** A clock that is set by hand, with its timers. */
final class FakeContext implements TransportContext {
    private final BufferPool pool = new BufferPool(8 << 20);
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::deadlineNs));
    private long nowNs = 1_000_000_000L;

    private record Timer(long deadlineNs, Runnable task) {}

    void advance(final long durationNs) {
        nowNs += durationNs;
        runTimers();
    }

    int runTimers() {
        int count = 0;
        while (!timers.isEmpty() && timers.peek().deadlineNs() - nowNs <= 0) {
            timers.poll().task().run();
            count++;
        }
        return count;
    }

    @Override
    public SelectionKey register(final SelectableChannel channel, final int ops, final ReadyHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public void schedule(final long deadlineNs, final Runnable task) {
        timers.add(new Timer(deadlineNs, task));
    }

    @Override
    public Executor agent() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Executor blocking() {
        throw new UnsupportedOperationException();
    }

    @Override
    public BufferPool buffers() {
        return pool;
    }
}
