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
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** How many messages come in: the high-water mark, and the end after a close. */
public final class Limits {
    private static final UnsafeBuffer MESSAGE = RingState.message(1, 1);

    private Limits() {}

    /** One producer at the mark. */
    @JCStressTest
    @Description("Mark 1, two offers of one producer against a poll; results: first taken, second taken, polled")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "The poll came first; the second offer met the mark.")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The second offer met the mark before the poll made room.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The poll made room in between.")
    @Outcome(expect = FORBIDDEN, desc = "Over the mark (1, 1, 0), or refused below it.")
    @State
    public static class OneProducerAtMark {
        private final RingState state = new RingState(1, true);

        /** Sends. */
        @Actor
        public void producer(final III_Result r) {
            r.r1 = state.offer(MESSAGE);
            r.r2 = state.offer(MESSAGE);
        }

        /** Receives. */
        @Actor
        public void consumer(final III_Result r) {
            r.r3 = state.poll(1);
        }
    }

    /** Two producers at the mark. */
    @JCStressTest
    @Description("Mark 2, two producers with two offers each and no consumer; result: messages taken in")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "The atomic claim keeps the mark exactly.")
    @Outcome(expect = FORBIDDEN, desc = "Further over the mark, or refused below it.")
    @State
    public static class TwoProducersAtMark {
        private final RingState state = new RingState(2, false);

        /** Sends. */
        @Actor
        public void first() {
            state.offer(MESSAGE);
            state.offer(MESSAGE);
        }

        /** Sends. */
        @Actor
        public void second() {
            state.offer(MESSAGE);
            state.offer(MESSAGE);
        }

        /** Counts. */
        @Arbiter
        public void arbiter(final I_Result r) {
            r.r1 = (int) state.ring.size();
        }
    }

    /** Close, many producers. */
    @JCStressTest
    @Description("An offer against a close; results: taken in, left as counted after the close, polled in the end")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Came in before the close, which counted it.")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "The close came first.")
    @Outcome(expect = FORBIDDEN, desc = "Lost without being counted (1, 0, 1), or taken in and gone.")
    @State
    public static class CloseManyProducers {
        private final RingState state = new RingState(0, false);

        /** Sends. */
        @Actor
        public void producer(final III_Result r) {
            r.r1 = state.offer(MESSAGE);
        }

        /** Closes, and counts what is left. */
        @Actor
        public void closer(final III_Result r) {
            state.ring.close();
            r.r2 = (int) state.ring.size();
        }

        /** Polls what is left. */
        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = state.poll(1);
        }
    }

    /** Close, one producer. */
    @JCStressTest
    @JCStressMeta(CloseManyProducers.class)
    @State
    public static class CloseOneProducer {
        private final RingState state = new RingState(0, true);

        /** Sends. */
        @Actor
        public void producer(final III_Result r) {
            r.r1 = state.offer(MESSAGE);
        }

        /** Closes, and counts what is left. */
        @Actor
        public void closer(final III_Result r) {
            state.ring.close();
            r.r2 = (int) state.ring.size();
        }

        /** Polls what is left. */
        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = state.poll(1);
        }
    }

    /** After a close. */
    @JCStressTest
    @Description("Two offers against close and offer of another thread; results: first, second, the closer's own")
    @Outcome(
            id = {"0, 0, 0", "1, 0, 0", "1, 1, 0"},
            expect = ACCEPTABLE,
            desc = "What began before the close came in, nothing after it.")
    @Outcome(expect = FORBIDDEN, desc = "An offer succeeded after one had been refused, or after the close.")
    @State
    public static class NothingAfterClose {
        private final RingState state = new RingState(0, false);

        /** Sends. */
        @Actor
        public void producer(final III_Result r) {
            r.r1 = state.offer(MESSAGE);
            r.r2 = state.offer(MESSAGE);
        }

        /** Closes, and tries. */
        @Actor
        public void closer(final III_Result r) {
            state.ring.close();
            r.r3 = state.offer(MESSAGE);
        }
    }
}
