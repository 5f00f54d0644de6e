package io.sluicemq.core;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.RingListener;
import io.sluicemq.transport.TransportContext;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the I/O of its sockets: runs their commands, reads and writes what the selector says, carries messages from outlets
 * to connections, and keeps the timers. One thread at a time calls {@link #doWork()}, on duty; others reach it by {@link #execute} and
 * through rings.
 */
final class IoAgent implements Agent, TransportContext, RingListener, Executor {
    private static final Logger LOG = LoggerFactory.getLogger(IoAgent.class);

    private static final int SPIN_TURNS = 10;
    private static final long YIELD_NS = 60_000L;

    /** While a driver looks for input by itself, the selector is asked in each fourth turn only. */
    private static final int SELECT_EVERY = 4;

    /** Longest sleep with nothing to wait for. */
    private static final long MAX_SLEEP_MS = 1_000L;

    /** Longest sleep while a pipe waits for room in a socket, the net under the wake-up of {@link #wakeIfStalled}. */
    private static final long MAX_STALLED_SLEEP_MS = 10L;

    private final ContextCore context;
    private final String name;
    private final boolean invoked;
    private final IoDuty duty = new IoDuty(this);
    private final Selector selector;
    private final Consumer<SelectionKey> onSelected = this::onSelected;
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final ReadyRings outlets = new ReadyRings();
    private final Timers timers = new Timers();
    private final Drivers drivers = new Drivers();

    /** What senders gave to a carrier themselves in this batch; one pipe's at a time. */
    private Shortcut shortcut;

    private final List<Arrivals> touched = new ArrayList<>();
    private final List<Arrivals> stalled = new ArrayList<>();

    /** True from before the last look for work until after the sleep; whoever adds work in between wakes the selector. */
    private volatile boolean asleep;

    private volatile boolean anyStalled;
    private volatile boolean stopping;
    private volatile boolean closed;
    private long nowNs = System.nanoTime();
    private int turnsSinceSelect;
    private boolean selecting;
    private boolean ended;
    private boolean clockStale;
    private int idleTurns;
    private long idleSinceNs;

    IoAgent(final ContextCore context, final String name, final boolean invoked) {
        this.context = context;
        this.name = name;
        this.invoked = invoked;
        try {
            this.selector = Selector.open();
        } catch (final IOException e) {
            throw new IllegalStateException("cannot open a selector, limit=open files of the process, raise it", e);
        }
    }

    @Override
    public String roleName() {
        return name;
    }

    @Override
    public int doWork() {
        nowNs = System.nanoTime();
        int work = 0;
        try {
            work += serve();
        } catch (final Throwable e) {
            // Where each turn fails, as at memory that a peer has truncated, others are read, and deadlines kept, all
            // the same.
            onError(e);
            work += select(0);
        }
        return work + timers.run(nowNs);
    }

    private int serve() {
        try {
            // First, as a reply that waits here should not wait for a look at whether the next request has come.
            int work = flushShortcut() + runCommands() + drainOutlets() + drivers.poll(nowNs);
            if (mustSelect()) {
                turnsSinceSelect = 0;
                work += select(0);
            }
            return work + resumeStalled();
        } finally {
            endTurn();
        }
    }

    /** Always before a timer is run: it may be about a peer whose sign of life has not been read. */
    private boolean mustSelect() {
        return ++turnsSinceSelect >= SELECT_EVERY || !drivers.isPolling() || timers.millisToNext(nowNs) == 0;
    }

    /** A turn of an application thread, whose call it must not fail: trouble is told as of the agent's own thread. */
    int turnOfLeader() {
        try {
            return closed ? 0 : doWork();
        } catch (final Throwable e) {
            onError(e);
            return 0;
        }
    }

    /** Tells of trouble in a turn that is nobody's in particular. */
    void onError(final Throwable error) {
        LOG.error("I/O agent {} failed in its turn, and goes on", name, error);
    }

    private int runCommands() {
        int count = 0;
        Runnable command = commands.poll();
        while (command != null) {
            runSafely(command);
            count++;
            command = commands.poll();
        }
        return count;
    }

    private void runSafely(final Runnable command) {
        try {
            command.run();
        } catch (final Throwable e) {
            // One socket's trouble must not end the I/O of the others.
            LOG.error("I/O agent {}: a task failed", name, e);
        }
    }

    private int select(final long timeoutMs) {
        try {
            final boolean interrupted = Thread.interrupted();
            selecting = true;
            try {
                return timeoutMs == 0 ? selector.selectNow(onSelected) : selector.select(onSelected, timeoutMs);
            } finally {
                selecting = false;
                // A set flag would make every select return at once, so it is put aside meanwhile.
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        } catch (final IOException e) {
            LOG.error("I/O agent {}: select failed", name, e);
            return 0;
        }
    }

    /** Agent: gives addresses of closed channels back now; by itself the selector would keep them until its next turn. */
    void releaseClosedChannels() {
        if (selecting) {
            return;
        }
        try {
            selector.selectNow();
            selector.selectedKeys().clear();
        } catch (final IOException e) {
            LOG.error("I/O agent {}: select failed", name, e);
        }
    }

    private void onSelected(final SelectionKey key) {
        if (clockStale) {
            // The select slept: what was the time before it is not the time of what it found.
            clockStale = false;
            nowNs = System.nanoTime();
        }
        try {
            ((ReadyHandler) key.attachment()).onReady(key);
        } catch (final Throwable e) {
            LOG.error("I/O agent {}: a channel's handler failed", name, e);
            key.cancel();
        }
    }

    private int flushShortcut() {
        if (shortcut == null) {
            return 0;
        }
        final Shortcut given = shortcut;
        shortcut = null;
        given.flush();
        return 1;
    }

    private int drainOutlets() {
        int work = flushShortcut();
        outlets.collect();
        for (int left = outlets.count(); left > 0; left--) {
            final PolledRing ring = outlets.next();
            final Departures departures = (Departures) ring.attachment();
            work += departures.drain();
            if (departures.isBlocked()) {
                // Stays armed: whoever ends the blockade activates it.
                outlets.removeLast();
                departures.park();
            }
            if (departures.isFinishing()) {
                departures.finish();
            }
        }
        return work;
    }

    private int resumeStalled() {
        int work = 0;
        for (int i = stalled.size() - 1; i >= 0; i--) {
            final Arrivals arrivals = stalled.get(i);
            if (arrivals.tryResume()) {
                // A resumed pipe may stall again at once and is then at the end of the list too.
                stalled.remove(i);
                work++;
            }
        }
        anyStalled = !stalled.isEmpty();
        return work;
    }

    private void endTurn() {
        for (int i = touched.size() - 1; i >= 0; i--) {
            touched.get(i).endTurn();
        }
        touched.clear();
    }

    /** A turn of the agent's own thread, which sleeps in it when there has been nothing to do for a while. */
    int ownTurn() {
        final int work = doWork();
        if (work > 0) {
            idleTurns = 0;
        } else if (idleTurns >= SPIN_TURNS && nowNs - idleSinceNs >= YIELD_NS) {
            sleep();
        }
        return work;
    }

    /** Spins or yields while there is nothing to do. Called after each {@link #ownTurn()} by the agent's own thread. */
    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: on few cores the other side needs this one.
    void idle(final int work) {
        if (work > 0) {
            return;
        }
        if (idleTurns++ < SPIN_TURNS) {
            idleSinceNs = nowNs;
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private void sleep() {
        asleep = true;
        VarHandle.fullFence();
        // What was pushed since the last turn may have work though its ring is empty: a publisher's, for who was full.
        final boolean quiet = !outlets.hasPushed()
                && outlets.disarmAll()
                && commands.isEmpty()
                && (stalled.isEmpty() || resumeStalled() == 0);
        if (quiet && !stopping) {
            final long sleepMs = Math.min(
                    stalled.isEmpty() ? MAX_SLEEP_MS : MAX_STALLED_SLEEP_MS, timers.millisToNext(System.nanoTime()));
            if (sleepMs > 0) {
                clockStale = true;
                drivers.awaitEvents();
                select(sleepMs);
                clockStale = false;
            }
        }
        asleep = false;
        endTurn();
    }

    /** Any thread: the turn that is under way is the last one of the agent's own thread, which does not sleep any more. */
    void prepareToStop() {
        stopping = true;
        selector.wakeup();
        duty.call();
    }

    /** Any thread: nobody waits for this agent any more, which is still in a callback; nor does any later call to it. */
    void leaveBehind() {
        closed = true;
    }

    private void wake() {
        if (asleep) {
            selector.wakeup();
        } else {
            duty.call();
        }
    }

    /** Receiving thread: took messages, so that a stalled pipe may go on. */
    void wakeIfStalled() {
        // A thread that leads comes back, and sees to it then.
        if (anyStalled && asleep) {
            selector.wakeup();
        }
    }

    @Override
    public void onReady(final PolledRing ring) {
        outlets.push(ring);
        if (asleep) {
            selector.wakeup();
        }
    }

    /** On duty: whether a sender may give messages to this pipe's carrier itself, until the next write. */
    boolean mayShortcut(final Shortcut one) {
        if (shortcut == null) {
            shortcut = one;
        }
        return shortcut == one;
    }

    /** On duty, inside a call that sends: writes what waits, and nothing else. */
    void write() {
        try {
            drainOutlets();
        } catch (final Throwable e) {
            onError(e);
        }
    }

    /** Whether there is work that no event of the selector tells of. Any thread. */
    boolean isCalled() {
        return stopping || outlets.hasPushed() || !commands.isEmpty();
    }

    /** Agent: polls an armed outlet again that was blocked, and is not in the list. */
    void activate(final PolledRing ring) {
        outlets.push(ring);
    }

    /** Agent: a pipe brought messages; its {@link Arrivals#endTurn()} is called at the end of the turn. */
    void touched(final Arrivals arrivals) {
        touched.add(arrivals);
    }

    /** Agent: a pipe stopped reading until its socket has room. */
    void stalled(final Arrivals arrivals) {
        stalled.add(arrivals);
        anyStalled = true;
    }

    /** Runs a task on the agent, in order. Any thread. */
    @Override
    public void execute(final Runnable task) {
        commands.add(task);
        wake();
    }

    /** Runs a task on the agent and waits for its result; directly when already there. Any thread; refused once closed. */
    <T> T call(final Callable<T> task) {
        final FutureTask<T> future = new FutureTask<>(task);
        if (!isAgentThread() && context.isAnyAgentThread()) {
            throw new IllegalStateException(
                    "call=from a callback of another I/O agent, limit=sockets of the same agent,"
                            + " two agents that wait for each other would never end: use a thread of the application");
        }
        if (isAgentThread()) {
            future.run();
        } else {
            execute(future);
            while (isInvoked() && !future.isDone() && !closed) {
                invoke();
            }
        }
        return Futures.get(future, this::isStopped);
    }

    /** Whether the caller is inside a turn. */
    boolean isAgentThread() {
        return duty.isHeldByCaller();
    }

    /** Whether application threads alone do this agent's work. */
    boolean isInvoked() {
        return invoked;
    }

    /** One turn on the caller's thread, if nobody else is at it. */
    int invoke() {
        return duty.invoke();
    }

    IoDuty duty() {
        return duty;
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isStopped() {
        return closed;
    }

    Drivers drivers() {
        return drivers;
    }

    ContextCore context() {
        return context;
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
        timers.add(deadlineNs, task);
    }

    @Override
    public Executor agent() {
        return this;
    }

    @Override
    public Executor blocking() {
        return context.blocking();
    }

    @Override
    public Executor handshakes() {
        return context.handshakes();
    }

    @Override
    public BufferPool buffers() {
        return context.buffers();
    }

    @Override
    public void onClose() {
        closed = true;
        runCommands();
        if (ended) {
            // Threads of the application go on to invoke an agent that was left behind.
            return;
        }
        ended = true;
        try {
            drivers.close();
            runCommands();
        } finally {
            timers.clear();
            closeSelector();
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (final IOException e) {
            LOG.warn("I/O agent {}: the selector did not close", name, e);
        }
    }
}
