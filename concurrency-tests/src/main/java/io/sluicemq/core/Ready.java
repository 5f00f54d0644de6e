package io.sluicemq.core;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.RingListener;
import io.sluicemq.transport.RingOptions;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The list of ready rings, and the threads that sleep on it. */
public final class Ready {
    private static final UnsafeBuffer MESSAGE = new UnsafeBuffer(new byte[8]);
    private static final MessageHandler TAKE = (tag, kind, buffer, offset, length) -> true;

    private Ready() {}

    private static MessageRing ring(final RingListener listener) {
        final MessageRing ring = new MessageRing(
                new RingOptions(RingOptions.MIN_RING_BYTES, 1 << 20, 0, false), new BufferPool(0), () -> {});
        if (listener != null) {
            ring.listener(listener);
        }
        return ring;
    }

    private static void offer(final MessageRing ring) {
        ring.offer(0, null, MessageKind.SINGLE, MESSAGE, 0, MESSAGE.capacity());
    }

    /** Polls each ring in the list once; returns messages taken. */
    private static int poll(final ReadyRings ready) {
        ready.collect();
        int taken = 0;
        for (int i = ready.count(); i > 0; i--) {
            taken += ready.next().poll(TAKE, 10);
        }
        return taken;
    }

    /** Two rings become ready while their consumer polls and goes to sleep. */
    @JCStressTest
    @Description("Offers to two rings against poll and disarmAll; results: messages taken in all, rings in the list")
    @Outcome(
            id = {"2, 0", "2, 1", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Both messages came; a ring was in the list at most once.")
    @Outcome(expect = FORBIDDEN, desc = "A ring was lost with its message, or is twice in the list.")
    @State
    public static class PushAgainstDisarm {
        private final ReadyRings ready = new ReadyRings();
        private final MessageRing first = ring(ready::push);
        private final MessageRing second = ring(ready::push);
        private int taken;

        /** Sends. */
        @Actor
        public void firstProducer() {
            offer(first);
        }

        /** Sends. */
        @Actor
        public void secondProducer() {
            offer(second);
        }

        /** Receives and goes to sleep. */
        @Actor
        public void consumer() {
            taken += poll(ready);
            ready.disarmAll();
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = taken + poll(ready);
            r.r2 = ready.count();
        }
    }

    /** The consumer may sleep only if it will be told. */
    @JCStressTest
    @Description(
            "An offer against disarmAll; results: may sleep, rings in the list then and later, messages in the end")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Asleep; the ring was pushed, and its consumer told.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The ring was there before; the consumer goes on.")
    @Outcome(expect = FORBIDDEN, desc = "Asleep with a message that nobody will tell of.")
    @State
    public static class SleepAgainstOffer {
        private final ReadyRings ready = new ReadyRings();
        private final MessageRing ring = ring(ready::push);

        /** In the list, and empty. */
        public SleepAgainstOffer() {
            offer(ring);
            poll(ready);
        }

        /** Sends. */
        @Actor
        public void producer() {
            offer(ring);
        }

        /** Goes to sleep. */
        @Actor
        public void consumer(final III_Result r) {
            r.r1 = ready.disarmAll() ? 1 : 0;
        }

        /** Looks what is in the list. */
        @Arbiter
        public void arbiter(final III_Result r) {
            ready.collect();
            r.r2 = ready.count();
            r.r3 = poll(ready);
        }
    }

    /** A ring joins the list of a consumer that has another. */
    @JCStressTest
    @Description("The first offer against the first listener, with another ring in the list; results: messages, rings")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both rings are in the list, each once.")
    @Outcome(expect = FORBIDDEN, desc = "A ring is twice in the list, and the other one may have fallen out.")
    @State
    public static class JoinAgainstOffer {
        private final ReadyRings ready = new ReadyRings();
        private final MessageRing other = ring(ready::push);
        private final MessageRing joining = ring(null);

        /** The other is in the list. */
        public JoinAgainstOffer() {
            offer(other);
        }

        /** Sends. */
        @Actor
        public void producer() {
            offer(joining);
        }

        /** Takes the ring over. */
        @Actor
        public void consumer() {
            joining.listener(ready::push);
        }

        /** Receives. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = poll(ready);
            r.r2 = ready.count();
        }
    }

    /** The look before the sleep. */
    @JCStressTest
    @Description(
            "add and look against change and signal; results: the sleeper saw the change, the signaller the sleeper")
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "One saw the other.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "A lost wake-up.")
    @State
    public static class AddAgainstSignal {
        private final WaitSet waiters = new WaitSet();
        private volatile boolean work;

        /** Sleeps. */
        @Actor
        public void sleeper(final II_Result r) {
            waiters.add(Thread.currentThread());
            r.r1 = work ? 1 : 0;
        }

        /** Wakes, if there is anybody. */
        @Actor
        public void signaller(final II_Result r) {
            work = true;
            r.r2 = waiters.isEmpty() ? 0 : 1;
        }
    }

    /** With a real sleep. */
    @JCStressTest(Mode.Termination)
    @Description("A thread that parks without a limit, against change and signal")
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "Sleeps on.")
    @State
    public static class ParkAgainstSignal {
        private final WaitSet waiters = new WaitSet();
        private volatile boolean work;

        /** Sleeps. */
        @Actor
        public void sleeper() {
            waiters.add(Thread.currentThread());
            while (!work) {
                LockSupport.park(this);
            }
            waiters.remove(Thread.currentThread());
        }

        /** Wakes. */
        @Signal
        public void signaller() {
            work = true;
            waiters.signal();
        }
    }
}
