package io.sluicemq.durable.core;

import java.util.UUID;

/**
 * The host's answer to {@link Hello}.
 *
 * @param sessionPresent whether the host knew the session.
 * @param producer who this is, for ever: the id of its journal.
 * @param headIndex the last index of its log.
 * @param maxMessageBytes the largest payload that will come.
 * @param clientId of the host's own publishing, for no-local.
 * @param will null for none.
 */
record Welcome(boolean sessionPresent, UUID producer, long headIndex, int maxMessageBytes, String clientId, Will will) {
    private static final int SESSION_PRESENT = 1;
    private static final int WILL = 2;

    void encode(final WireOutput output) {
        output.begin(WireType.WELCOME)
                .u8(WireType.VERSION)
                .u8((sessionPresent ? SESSION_PRESENT : 0) | (will == null ? 0 : WILL))
                .i64(producer.getMostSignificantBits())
                .i64(producer.getLeastSignificantBits())
                .i64(headIndex)
                .u32(maxMessageBytes)
                .string(clientId);
        if (will != null) {
            will.encode(output);
        }
    }

    static Welcome decode(final WireInput input) {
        final int version = input.u8("version");
        if (version != WireType.VERSION) {
            throw new WireException(
                    "version=" + version + ", limit=" + WireType.VERSION + ", use the same SluiceMQ on both sides");
        }
        final int flags = input.u8("flags");
        final UUID producer = new UUID(input.i64("producer"), input.i64("producer"));
        final long headIndex = input.i64("headIndex");
        final int maxMessageBytes = input.count("maxMessageBytes", Integer.MAX_VALUE);
        final String clientId = input.string("clientId");
        final Will will = (flags & WILL) == 0 ? null : Will.decode(input);
        input.end("WELCOME");
        return new Welcome((flags & SESSION_PRESENT) != 0, producer, headIndex, maxMessageBytes, clientId, will);
    }
}
