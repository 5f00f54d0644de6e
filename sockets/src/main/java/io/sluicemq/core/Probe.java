package io.sluicemq.core;

import io.sluicemq.transport.MessageKind;
import org.agrona.concurrent.UnsafeBuffer;

/** The empty message by which a new peer that is a ROUTER learns our routing id (ZMQ_PROBE_ROUTER). */
final class Probe {
    private static final UnsafeBuffer EMPTY = new UnsafeBuffer(new byte[0]);

    private Probe() {}

    static void send(final Pipe pipe) {
        pipe.offer(null, MessageKind.SINGLE, EMPTY, 0, 0);
    }
}
