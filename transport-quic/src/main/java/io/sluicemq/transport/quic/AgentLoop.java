package io.sluicemq.transport.quic;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluicemq.transport.TransportContext;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Netty's event loop, done by an I/O agent: its channels wait in the agent's own selector, its timers are the agent's, its tasks run
 * in the agent's turns. So QUIC adds no thread and no second place to wait in. Netty's own {@code ManualIoEventLoop} has a
 * selector beside, and belongs to one thread for good, while an agent may be done by one thread after the other.
 */
final class AgentLoop extends AbstractScheduledEventExecutor implements IoEventLoop {
    /** A task may add another; the agent's other work is not to wait for an endless row of them. */
    private static final int MAX_TASKS_PER_TURN = 4096;

    private final TransportContext context;
    private final Runnable afterwards;
    private final LoopBuffers buffers = new LoopBuffers(this);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Runnable turn = this::runTasks;
    private final Promise<Void> termination = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

    /** The thread that is on duty, as of the last entry. Written by it, read by threads that hand over a task. */
    private volatile Thread owner;

    private volatile boolean closed;

    // Agent only.
    private boolean turnRequested;
    private Timer armed;

    /** One wake-up by the agent's timers, which cannot be cancelled. */
    private final class Timer implements Runnable {
        private final long deadlineNs;

        Timer(final long deadlineNs) {
            this.deadlineNs = deadlineNs;
        }

        @Override
        public void run() {
            if (armed == this) {
                armed = null;
                runTasks();
            }
        }
    }

    /**
     * Makes a loop that does nothing yet.
     *
     * @param context of the agent.
     * @param afterwards run each time when Netty has done something.
     */
    AgentLoop(final TransportContext context, final Runnable afterwards) {
        super(null);
        this.context = context;
        this.afterwards = afterwards;
    }

    /** The caller is on duty. At each entry from the agent, before anything of Netty's is touched. */
    void enter() {
        final Thread caller = Thread.currentThread();
        if (owner != caller) {
            owner = caller;
        }
    }

    /** At the end of each entry that may have brought something. */
    void leave() {
        afterwards.run();
    }

    /** For all channels of this loop. */
    LoopBuffers buffers() {
        return buffers;
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** Runs what waits and what is due. */
    int runTasks() {
        turnRequested = false;
        enter();
        int count = 0;
        fetchFromScheduledTaskQueue(tasks);
        Runnable task = tasks.poll();
        while (task != null) {
            safeExecute(task);
            count++;
            task = count < MAX_TASKS_PER_TURN ? tasks.poll() : null;
        }
        arm();
        leave();
        return count;
    }

    private void requestTurn() {
        if (!turnRequested) {
            context.schedule(context.nowNs(), turn);
            turnRequested = true;
        }
    }

    private void arm() {
        final long nextNs = nextScheduledTaskDeadlineNanos();
        if (nextNs != -1 && (armed == null || nextNs - armed.deadlineNs < 0)) {
            armed = new Timer(nextNs);
            final long delayNs = Math.max(0, nextNs - ticker().nanoTime());
            context.schedule(context.nowNs() + delayNs, armed);
        }
    }

    @Override
    public ScheduledFuture<?> schedule(final Runnable command, final long delay, final TimeUnit unit) {
        final ScheduledFuture<?> scheduled = super.schedule(command, delay, unit);
        if (inEventLoop()) {
            arm();
        }
        return scheduled;
    }

    @Override
    public void execute(final Runnable task) {
        tasks.add(task);
        if (inEventLoop()) {
            // The agent may be past its poll, and about to sleep.
            requestTurn();
        } else {
            context.agent().execute(turn);
        }
    }

    @Override
    public boolean inEventLoop(final Thread thread) {
        return owner == thread;
    }

    // Channels.

    @Override
    public Future<IoRegistration> register(final IoHandle handle) {
        final Promise<IoRegistration> promise = newPromise();
        try {
            promise.setSuccess(new AgentRegistration(this, context, (NioIoHandle) handle));
        } catch (final IOException e) {
            promise.setFailure(e);
        }
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(final Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    @Deprecated
    public ChannelFuture register(final ChannelPromise promise) {
        promise.channel().unsafe().register(this, promise);
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(final Channel channel, final ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public boolean isCompatible(final Class<? extends IoHandle> handleType) {
        return NioIoHandle.class.isAssignableFrom(handleType);
    }

    @Override
    public boolean isIoType(final Class<? extends IoHandler> handlerType) {
        return handlerType == NioIoHandler.class;
    }

    @Override
    public AgentLoop next() {
        return this;
    }

    @Override
    public IoEventLoopGroup parent() {
        return null;
    }

    // The end.

    /** Runs what is left, once all channels are closed. The agent's last call. */
    void close() {
        runTasks();
        cancelScheduledTasks();
        closed = true;
        armed = null;
        buffers.close();
        termination.trySuccess(null);
    }

    @Override
    public boolean isShuttingDown() {
        return closed;
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public boolean isTerminated() {
        return closed;
    }

    @Override
    public boolean awaitTermination(final long timeout, final TimeUnit unit) throws InterruptedException {
        return termination.await(timeout, unit);
    }

    @Override
    public Future<?> terminationFuture() {
        return termination;
    }

    @Override
    @Deprecated
    public void shutdown() {
        throw new UnsupportedOperationException("shutdown=of the loop, limit=the agent ends it, close the context");
    }

    @Override
    public Future<?> shutdownGracefully(final long quietPeriod, final long timeout, final TimeUnit unit) {
        throw new UnsupportedOperationException("shutdown=of the loop, limit=the agent ends it, close the context");
    }
}
