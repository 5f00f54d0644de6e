package io.sluicemq.durable.kills;

import java.util.regex.Pattern;

/**
 * One line of a history, as Jepsen keeps it: an operation begins (invoke), and ends well (ok), without effect (fail), or nobody knows how
 * (info); or something else happened (info).
 *
 * @param ns when, by {@link System#nanoTime()} of the process, which is one clock for all processes of a machine.
 * @param process that says so; each life has a name of its own.
 * @param phase one of the four.
 * @param op the operation.
 * @param id of the message, -1 for none.
 * @param rest further words.
 */
record Event(long ns, String process, Phase phase, String op, long id, String rest) {
    static final String PUBLISH = "publish";
    static final String RECEIVE = "receive";
    static final String ACKNOWLEDGE = "acknowledge";

    /** A publisher was told that a message of QoS 1 is processed. */
    static final String PROCESSED = "processed";

    /** The recorder knows the process, which has done nothing yet. */
    static final String BEGUN = "begun";

    /** The process is open for others. */
    static final String UP = "up";

    /** A subscriber has a session that it had not before. */
    static final String CONNECTED = "connected";

    /** A subscriber has lost a connection. */
    static final String LOST = "lost";

    /** A subscriber has ended a connection since the host broke the rules. */
    static final String VIOLATION = "violation";

    /** All is published. */
    static final String DONE = "done";

    /** The recorder has seen the end of a process. */
    static final String DIED = "died";

    static final long NO_ID = -1;

    private static final Pattern SPACE = Pattern.compile(" ");
    private static final int WORDS = 6;

    enum Phase {
        INVOKE,
        OK,
        FAIL,
        INFO
    }

    static Event parse(final String line) {
        final String[] words = SPACE.split(line, WORDS);
        return new Event(
                Long.parseLong(words[0]),
                words[1],
                Phase.valueOf(words[2]),
                words[3],
                Long.parseLong(words[4]),
                words.length < WORDS ? "" : words[WORDS - 1]);
    }

    String line() {
        return ns + " " + process + ' ' + phase + ' ' + op + ' ' + id + (rest.isEmpty() ? "" : ' ' + rest);
    }

    boolean is(final Phase otherPhase, final String otherOp) {
        return phase == otherPhase && op.equals(otherOp);
    }
}
