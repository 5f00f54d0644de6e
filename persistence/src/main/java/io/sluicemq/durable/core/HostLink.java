package io.sluicemq.durable.core;

import io.sluicemq.journal.Durability;
import java.util.ArrayDeque;
import org.agrona.concurrent.UnsafeBuffer;

/** A connection to a subscriber, from its HELLO on. The host's thread. */
final class HostLink {
    final RoutingId id;

    /** Null for a client that only asks for replays. */
    final HostedSession session;

    final int receiveMaximum;
    final Durability storedLevel;

    /** Longer messages are not sent. */
    final int maxMessageBytes;

    /** Whether one was longer, and the log says so. */
    boolean toldTooLarge;

    final long resumeByMs;

    /** Answers that were not sent yet, oldest first. */
    final ArrayDeque<UnsafeBuffer> answers = new ArrayDeque<>();

    /** Replays that are under way. */
    int replays;

    boolean resumed;

    /** Its socket takes no more for now. */
    boolean blocked;

    boolean gone;

    HostLink(final RoutingId id, final HostedSession session, final Hello hello, final long resumeByMs) {
        this.id = id;
        this.session = session;
        receiveMaximum = hello.receiveMaximum();
        storedLevel = hello.level();
        maxMessageBytes = hello.maxMessageBytes();
        this.resumeByMs = resumeByMs;
    }
}
