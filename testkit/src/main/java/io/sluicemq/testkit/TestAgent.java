package io.sluicemq.testkit;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * An I/O agent that a test steps by hand: selector, timers, tasks and drivers on the calling thread. Its clock is the
 * system's plus what {@link #advance} added, so that a test need not wait for a timeout. One thread.
 */
public final class TestAgent implements TransportContext, AutoCloseable {
    /** How long {@link #await} waits before it fails. */
    public static final long AWAIT_LIMIT_NS = 20_000_000_000L;

    private static final long MAX_IDLE_POOL_BYTES = 64L << 20;

    private final Selector selector;
    private final Consumer<SelectionKey> onSelected = TestAgent::onSelected;
    private final BufferPool pool = new BufferPool(MAX_IDLE_POOL_BYTES);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Executor agent = this::addTask;
    private final ExecutorService blocking = Executors.newSingleThreadExecutor();
    private final ExecutorService handshakes = Executors.newSingleThreadExecutor();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::deadlineNs));
    private final List<TransportDriver> drivers = new ArrayList<>();
    private final List<Runnable> pumps = new ArrayList<>();
    private Map<Class<? extends TransportOptions>, TransportOptions> transportOptions = Map.of();
    private long offsetNs;
    private long nowNs = System.nanoTime();

    /** Opens a selector. */
    public TestAgent() {
        try {
            selector = Selector.open();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void onSelected(final SelectionKey key) {
        ((ReadyHandler) key.attachment()).onReady(key);
    }

    private void addTask(final Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /**
     * Opens a transport in this agent.
     *
     * @param transport to open.
     * @return its driver, closed with the agent.
     */
    public TransportDriver open(final Transport transport) {
        final TransportDriver driver = transport.open(this);
        drivers.add(driver);
        return driver;
    }

    /**
     * Gives options to all ends that are made from now on and say nothing of their own about a transport.
     *
     * @param options by class.
     */
    public void transportOptions(final Map<Class<? extends TransportOptions>, TransportOptions> options) {
        transportOptions = Map.copyOf(options);
    }

    /**
     * Adds the options that all ends have.
     *
     * @param own an end's own, which come first.
     * @return all of them.
     */
    public PipeOptions complete(final PipeOptions own) {
        final Map<Class<? extends TransportOptions>, TransportOptions> all = new HashMap<>(transportOptions);
        all.putAll(own.transportOptions());
        return new PipeOptions(
                own.maxMessageBytes(),
                own.maxFrames(),
                own.receiveMaxMessages(),
                own.handshakeTimeoutNs(),
                own.heartbeat(),
                all);
    }

    /**
     * Adds work to be done in each turn.
     *
     * @param work such as to poll a ring.
     */
    public void pump(final Runnable work) {
        pumps.add(work);
    }

    /**
     * Does that work no more.
     *
     * @param work as it was given to {@link #pump}.
     */
    public void stopPump(final Runnable work) {
        pumps.remove(work);
    }

    /** One turn, without waiting. */
    public void turn() {
        turn(0);
    }

    private void turn(final long maxWaitMs) {
        nowNs = System.nanoTime() + offsetNs;
        try {
            serve(maxWaitMs);
        } finally {
            // As the real agent does: an exception does not hold up what is due.
            runTimers();
        }
    }

    private void serve(final long maxWaitMs) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        try {
            if (maxWaitMs == 0) {
                selector.selectNow(onSelected);
            } else {
                drivers.forEach(TransportDriver::awaitEvents);
                selector.select(onSelected, maxWaitMs);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int i = 0; i < drivers.size(); i++) {
            drivers.get(i).poll(nowNs);
        }
        for (int i = 0; i < pumps.size(); i++) {
            pumps.get(i).run();
        }
    }

    private void runTimers() {
        while (!timers.isEmpty() && timers.peek().deadlineNs() - nowNs <= 0) {
            timers.poll().task().run();
        }
    }

    /**
     * Turns until a condition holds.
     *
     * @param what is awaited, for the text of the failure.
     * @param condition to become true.
     */
    public void await(final String what, final BooleanSupplier condition) {
        final long limitNs = System.nanoTime() + AWAIT_LIMIT_NS;
        while (!condition.getAsBoolean()) {
            turn(1);
            if (System.nanoTime() - limitNs > 0) {
                throw new AssertionError("awaited in vain: " + what);
            }
        }
    }

    /**
     * Turns until a number of turns in a row, a millisecond each, have passed.
     *
     * @param turns to make, so that what must not happen has had its chance.
     */
    public void settle(final int turns) {
        for (int i = 0; i < turns; i++) {
            turn(1);
        }
    }

    /**
     * Moves the clock.
     *
     * @param durationNs by how much.
     */
    public void advance(final long durationNs) {
        offsetNs += durationNs;
    }

    @Override
    public SelectionKey register(final SelectableChannel channel, final int interestOps, final ReadyHandler handler)
            throws IOException {
        return channel.register(selector, interestOps, handler);
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
        return agent;
    }

    @Override
    public Executor blocking() {
        return blocking;
    }

    @Override
    public Executor handshakes() {
        return handshakes;
    }

    @Override
    public BufferPool buffers() {
        return pool;
    }

    /** Closes the drivers, and then the selector. */
    @Override
    public void close() {
        drivers.forEach(TransportDriver::close);
        blocking.shutdownNow();
        handshakes.shutdownNow();
        try {
            selector.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Timer(long deadlineNs, Runnable task) {}
}
