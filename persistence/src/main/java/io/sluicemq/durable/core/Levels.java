package io.sluicemq.durable.core;

import io.sluicemq.journal.Durability;

/** Levels of durability as they are on the wire and in the journal. */
final class Levels {
    private Levels() {}

    static int encode(final Durability level) {
        return switch (level) {
            case RECEIVED -> 0;
            case JOURNALED -> 1;
            case SYNCED -> 2;
        };
    }

    static Durability decode(final int level) {
        return switch (level) {
            case 0 -> Durability.RECEIVED;
            case 1 -> Durability.JOURNALED;
            case 2 -> Durability.SYNCED;
            default -> throw new WireException("level=" + level + ", limit=0..2");
        };
    }
}
