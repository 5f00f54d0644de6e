package io.sluicemq.durable.core;

import io.sluicemq.persistence.FaultProperty;

/**
 * Places on the way of a durable message at which a test lets this process die: {@code -Dsluicemq.durable.halt=POINT:N}, see
 * {@link FaultProperty}. Those of the journal, which both sides have, are beside it. Any thread.
 */
final class FaultPoints {
    private static final FaultProperty HALT = new FaultProperty("sluicemq.durable.halt");

    // The host, in the order in which a message passes them.

    /** What was published in this turn is taken, and not in the log. */
    static final boolean PUBLISH_BEFORE_APPEND = HALT.names("publish-before-append");

    /** It is in the log, not synced, and nobody was told. */
    static final boolean PUBLISH_APPENDED = HALT.names("publish-appended");

    /** It is synced, and whoever asked for that was not told. */
    static final boolean PUBLISH_SYNCED = HALT.names("publish-synced");

    /** One who published was told. */
    static final boolean PUBLISH_ANSWERED = HALT.names("publish-answered");

    /** A subscriber has come, its session is in the log, and it was not welcomed. */
    static final boolean SESSION_RECORDED = HALT.names("session-recorded");

    /** A subscription is in the log, not synced, and not answered. */
    static final boolean SUBSCRIPTION_RECORDED = HALT.names("subscription-recorded");

    /** A session's message is read and decided on, and not sent. */
    static final boolean DELIVER_BEFORE_SEND = HALT.names("deliver-before-send");

    /** It is sent. */
    static final boolean DELIVER_SENT = HALT.names("deliver-sent");

    /** The subscriber has said what it has stored, and that is not noted. */
    static final boolean STORED_HEARD = HALT.names("stored-heard");

    /** The subscriber has said what is processed, and that is not noted. */
    static final boolean PROCESSED_HEARD = HALT.names("processed-heard");

    /** Positions have moved, and are not in the log. */
    static final boolean POSITIONS_BEFORE_RECORD = HALT.names("positions-before-record");

    /** Positions are in the log, and nothing was let go of for them. */
    static final boolean POSITIONS_RECORDED = HALT.names("positions-recorded");

    // The subscriber.

    /** The host has welcomed it, which is not in the inbox. */
    static final boolean WELCOME_HEARD = HALT.names("welcome-heard");

    /** It has told the host where it is. */
    static final boolean RESUME_SENT = HALT.names("resume-sent");

    /** The host has answered a subscription. */
    static final boolean DONE_HEARD = HALT.names("done-heard");

    /** A message has come, and is neither in the inbox nor with the application. */
    static final boolean MESSAGE_HEARD = HALT.names("message-heard");

    /** What came in this turn is durable, and neither application nor host was told. */
    static final boolean INBOX_COMMITTED = HALT.names("inbox-committed");

    /** Messages are in the inbox, the application may see them, and the host does not know. */
    static final boolean STORED_BEFORE_SEND = HALT.names("stored-before-send");

    /** The host was told what is stored. */
    static final boolean STORED_SENT = HALT.names("stored-sent");

    /** A message is about to be handed over. */
    static final boolean HAND_OVER_BEGUN = HALT.names("hand-over-begun");

    /** The application has had it, and has not acknowledged it, unless in its handler. */
    static final boolean HANDED_OVER = HALT.names("handed-over");

    /** An acknowledgement was taken, and is not in the inbox. */
    static final boolean ACKNOWLEDGEMENT_TAKEN = HALT.names("acknowledgement-taken");

    /** An acknowledgement is durable, and the application knows. */
    static final boolean ACKNOWLEDGEMENT_TOLD = HALT.names("acknowledgement-told");

    /** Acknowledgements are durable, and the host does not know. */
    static final boolean PROCESSED_BEFORE_SEND = HALT.names("processed-before-send");

    /** The host was told what is processed. */
    static final boolean PROCESSED_SENT = HALT.names("processed-sent");

    private FaultPoints() {}

    /** Called at the point that the property names, each time. */
    static void pass() {
        HALT.pass();
    }
}
