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
 * thread is to sleep that relies on it. An agent without a thread of its own is led alone.
 *
 * <p>Whoever has the duty owns all that is marked as the agent's; taking it is an acquire, giving it back a release.
 */
final class IoDuty implements Agent {
    /** So long the own thread keeps away from an agent that others lead: what they leave undone waits about so long. */
    private static final long WATCH_NS = 50_000L;

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

    /** Turns done by others; written on duty. */
    private volatile int leads;

    /** On duty: a message that is sent next may be written by its sender, who was the last to lead. */
    private boolean mayFlush;

    /** Written on duty: it was for room that somebody led last, so that senders go on with it. */
    private volatile boolean ledToSend;

    /** Threads that sleep until the agent brings them something. */
    private final AtomicInteger sleepers = new AtomicInteger();

    /** The own thread while it watches, to be woken by {@link #call()}. */
    private volatile Thread watcher;

    /** Work came while the own thread watched. */
    private volatile boolean called;

    /** Set when a close did not get the duty in its time: who has it then ends the agent. */
    private volatile boolean leftBehind;

    /** Own thread only. */
    private int seenLeads;

    IoDuty(final IoAgent agent) {
        this.agent = agent;
    }

    @Override
    public String roleName() {
        return agent.roleName();
    }

    /** Whether it was for room that somebody led last. Any thread; sure on duty. */
    boolean isLedToSend() {
        return ledToSend;
    }

    /** On duty: a sender writes its batch, and what waits in other outlets. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // On duty, so by one thread at a time.
    void writeInPlace() {
        leads++;
        agent.write();
    }

    boolean tryTake() {
        return HOLDER.compareAndSet(this, (Thread) null, Thread.currentThread());
    }

    void giveBack() {
        if (leftBehind) {
            agent.onClose();
        }
        HOLDER.setRelease(this, (Thread) null);
    }

    /** Whether the calling thread is inside a turn. */
    boolean isHeldByCaller() {
        return HOLDER.getOpaque(this) == Thread.currentThread();
    }

    /** Own thread: one turn, or a look at those who lead. */
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
            if (ledToSend) {
                ledToSend = false;
            }
            return agent.ownTurn();
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

    private void watch() {
        watcher = Thread.currentThread();
        if (!mustAttend()) {
            LockSupport.parkNanos(this, WATCH_NS);
        }
        watcher = null;
        if (called) {
            called = false;
            seenLeads = leads;
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

    /**
     * Sending thread: its message waits in an outlet, and perhaps nobody is on duty. A thread that leads to receive, and then
     * sends, writes its first message itself; more are a batch, which is the own thread's.
     */
    void onOutletReady() {
        if (watcher == null) {
            return;
        }
        if (mayFlush && tryTake()) {
            try {
                mayFlush = false;
                agent.flush();
            } finally {
                giveBack();
            }
        } else {
            call();
        }
    }

    /**
     * A thread that waits for a message: one turn, unless another thread is at it, this one is inside a turn, or sleepers
     * rely on the own thread.
     *
     * @return work done.
     */
    int leadToReceive() {
        return sleepers.get() > 0 ? 0 : turn(true);
    }

    /** As {@link #leadToReceive()}, for a thread that waits for room. */
    int leadToSend() {
        return sleepers.get() > 0 ? 0 : turn(false);
    }

    /** Any thread, where there is no own thread: one turn, unless another thread is at it or this one is inside a turn. */
    int invoke() {
        return turn(false);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // On duty, so by one thread at a time.
    private int turn(final boolean toReceive) {
        if (!tryTake()) {
            return 0;
        }
        try {
            leads++;
            final int work = agent.isStopped() ? 0 : agent.doWork();
            if (toReceive && work > 0) {
                // So that who sends next is told to see to it, as it may be long until the next turn.
                agent.disarmOutlets();
            }
            mayFlush = toReceive;
            if (ledToSend == toReceive) {
                ledToSend = !toReceive;
            }
            return work;
        } finally {
            giveBack();
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

    /** Own thread, at its end; a leader may be in a callback still, and then ends the agent in place of it. */
    @Override
    public void onClose() {
        while (!tryTake()) {
            if (leftBehind) {
                return;
            }
            LockSupport.parkNanos(this, CLOSE_PARK_NS);
        }
        try {
            agent.onClose();
        } finally {
            giveBack();
        }
    }
}
