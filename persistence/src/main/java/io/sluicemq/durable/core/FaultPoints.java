package io.sluicemq.durable.core;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Places on the way of a durable message at which a test lets this process die, as if by {@code kill -9}:
 * {@code -Dsluicemq.durable.halt=POINT:N} halts the JVM when it passes the point for the Nth time, with exit code
 * {@link #EXIT_CODE}. Points are static constants, so that without the property the compiler leaves nothing of them on the way of a
 * message. Those of the journal, which both sides have, are beside it. Any thread.
 */
final class FaultPoints {
    /** Names the point and the number of its passings. */
    static final String PROPERTY = "sluicemq.durable.halt";

    /** Of a JVM that was halted here, to be told from others. */
    static final int EXIT_CODE = 86;

    private static final String NAME;
    private static final AtomicInteger LEFT;

    static {
        final String given = System.getProperty(PROPERTY, "");
        final int colon = given.lastIndexOf(':');
        NAME = colon < 0 ? given : given.substring(0, colon);
        LEFT = new AtomicInteger(colon < 0 ? 1 : Integer.parseInt(given.substring(colon + 1)));
    }

    // The host, in the order in which a message passes them.

    /** What was published in this turn is taken, and not in the log. */
    static final boolean PUBLISH_BEFORE_APPEND = "publish-before-append".equals(NAME);

    /** It is in the log, not synced, and nobody was told. */
    static final boolean PUBLISH_APPENDED = "publish-appended".equals(NAME);

    /** It is synced, and whoever asked for that was not told. */
    static final boolean PUBLISH_SYNCED = "publish-synced".equals(NAME);

    /** One who published was told. */
    static final boolean PUBLISH_ANSWERED = "publish-answered".equals(NAME);

    /** A subscriber has come, its session is in the log, and it was not welcomed. */
    static final boolean SESSION_RECORDED = "session-recorded".equals(NAME);

    /** A subscription is in the log, not synced, and not answered. */
    static final boolean SUBSCRIPTION_RECORDED = "subscription-recorded".equals(NAME);

    /** A session's message is read and decided on, and not sent. */
    static final boolean DELIVER_BEFORE_SEND = "deliver-before-send".equals(NAME);

    /** It is sent. */
    static final boolean DELIVER_SENT = "deliver-sent".equals(NAME);

    /** The subscriber has said what it has stored, and that is not noted. */
    static final boolean STORED_HEARD = "stored-heard".equals(NAME);

    /** The subscriber has said what is processed, and that is not noted. */
    static final boolean PROCESSED_HEARD = "processed-heard".equals(NAME);

    /** Positions have moved, and are not in the log. */
    static final boolean POSITIONS_BEFORE_RECORD = "positions-before-record".equals(NAME);

    /** Positions are in the log, and nothing was let go of for them. */
    static final boolean POSITIONS_RECORDED = "positions-recorded".equals(NAME);

    // The subscriber.

    /** The host has welcomed it, which is not in the inbox. */
    static final boolean WELCOME_HEARD = "welcome-heard".equals(NAME);

    /** It has told the host where it is. */
    static final boolean RESUME_SENT = "resume-sent".equals(NAME);

    /** The host has answered a subscription. */
    static final boolean DONE_HEARD = "done-heard".equals(NAME);

    /** A message has come, and is neither in the inbox nor with the application. */
    static final boolean MESSAGE_HEARD = "message-heard".equals(NAME);

    /** What came in this turn is durable, and neither application nor host was told. */
    static final boolean INBOX_COMMITTED = "inbox-committed".equals(NAME);

    /** Messages are in the inbox, the application may see them, and the host does not know. */
    static final boolean STORED_BEFORE_SEND = "stored-before-send".equals(NAME);

    /** The host was told what is stored. */
    static final boolean STORED_SENT = "stored-sent".equals(NAME);

    /** A message is about to be handed over. */
    static final boolean HAND_OVER_BEGUN = "hand-over-begun".equals(NAME);

    /** The application has had it, and has not acknowledged it, unless in its handler. */
    static final boolean HANDED_OVER = "handed-over".equals(NAME);

    /** An acknowledgement was taken, and is not in the inbox. */
    static final boolean ACKNOWLEDGEMENT_TAKEN = "acknowledgement-taken".equals(NAME);

    /** An acknowledgement is durable, and the application knows. */
    static final boolean ACKNOWLEDGEMENT_TOLD = "acknowledgement-told".equals(NAME);

    /** Acknowledgements are durable, and the host does not know. */
    static final boolean PROCESSED_BEFORE_SEND = "processed-before-send".equals(NAME);

    /** The host was told what is processed. */
    static final boolean PROCESSED_SENT = "processed-sent".equals(NAME);

    private FaultPoints() {}

    /** Called at the point that the property names, each time. */
    static void pass() {
        if (LEFT.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
