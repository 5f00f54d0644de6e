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

    /** Highest number of a lane that a kind can name. */
    public static final int MAX_LANE = 15;

    /** Above the bits that are not of the lane; what is there is the lane's number and 1, or 0 for none. */
    private static final int LANE_SHIFT = 4;

    private static final int LANE_UNIT = 1 << LANE_SHIFT;

    private MessageKind() {}

    /**
     * In an offer, beside the kind: the sender has chosen a lane for the message, for a connection that has several.
     *
     * @param number of the lane, 0 to {@link #MAX_LANE}; -1 for none.
     * @return bits of a kind.
     */
    public static int onLane(final int number) {
        return (number + 1) << LANE_SHIFT;
    }

    /**
     * Which lane the sender has chosen.
     *
     * @param kind as it was offered.
     * @return the lane's number; -1 if none was chosen.
     */
    public static int lane(final int kind) {
        return (kind >>> LANE_SHIFT) - 1;
    }

    /**
     * The kind without the lane.
     *
     * @param kind as it was offered.
     * @return what is beside the lane.
     */
    public static int withoutLane(final int kind) {
        return kind & (LANE_UNIT - 1);
    }

    /**
     * The lane alone.
     *
     * @param kind as it was offered.
     * @return bits as of {@link #onLane}; 0 if none was chosen.
     */
    public static int laneBits(final int kind) {
        return kind & -LANE_UNIT;
    }

    /**
     * The lane as the tag of a record.
     *
     * @param kind as it was offered.
     * @return 0 if none was chosen.
     */
    static int laneTag(final int kind) {
        return kind >>> LANE_SHIFT;
    }

    /**
     * The kind of a record with the lane that its tag names.
     *
     * @param tag of a record that was offered without one.
     * @param kind of the record.
     * @return a kind to be offered.
     */
    public static int withLaneTag(final int tag, final int kind) {
        return kind | tag << LANE_SHIFT;
    }
}
