package io.sluicemq.transport;

/** How a message lies in a record of a {@link MessageRing}. The values are ring record types, so they start at 1. */
public final class MessageKind {
    /** The record is the body of the message's only frame. */
    public static final int SINGLE = 1;

    /**
     * The record is the frames of the message, each behind its ZMTP frame header exactly as on the wire (RFC 37, 2.2),
     * MORE set on all but the last. Kept in this form, a multipart message is one record, and one copy to the wire.
     */
    public static final int FRAMES = 2;

    private MessageKind() {}
}
