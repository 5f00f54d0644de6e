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

    /**
     * In an offer, beside the kind: the bytes may be passed by reference. They belong to somebody who leaves them, and the buffer
     * object, as they are for as long as they may be read. The buffer is an {@link org.agrona.concurrent.UnsafeBuffer}.
     */
    public static final int WRAPPED = 4;

    /**
     * In an offer, beside the kind: the bytes lie in a buffer of the ring's {@link BufferPool}, which belongs to the ring once
     * the message is taken.
     */
    public static final int POOLED = 8;

    /** The part of an offered kind that the receiver gets to see. */
    public static final int MASK = 3;

    private MessageKind() {}
}
