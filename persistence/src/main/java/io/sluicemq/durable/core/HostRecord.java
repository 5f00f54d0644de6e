package io.sluicemq.durable.core;

/** Types of the records in a host's journal. Numbers are never used again for something else; {@link InboxRecords#OWNER} is none of them. */
final class HostRecord {
    /** A message, see {@link Published}. */
    static final int PUBLISHED = 1;

    /** A session as it is now: u32 number, u32 expiry, i64 ends at, i64 position, i64 sent up to, string name. */
    static final int SESSION = 2;

    /** u32 number: the session is forgotten, with its subscriptions. */
    static final int SESSION_ENDED = 3;

    /** u32 session, u8 options + 128 retained messages are due, u32 subscription id, i64 since (0 this record), i64 until (0 for ever), string filter, in a checkpoint also the topic of the last retained message it got. */
    static final int SUBSCRIBED = 4;

    /** u32 session, string filter. */
    static final int UNSUBSCRIBED = 5;

    /** Any number of: u32 session, i64 position. */
    static final int POSITIONS = 6;

    /** i64 index, i64 time of publishing in ns, {@link Published}: in checkpoints, a retained message. */
    static final int RETAINED = 7;

    /**
     * u32 session, u32 subscription id, i64 time of publishing in ns, i64 since of the subscription, {@link Published}: a retained message
     * for one session alone.
     */
    static final int ADDRESSED = 8;

    /** u32 session, i64 since of the subscription: all retained messages that a new subscription gets are in the log. */
    static final int WALKED = 9;

    /**
     * As {@link #ADDRESSED}, of a shared subscription: u32 session, u32 subscription id, i64 time of publishing in ns, i64 group, i64 index
     * of the message, or of the record that had assigned it before, {@link Published} at the member's QoS.
     */
    static final int ASSIGNED = 10;

    /** i64 group, i64 position, string filter, any number of i64: in checkpoints, a shared subscription and what was returned to it. */
    static final int GROUP = 11;

    /** Any number of: i64 group, i64 position. */
    static final int GROUP_POSITIONS = 12;

    /** u32 session, any number of: i64 index, i64 group, u8 QoS: in checkpoints, what is assigned to a session. */
    static final int IN_FLIGHT = 13;

    /** The first record, and the first of a checkpoint: u32 version of all records, see {@link HostFormat}. */
    static final int HOST = 65;

    /** Of {@link #ADDRESSED} and {@link #ASSIGNED}, where the time of publishing is. */
    static final int PUBLISHED_NS_AT = 1 + 2 * Integer.BYTES;

    /** Of {@link #ADDRESSED}, where the message begins. */
    static final int ADDRESSED_BODY = PUBLISHED_NS_AT + 2 * Long.BYTES;

    /** Of {@link #ASSIGNED}, where the message begins. */
    static final int ASSIGNED_BODY = ADDRESSED_BODY + Long.BYTES;

    private HostRecord() {}
}
