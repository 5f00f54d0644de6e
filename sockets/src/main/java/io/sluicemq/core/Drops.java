package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.transport.Dropped;

/** Counts what a medium says that it does not deliver. Any thread. */
final class Drops {
    private Drops() {}

    static void count(final Pipe pipe, final Dropped why, final long messages) {
        if (why != Dropped.CONFLATED) {
            pipe.record().addDropped(messages);
        }
        pipe.socket().dropped(causeOf(why), messages);
    }

    private static DropCause causeOf(final Dropped why) {
        return switch (why) {
            case CONFLATED -> DropCause.CONFLATED;
            case UNKNOWN -> DropCause.IN_FLIGHT_UNKNOWN;
            case NOT_ARRIVED -> DropCause.RECONNECT_IN_FLIGHT;
            case LOST -> DropCause.LOST_ON_THE_WAY;
            case NO_ROOM -> DropCause.HIGH_WATER_MARK;
        };
    }
}
