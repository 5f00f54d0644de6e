package io.sluicemq.transport.quic;

/** Numbers of messages that go by stream, among others that go as datagrams: a pipe accounts for them, and so they are not counted here. Agent. */
final class StreamNumbers {
    /** More are not kept in mind for a peer that tells of none: what is counted is an upper bound then. */
    private static final int MAX_SAID = 16_384;

    /** Of messages that are on their way to the main stream, or were refused there: the last ones that were used. */
    private final LongQueue waiting = new LongQueue();

    /** Of messages that went there, and that the peer has not told of. */
    private final LongQueue said = new LongQueue();

    /** Another message is on its way. */
    void add(final long number) {
        waiting.add(number);
    }

    /** Whether none is on its way. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** How many are on their way. */
    int size() {
        return waiting.size();
    }

    /** The oldest one that is on its way goes now. */
    long say(final long heard) {
        final long number = waiting.remove();
        if (number >= heard && said.size() < MAX_SAID) {
            said.add(number);
        }
        return number;
    }

    /** The peer has accounted for all below a number. */
    void onHeard(final long heard) {
        while (!said.isEmpty() && said.get(0) < heard) {
            said.remove();
        }
    }

    /** How many there are that the peer has not accounted for. One that it was not sent yet is lost to it, once it has a newer one. */
    int notHeard(final long heard) {
        int count = said.size();
        for (int i = 0; i < waiting.size(); i++) {
            count += waiting.get(i) < heard ? 0 : 1;
        }
        return count;
    }
}
