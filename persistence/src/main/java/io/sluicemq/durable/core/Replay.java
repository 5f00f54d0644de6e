package io.sluicemq.durable.core;

/**
 * A wish for messages of the past.
 *
 * @param request number that the answers name.
 * @param byTime whether the bounds are times, in ns since the epoch, instead of indexes.
 * @param from the first.
 * @param to the last.
 * @param credit messages that may come before {@link WireType#CREDIT} allows more.
 * @param filter topic filter.
 */
record Replay(int request, boolean byTime, long from, long to, int credit, String filter) {
    static final int MAX_CREDIT = 1 << 20;

    void encode(final WireOutput output) {
        output.begin(WireType.REPLAY)
                .u32(request)
                .u8(byTime ? 1 : 0)
                .i64(from)
                .i64(to)
                .u32(credit)
                .string(filter);
    }

    static Replay decode(final WireInput input) {
        final int request = input.i32("request");
        final boolean byTime = input.u8("by") != 0;
        final long from = input.i64("from");
        final long to = input.i64("to");
        final int credit = input.count("credit", MAX_CREDIT);
        final Replay replay = new Replay(request, byTime, from, to, credit, input.string("filter"));
        input.end("REPLAY");
        return replay;
    }
}
