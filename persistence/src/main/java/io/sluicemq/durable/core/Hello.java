package io.sluicemq.durable.core;

import io.sluicemq.journal.Durability;

/**
 * What a subscriber says first.
 *
 * @param cleanStart whether a session of that name is to be forgotten.
 * @param sessionExpirySeconds how long the session outlives the connection, {@link #NEVER} for ever.
 * @param receiveMaximum messages of QoS 1 and 2 that may be on their way at once.
 * @param level that the subscriber's word "stored" stands for.
 * @param session its name; empty for a client that only asks for replays.
 */
record Hello(boolean cleanStart, long sessionExpirySeconds, int receiveMaximum, Durability level, String session) {
    /** For {@link #sessionExpirySeconds()}. */
    static final long NEVER = 0xffff_ffffL;

    static final int MAX_RECEIVE_MAXIMUM = 1 << 20;
    private static final int CLEAN_START = 1;

    void encode(final WireOutput output) {
        output.begin(WireType.HELLO)
                .u8(WireType.VERSION)
                .u8(cleanStart ? CLEAN_START : 0)
                .u32(sessionExpirySeconds)
                .u32(receiveMaximum)
                .u8(Levels.encode(level))
                .string(session);
    }

    static Hello decode(final WireInput input) {
        final int version = input.u8("version");
        if (version != WireType.VERSION) {
            throw new WireException(
                    "version=" + version + ", limit=" + WireType.VERSION + ", use the same SluiceMQ on both sides");
        }
        final boolean cleanStart = (input.u8("flags") & CLEAN_START) != 0;
        final long expirySeconds = input.u32("sessionExpirySeconds");
        final int receiveMaximum = input.count("receiveMaximum", MAX_RECEIVE_MAXIMUM);
        if (receiveMaximum == 0) {
            throw new WireException("receiveMaximum=0, limit=1.." + MAX_RECEIVE_MAXIMUM);
        }
        final Durability level = Levels.decode(input.u8("level"));
        final Hello hello = new Hello(cleanStart, expirySeconds, receiveMaximum, level, input.string("session"));
        input.end("HELLO");
        return hello;
    }
}
