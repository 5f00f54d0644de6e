package io.sluicemq.durable.core;

/**
 * Where a subscriber goes on; deliveries start after it.
 *
 * @param storedUpTo all messages of QoS 2 up to this index that were for this session are in its inbox.
 * @param processed how far its application has come.
 */
record Resume(long storedUpTo, Progress processed) {
    void encode(final WireOutput output) {
        processed.encode(output.begin(WireType.RESUME).i64(storedUpTo));
    }

    static Resume decode(final WireInput input) {
        return new Resume(input.i64("storedUpTo"), Progress.decode(input, "RESUME"));
    }
}
