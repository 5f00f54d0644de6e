package io.sluicemq.durable.core;

import io.sluicemq.journal.Durability;

/**
 * What a subscriber says first.
 *
 * @param cleanStart whether a session of that name is to be forgotten.
 * @param sessionExpirySeconds how long the session outlives the connection, {@link #NEVER} for ever.
 * @param receiveMaximum messages of QoS 1 and 2 that may be on their way at once.
 * @param level that the subscriber's word "stored" stands for.
 * @param maxMessageBytes the longest DELIVER or REPLAYED that it takes, as MQTT 5.0 3.1.2.11.4; what is longer is not sent.
 * @param session its name; empty for a client that only asks for replays.
 */
record Hello(
        boolean cleanStart,
        long sessionExpirySeconds,
        int receiveMaximum,
        Durability level,
        int maxMessageBytes,
        String session) {
    /** For {@link #sessionExpirySeconds()}. */
    static final long NEVER = 0xffff_ffffL;

    /** Of MQTT 5.0 3.1.2.11.3; a host keeps as many indexes for a session. */
    static final int MAX_RECEIVE_MAXIMUM = 65_535;

    private static final int CLEAN_START = 1;

    void encode(final WireOutput output) {
        output.begin(WireType.HELLO)
                .u8(WireType.VERSION)
                .u8(cleanStart ? CLEAN_START : 0)
                .u32(sessionExpirySeconds)
                .u32(receiveMaximum)
                .u8(Levels.encode(level))
                .u32(maxMessageBytes)
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
        final int maxMessageBytes = input.count("maxMessageBytes", Integer.MAX_VALUE);
        if (maxMessageBytes == 0) {
            throw new WireException("maxMessageBytes=0, limit=1.." + Integer.MAX_VALUE);
        }
        final String session = input.string("session");
        input.end("HELLO");
        return new Hello(cleanStart, expirySeconds, receiveMaximum, level, maxMessageBytes, session);
    }
}
