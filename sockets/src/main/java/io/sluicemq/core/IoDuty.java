package io.sluicemq.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * Who does the turns of an I/O agent (leader and followers). Its own thread does, until an application thread that would
 * only wait leads: it does a turn itself, which takes two changes of thread out of a message's way. The own thread then
 * watches, and is back on duty when nobody has led for a while, when work comes that the last leader does not see to, or when a
 * thread is to sleep that relies on it. An agent without a thread of its own is invoked by the application alone.
 *
 * <p>Whoever has the duty owns all that is marked as the agent's; taking it is an acquire, giving it back a release.
 */
final class IoDuty implements Agent {
    /** So long the own thread keeps away from an agent that others lead, before it looks whether they still do. */
    private static final long WATCH_NS = 50_000L;

    /** A sender that writes for itself does a full turn this often, so that reading and timers go on. */
    private static final long FULL_TURN_NS = 30_000L;

    /** The own thread yields so often for a duty that it is called to and others have; then it waits a little each time. */
    private static final int MAX_YIELDS = 100;

    private static final long RETRY_NS = 20_000L;

    /** How long a close waits between two looks at whether the duty is free. */
    private static final long CLOSE_PARK_NS = 100_000L;

    private static final VarHandle HOLDER;

    static {
        try {
            HOLDER = MethodHandles.lookup().findVarHandle(IoDuty.class, "holder", Thread.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final IoAgent agent;

    /** Who has the duty now, or null: taken by compare-and-set, given back by a store with release. */
    @SuppressWarnings("UnusedVariable") // Through its handle only.
    private Thread holder;

    /** Turns done by leaders; written on duty. */
    private volatile int leads;

    /** Written on duty: it was for room that somebody led last, so that senders go on with it. */
    private volatile boolean ledToSend;

    /**
     * Who led last, to receive: it may write the next message that it sends itself, once. Written on duty; others only compare
     * it with themselves.
     */
    private Thread lastReceiver;

    /** Threads that sleep until the agent brings them something. */
    private final AtomicInteger sleepers = new AtomicInteger();

    /** The own thread while others lead, else null: then nobody else may be on duty for a while. */
    private volatile Thread watcher;

    /** Work came that the own thread must see to; cleared by it on duty. */
    private volatile boolean called;

    /** Set when a close did not get the duty in its time: who has it then ends the agent. */
    private volatile boolean leftBehind;

    // Own thread only.
    private int seenLeads;
    private int retries;

    IoDuty(final IoAgent agent) {
        this.agent = agent;
    }

    @Override
    public String roleName() {
        return agent.roleName();
    }

    /** Takes the duty if it is free; the caller gives it back. */
    boolean tryTake() {
        return HOLDER.compareAndSet(this, (Thread) null, Thread.currentThread());
    }

    void giveBack() {
        try {
            if (leftBehind) {
                agent.onClose();
            }
        } finally {
            HOLDER.setRelease(this, (Thread) null);
        }
    }

    /** Whether the calling thread is inside a turn. */
    boolean isHeldByCaller() {
        return HOLDER.getOpaque(this) == Thread.currentThread();
    }

    // The own thread.

    /** One turn, or a look at those who lead. */
    @Override
    public int doWork() {
        if (agent.isStopping()) {
            throw new AgentTerminationException();
        }
        if (isLed() || !tryTake()) {
            watch();
            return 1;
        }
        try {
            resume();
            return agent.ownTurn();
        } catch (final Throwable e) {
            // To the runner an Error would be the end, for all sockets and for good.
            agent.onError(e);
            return 0;
        } finally {
            giveBack();
        }
    }

    private boolean isLed() {
        final int now = leads;
        final boolean led = now != seenLeads;
        seenLeads = now;
        return led && !mustAttend();
    }

    private boolean mustAttend() {
        return called || sleepers.get() > 0 || agent.isCalled();
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: who leads may need this core.
    private void watch() {
        if (watcher == null) {
            watcher = Thread.currentThread();
        }
        if (!mustAttend()) {
            retries = 0;
            LockSupport.parkNanos(this, WATCH_NS);
        } else if (retries++ < MAX_YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(this, RETRY_NS);
        }
    }

    /** On duty again: what came up to now is seen in this turn. */
    private void resume() {
        retries = 0;
        if (watcher != null) {
            watcher = null;
        }
        if (called) {
            called = false;
        }
        if (ledToSend) {
            ledToSend = false;
        }
    }

    /** Any thread: there is work, and perhaps nobody on duty. */
    void call() {
        final Thread own = watcher;
        if (own != null) {
            called = true;
            LockSupport.unpark(own);
        }
    }

    /** A thread is to sleep: the own thread is on duty from now on, until {@link #awake()}. */
    void asleep() {
        sleepers.incrementAndGet();
        call();
    }

    /** After {@link #asleep()}. */
    void awake() {
        sleepers.decrementAndGet();
    }

    // Those who lead.

    /**
     * A thread that waits for a message: one turn, unless another thread is at it, this one is inside a turn, or sleepers
     * rely on the own thread.
     *
     * @return work done.
     */
    int leadToReceive() {
        return lead(false);
    }

    /** As {@link #leadToReceive()}, for a thread that waits for room. */
    int leadToSend() {
        return lead(true);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // On duty, so by one thread at a time.
    private int lead(final boolean toSend) {
        if (sleepers.get() > 0 || !tryTake()) {
            return 0;
        }
        try {
            leads++;
            lastReceiver = toSend ? null : Thread.currentThread();
            if (ledToSend != toSend) {
                ledToSend = toSend;
            }
            return agent.turnOfLeader();
        } finally {
            giveBack();
        }
    }

    /** Any thread, where there is no own thread: one turn, unless another thread is at it or this one is inside a turn. */
    int invoke() {
        if (!tryTake()) {
            return 0;
        }
        try {
            return agent.isStopped() ? 0 : agent.doWork();
        } finally {
            giveBack();
        }
    }

    // Those who send.

    /** Whether senders may write for themselves, as somebody led last for room. Any thread; sure on duty. */
    boolean isLedToSend() {
        return ledToSend;
    }

    /** On duty: a sender writes its batch, and what waits in other outlets; now and then it does a full turn. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // On duty, so by one thread at a time.
    void writeInPlace() {
        if (System.nanoTime() - agent.nowNs() < FULL_TURN_NS) {
            agent.write();
        } else {
            leads++;
            agent.turnOfLeader();
        }
    }

    /**
     * Sending thread: its message waits in an outlet, and perhaps nobody is on duty. A thread that leads to receive, and then
     * sends, writes its first message itself; more are a batch, which is the own thread's.
     */
    void onOffered() {
        if (watcher != null && !ledToSend) {
            seeToOutlets();
        }
    }

    private void seeToOutlets() {
        if (lastReceiver != Thread.currentThread() || !tryTake()) {
            call();
            return;
        }
        try {
            lastReceiver = null;
            agent.write();
        } finally {
            giveBack();
        }
    }

    // The end.

    /** Whoever has the duty when the time of a close is over ends the agent. */
    void leaveBehind() {
        agent.leaveBehind();
        leftBehind = true;
    }

    /** Ends the agent if nobody is on duty by then. */
    boolean endBy(final long deadlineNs) throws InterruptedException {
        while (!tryTake()) {
            if (System.nanoTime() - deadlineNs >= 0) {
                return false;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while closing");
            }
            LockSupport.parkNanos(this, CLOSE_PARK_NS);
        }
        try {
            agent.onClose();
        } finally {
            giveBack();
        }
        return true;
    }

    /** Own thread, at its end: waits for a leader that is in a callback still, however long that takes. */
    @Override
    @SuppressWarnings("ReturnValueIgnored")
    public void onClose() {
        while (!tryTake()) {
            // A set flag would make each park return at once.
            Thread.interrupted();
            LockSupport.parkNanos(this, CLOSE_PARK_NS);
        }
        try {
            agent.onClose();
        } finally {
            giveBack();
        }
    }
}
