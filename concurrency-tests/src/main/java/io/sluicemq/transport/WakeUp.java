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
import org.openjdk.jcstress.infra.results.II_Result;

/** A message comes while the consumer goes to sleep. Results: what it polled, whether it may sleep, who was told. */
public final class WakeUp {
    private static final UnsafeBuffer MESSAGE = RingState.message(1, 1);

    private WakeUp() {}

    /** The outcomes of the four tests that follow, and what they share. */
    @Description("offer against poll and disarm; results: polled, may sleep, times told")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Asleep before the message came, and told of it.")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Saw the claim when it was to sleep, and goes on polling.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Took the message before it went to sleep.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Took the message, and was told of it late.")
    @Outcome(expect = FORBIDDEN, desc = "A lost wake-up (0, 1, 0), or two owners of the ring (0, 0, 1).")
    @State
    public static class Meta {
        private final RingState state;

        Meta(final boolean singleProducer) {
            state = new RingState(0, singleProducer).awake();
        }

        final RingState state() {
            return state;
        }

        final void consume(final III_Result r) {
            r.r1 = state.poll(1);
            r.r2 = state.ring.disarm() ? 1 : 0;
        }

        final void told(final III_Result r) {
            r.r3 = state.told.get();
        }
    }

    /** Many producers, offer. */
    @JCStressTest
    @JCStressMeta(Meta.class)
    @State
    public static class ManyProducersOffer extends Meta {
        /** Of the ring. */
        public ManyProducersOffer() {
            super(false);
        }

        /** Sends. */
        @Actor
        public void producer() {
            state().offer(MESSAGE);
        }

        /** Polls and goes to sleep. */
        @Actor
        public void consumer(final III_Result r) {
            consume(r);
        }

        /** Looks who was told. */
        @Arbiter
        public void arbiter(final III_Result r) {
            told(r);
        }
    }

    /** Many producers, batch. */
    @JCStressTest
    @JCStressMeta(Meta.class)
    @State
    public static class ManyProducersBatch extends Meta {
        /** Of the ring. */
        public ManyProducersBatch() {
            super(false);
        }

        /** Sends. */
        @Actor
        public void producer() {
            state().ring.offerQuietly(0, null, MessageKind.SINGLE, MESSAGE, 0, Long.BYTES);
            state().ring.signal();
        }

        /** Polls and goes to sleep. */
        @Actor
        public void consumer(final III_Result r) {
            consume(r);
        }

        /** Looks who was told. */
        @Arbiter
        public void arbiter(final III_Result r) {
            told(r);
        }
    }

    /** One producer, offer. */
    @JCStressTest
    @JCStressMeta(Meta.class)
    @State
    public static class OneProducerOffer extends Meta {
        /** Of the ring. */
        public OneProducerOffer() {
            super(true);
        }

        /** Sends. */
        @Actor
        public void producer() {
            state().offer(MESSAGE);
        }

        /** Polls and goes to sleep. */
        @Actor
        public void consumer(final III_Result r) {
            consume(r);
        }

        /** Looks who was told. */
        @Arbiter
        public void arbiter(final III_Result r) {
            told(r);
        }
    }

    /** One producer, batch. */
    @JCStressTest
    @JCStressMeta(Meta.class)
    @State
    public static class OneProducerBatch extends Meta {
        /** Of the ring. */
        public OneProducerBatch() {
            super(true);
        }

        /** Sends. */
        @Actor
        public void producer() {
            state().ring.offerQuietly(0, null, MessageKind.SINGLE, MESSAGE, 0, Long.BYTES);
            state().ring.signal();
        }

        /** Polls and goes to sleep. */
        @Actor
        public void consumer(final III_Result r) {
            consume(r);
        }

        /** Looks who was told. */
        @Arbiter
        public void arbiter(final III_Result r) {
            told(r);
        }
    }

    /** Two producers find the ring disarmed. */
    @JCStressTest
    @Description("Two offers to a disarmed ring; results: times told, messages that wait")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "One of the two armed the ring and told its consumer.")
    @Outcome(expect = FORBIDDEN, desc = "Nobody or both told: lost, or two owners of the ring.")
    @State
    public static class TwoProducersTellOnce {
        private final RingState state = new RingState(0, false).awake();

        /** Disarmed. */
        public TwoProducersTellOnce() {
            state.ring.disarm();
        }

        /** Sends. */
        @Actor
        public void first() {
            state.offer(MESSAGE);
        }

        /** Sends. */
        @Actor
        public void second() {
            state.offer(MESSAGE);
        }

        /** Counts. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.told.get();
            r.r2 = (int) state.ring.size();
        }
    }

    /** A ring gets its consumer while messages come. */
    @JCStressTest
    @Description("offer against listener; results: times told, messages that wait")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Told once, by the producer or by the consumer itself.")
    @Outcome(expect = FORBIDDEN, desc = "Told never: lost; told twice: the ring is twice in its consumer's list.")
    @State
    public static class FirstListener {
        private final RingState state = new RingState(0, false);

        /** Sends. */
        @Actor
        public void producer() {
            state.offer(MESSAGE);
        }

        /** Takes the ring over. */
        @Actor
        public void consumer() {
            state.ring.listener(ring -> state.told.incrementAndGet());
        }

        /** Counts. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.told.get();
            r.r2 = (int) state.ring.size();
        }
    }

    /** One producer, as {@link FirstListener}. */
    @JCStressTest
    @JCStressMeta(FirstListener.class)
    @State
    public static class FirstListenerOneProducer {
        private final RingState state = new RingState(0, true);

        /** Sends. */
        @Actor
        public void producer() {
            state.offer(MESSAGE);
        }

        /** Takes the ring over. */
        @Actor
        public void consumer() {
            state.ring.listener(ring -> state.told.incrementAndGet());
        }

        /** Counts. */
        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = state.told.get();
            r.r2 = (int) state.ring.size();
        }
    }

    /** The mirror: a producer waits for room. */
    @JCStressTest
    @Description("requestSpace and a second look against poll; results: saw room, polled, told of room")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Saw the room before it went to sleep.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Saw the room, and was told of it too.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Asleep before there was room, and told of it.")
    @Outcome(expect = FORBIDDEN, desc = "A lost wake-up (0, 1, 0).")
    @State
    public static class Room {
        private final RingState state = new RingState(1, false);

        /** Full. */
        public Room() {
            state.offer(MESSAGE);
        }

        /** Goes to sleep. */
        @Actor
        public void producer(final III_Result r) {
            state.ring.requestSpace();
            r.r1 = state.ring.hasRoom() ? 1 : 0;
        }

        /** Makes room. */
        @Actor
        public void consumer(final III_Result r) {
            r.r2 = state.poll(1);
        }

        /** Counts. */
        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = state.spaceTold.get();
        }
    }
}
