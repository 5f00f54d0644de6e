package io.sluicemq.transport.stream;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.TransportContext;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A clock that is set by hand, with its timers. */
public final class FakeContext implements TransportContext {
    private final BufferPool pool = new BufferPool(8 << 20);
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::deadlineNs));
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nowNs = 1_000_000_000L;
    private Executor handshakes = Runnable::run;
    private Selector selector;

    private record Timer(long deadlineNs, Runnable task) {}

    public void advance(final long durationNs) {
        nowNs += durationNs;
        runTimers();
    }

    public int runTimers() {
        int count = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            count++;
        }
        while (!timers.isEmpty() && timers.peek().deadlineNs() - nowNs <= 0) {
            timers.poll().task().run();
            count++;
        }
        return count;
    }

    @Override
    public SelectionKey register(final SelectableChannel channel, final int ops, final ReadyHandler handler)
            throws ClosedChannelException {
        return channel.register(selector, ops, handler);
    }

    /** Where channels are registered from now on; without it they cannot be. */
    void selector(final Selector newSelector) {
        selector = newSelector;
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
        return tasks::add;
    }

    @Override
    public Executor blocking() {
        return Runnable::run;
    }

    @Override
    public Executor handshakes() {
        return handshakes;
    }

    public void handshakes(final Executor executor) {
        handshakes = executor;
    }

    @Override
    public BufferPool buffers() {
        return pool;
    }
}
