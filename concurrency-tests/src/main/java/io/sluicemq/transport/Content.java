package io.sluicemq.transport;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** No message is torn, doubled, lost or out of order. Results name messages by digits, in the order of their coming. */
public final class Content {
    private static final UnsafeBuffer ONE = RingState.message(1, 6);
    private static final UnsafeBuffer TWO = RingState.message(2, 3);
    private static final UnsafeBuffer THREE = RingState.message(3, 1);
    private static final UnsafeBuffer LARGE = RingState.message(2, RingState.LARGE_LONGS);

    /** A frame of one byte, with MORE: flags, length, body. */
    private static final UnsafeBuffer PREFIX = new UnsafeBuffer(new byte[] {1, 1, 7});

    private Content() {}

    /** Two producers. */
    @JCStressTest
    @Description("A plain message against one with a prefix, and a consumer; result: all that came")
    @Outcome(
            id = {"12", "21"},
            expect = ACCEPTABLE,
            desc = "Both whole, in the order of their claims.")
    @Outcome(expect = FORBIDDEN, desc = "Torn (from 100 up), doubled or lost.")
    @State
    public static class TwoProducers {
        private final RingState state = new RingState(0, false);

        /** Sends. */
        @Actor
        public void plain() {
            state.offer(ONE);
        }

        /** Sends. */
        @Actor
        public void prefixed() {
            state.ring.offer(0, PREFIX, MessageKind.SINGLE, TWO, 0, TWO.capacity());
        }

        /** Receives. */
        @Actor
        public void consumer() {
            state.poll(2);
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final I_Result r) {
            r.r1 = state.poll(2);
        }
    }

    /** By reference. */
    @JCStressTest
    @Description("A large message then a small one, against another producer and a consumer; result: all that came")
    @Outcome(
            id = {"231", "213", "123"},
            expect = ACCEPTABLE,
            desc = "All whole, 2 before 3, which one thread sent.")
    @Outcome(expect = FORBIDDEN, desc = "Torn, doubled, lost or out of order.")
    @State
    public static class ByReference {
        private final RingState state = new RingState(0, false);

        /** Sends. */
        @Actor
        public void small() {
            state.offer(ONE);
        }

        /** Sends. */
        @Actor
        public void largeThenSmall() {
            state.offer(LARGE);
            state.offer(THREE);
        }

        /** Receives. */
        @Actor
        public void consumer() {
            state.poll(2);
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final I_Result r) {
            r.r1 = state.poll(3);
        }
    }

    /** One producer. */
    @JCStressTest
    @Description("Three messages of one producer, one by reference, against a consumer; result: all that came")
    @Outcome(id = "123", expect = ACCEPTABLE, desc = "All whole and in order.")
    @Outcome(expect = FORBIDDEN, desc = "Torn, doubled, lost or out of order.")
    @State
    public static class OneProducer {
        private final RingState state = new RingState(0, true);

        /** Sends. */
        @Actor
        public void producer() {
            state.offer(ONE);
            state.offer(LARGE);
            state.offer(THREE);
        }

        /** Receives. */
        @Actor
        public void consumer() {
            state.poll(3);
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final I_Result r) {
            r.r1 = state.poll(3);
        }
    }

    /** Conflating. */
    @JCStressTest
    @Description("Three messages to a ring that keeps the newest, against a consumer; results: what came, what waits")
    @Outcome(
            id = {"3, 0", "13, 0", "23, 0", "123, 0"},
            expect = ACCEPTABLE,
            desc = "The newest came last, older ones before it or not at all, and nothing is counted as waiting.")
    @Outcome(expect = FORBIDDEN, desc = "Torn, an older one after a newer, the newest lost, or a wrong account.")
    @State
    public static class Newest {
        private final RingState state = new RingState(0, false, true);

        /** Sends. */
        @Actor
        public void producer() {
            state.offer(ONE);
            state.offer(TWO);
            state.offer(THREE);
        }

        /** Receives. */
        @Actor
        public void consumer() {
            state.poll(2);
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.poll(2);
            r.r2 = (int) state.ring.size();
        }
    }

    /** Conflating, two producers. */
    @JCStressTest
    @Description("Two producers at a ring that keeps the newest; results: what came, what waits")
    @Outcome(
            id = {"1, 0", "2, 0", "12, 0", "21, 0"},
            expect = ACCEPTABLE,
            desc = "One replaced the other, or both came; nothing is counted as waiting.")
    @Outcome(expect = FORBIDDEN, desc = "Torn, doubled, both lost, or a wrong account.")
    @State
    public static class NewestOfTwo {
        private final RingState state = new RingState(0, false, true);

        /** Sends. */
        @Actor
        public void first() {
            state.offer(ONE);
        }

        /** Sends. */
        @Actor
        public void second() {
            state.offer(TWO);
        }

        /** Receives. */
        @Actor
        public void consumer() {
            state.poll(1);
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.poll(2);
            r.r2 = (int) state.ring.size();
        }
    }

    /** A ring begins to conflate. */
    @JCStressTest
    @JCStressMeta(Newest.class)
    @State
    public static class BecomesNewest {
        private final RingState state = new RingState(0, false);

        /** Sends. */
        @Actor
        public void producer() {
            state.offer(ONE);
            state.offer(TWO);
            state.offer(THREE);
        }

        /** Conflates from now on. */
        @Actor
        public void conflating() {
            state.ring.conflate();
        }

        /** Receives. */
        @Actor
        public void consumer() {
            state.poll(2);
        }

        /** Receives the rest. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.poll(4);
            r.r2 = (int) state.ring.size();
        }
    }

    /** Two threads ask for the same. */
    @JCStressTest
    @Description("Two threads make a ring conflate, the second sends; results: what came, what waits")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The message came.")
    @Outcome(expect = FORBIDDEN, desc = "The message is in a slot that nobody polls.")
    @State
    public static class ConflatedTwice {
        private final RingState state = new RingState(0, false);

        /** Conflates. */
        @Actor
        public void conflating() {
            state.ring.conflate();
        }

        /** Conflates and sends. */
        @Actor
        public void producer() {
            state.ring.conflate();
            state.offer(ONE);
        }

        /** Receives. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.poll(2);
            r.r2 = (int) state.ring.size();
        }
    }
}
