package io.sluicemq.durable.core;

/**
 * An orderly end, by either side.
 *
 * @param reason code of MQTT 5.0, 0 for no trouble.
 * @param sessionExpirySeconds new one for the session, {@link #UNCHANGED}, or {@link Hello#NEVER}.
 * @param text for people.
 */
record Goodbye(int reason, long sessionExpirySeconds, String text) {
    static final long UNCHANGED = Hello.NEVER - 1;

    void encode(final WireOutput output) {
        output.begin(WireType.GOODBYE).u8(reason).u32(sessionExpirySeconds).text(text);
    }

    static Goodbye decode(final WireInput input) {
        final Goodbye goodbye =
                new Goodbye(input.u8("reason"), input.u32("sessionExpirySeconds"), input.string("text"));
        input.end("GOODBYE");
        return goodbye;
    }
}
