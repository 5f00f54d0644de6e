package io.sluicemq.durable.core;

import io.sluicemq.journal.Durability;

/** All messages of QoS 2 up to an index are in the subscriber's inbox. Without objects, as there are many. */
final class Stored {
    private Stored() {}

    static void encode(final WireOutput output, final long upTo, final Durability level) {
        output.begin(WireType.STORED).i64(upTo).u8(Levels.encode(level));
    }

    /** The index; {@link #level} follows. */
    static long upTo(final WireInput input) {
        return input.i64("storedUpTo");
    }

    static Durability level(final WireInput input) {
        final Durability level = Levels.decode(input.u8("level"));
        input.end("STORED");
        return level;
    }
}
