package io.sluicemq.transport.quic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which messages go on a lane of their own, and how urgent they are: a stream of QUIC on which nothing waits for what other lanes carry.
 * Given to {@link QuicOptions.Builder#lanes}. Immutable; any thread.
 */
public final class QuicLane {
    /** The most urgent. */
    public static final int MOST_URGENT = 0;

    /** Urgency of a lane that names none, and of the lane for all other messages. */
    public static final int DEFAULT_URGENCY = 3;

    /** The least urgent. */
    public static final int LEAST_URGENT = 7;

    private enum Rule {
        TOPIC,
        ROUTING_ID,
        EXPLICIT
    }

    private final byte[] prefix;
    private final Rule rule;
    private final int urgency;

    private QuicLane(final byte[] prefix, final Rule rule, final int urgency) {
        this.prefix = prefix;
        this.rule = rule;
        this.urgency = urgency;
    }

    /**
     * For messages whose first frame begins so, as a subscription matches. What a socket type puts before it, such as REQ its
     * delimiter, and the routing id that a ROUTER takes off, is passed over.
     *
     * @param prefix read as UTF-8; empty for all messages.
     * @return a lane of the default urgency.
     */
    public static QuicLane forTopics(final String prefix) {
        return forTopics(prefix.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * As {@link #forTopics(String)}.
     *
     * @param prefix copied.
     * @return a lane of the default urgency.
     */
    public static QuicLane forTopics(final byte[] prefix) {
        return new QuicLane(prefix.clone(), Rule.TOPIC, DEFAULT_URGENCY);
    }

    /**
     * For all messages to peers whose routing id, as they tell it in the handshake, begins so.
     *
     * @param prefix copied; empty for all peers.
     * @return a lane of the default urgency.
     */
    public static QuicLane forRoutingIds(final byte[] prefix) {
        return new QuicLane(prefix.clone(), Rule.ROUTING_ID, DEFAULT_URGENCY);
    }

    /**
     * For no messages but those whose sender has chosen this lane, by {@code Message.lane}. Each other lane takes such messages too, beside its
     * own.
     *
     * @return a lane of the default urgency.
     */
    public static QuicLane explicit() {
        return new QuicLane(new byte[0], Rule.EXPLICIT, DEFAULT_URGENCY);
    }

    /**
     * Changes how soon it has its turn where lanes share what the network carries (RFC 9218, section 4.1). Lanes of one urgency
     * take turns.
     *
     * @param newUrgency {@link #MOST_URGENT} to {@link #LEAST_URGENT}.
     * @return the changed lane.
     * @throws IllegalArgumentException when it is out of that range.
     */
    public QuicLane urgency(final int newUrgency) {
        if (newUrgency < MOST_URGENT || newUrgency > LEAST_URGENT) {
            throw new IllegalArgumentException("urgency=" + newUrgency + ", limit=" + MOST_URGENT + ".." + LEAST_URGENT
                    + ", choose a value in between; 0 is the most urgent");
        }
        return new QuicLane(prefix, rule, newUrgency);
    }

    /**
     * How soon it has its turn.
     *
     * @return {@link #MOST_URGENT} to {@link #LEAST_URGENT}.
     */
    public int urgency() {
        return urgency;
    }

    boolean isByRoutingId() {
        return rule == Rule.ROUTING_ID;
    }

    boolean isExplicit() {
        return rule == Rule.EXPLICIT;
    }

    /** Not to be changed. */
    byte[] prefix() {
        return prefix;
    }

    @Override
    public String toString() {
        final String begin = new String(prefix, StandardCharsets.ISO_8859_1) + "*";
        final String messages = switch (rule) {
            case TOPIC -> "topic=" + begin;
            case ROUTING_ID -> "routingId=" + begin;
            case EXPLICIT -> "explicit";
        };
        return "QuicLane[" + messages + ", urgency=" + urgency + "]";
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof QuicLane lane
                && lane.rule == rule
                && lane.urgency == urgency
                && Arrays.equals(lane.prefix, prefix);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(prefix) + urgency;
    }
}
