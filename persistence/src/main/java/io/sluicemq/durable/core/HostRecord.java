package io.sluicemq.durable.core;

/** Types of the records in a host's journal. Numbers are never used again for something else. */
final class HostRecord {
    /** A message, see {@link Published}. */
    static final int PUBLISHED = 1;

    /** A session as it is now: u32 number, u32 expiry, i64 ends at, i64 position, i64 sent up to, string name. */
    static final int SESSION = 2;

    /** u32 number: the session is forgotten, with its subscriptions. */
    static final int SESSION_ENDED = 3;

    /** u32 session, u8 options, u32 subscription id, i64 since (0 this record), i64 until (0 for ever), string filter. */
    static final int SUBSCRIBED = 4;

    /** u32 session, string filter. */
    static final int UNSUBSCRIBED = 5;

    /** Any number of: u32 session, i64 position. */
    static final int POSITIONS = 6;

    private HostRecord() {}
}
