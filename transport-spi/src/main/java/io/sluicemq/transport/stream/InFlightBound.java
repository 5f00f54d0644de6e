package io.sluicemq.transport.stream;

/**
 * How many messages may be on their way to a peer that does not say what it received. What its PONG proves has arrived, since
 * a peer answers a PING when it has read all before it. Without PINGs, what lies further back than {@link #MAX_BYTES} has:
 * the two kernels hold less than that for a connection (Linux: at most 4 MiB at the sender and 6 MiB at the receiver, unless
 * told otherwise). Kept in steps, so that it costs nothing for a message.
 */
final class InFlightBound {
    /** More than is under way in kernels and network, unless somebody raised their limits. */
    static final long MAX_BYTES = 16L << 20;

    private static final long STEP_BYTES = 1L << 20;
    private static final int STEPS = (int) (MAX_BYTES / STEP_BYTES);

    /** Messages offered when a step was complete; made with the first one, so that a quiet connection holds none. */
    private long[] marks;

    private int steps;
    private long nextStepAtBytes = STEP_BYTES;
    private long pingedMessages;
    private long pongedMessages;

    /** A batch is done. */
    void onFlush(final long messages, final long bytes) {
        if (bytes >= nextStepAtBytes) {
            if (marks == null) {
                marks = new long[STEPS + 1];
            }
            marks[steps % marks.length] = messages;
            steps++;
            nextStepAtBytes = bytes + STEP_BYTES;
        }
    }

    /** What a PING is to carry, for the PONG to bring back: the messages before it, or 0 if it would prove nothing new. */
    long pingContext(final long writtenMessages) {
        pingedMessages = Math.max(pingedMessages, writtenMessages);
        return writtenMessages > pongedMessages ? writtenMessages : 0;
    }

    /** The context of a PONG; one that we did not send is ignored, as a peer may well leave it out or cut it short. */
    void onPong(final long context) {
        if (context > pongedMessages && context <= pingedMessages) {
            pongedMessages = context;
        }
    }

    /** Messages that must have arrived. */
    long arrived() {
        final long farBack = steps > STEPS ? marks[steps % marks.length] : 0;
        return Math.max(pongedMessages, farBack);
    }
}
