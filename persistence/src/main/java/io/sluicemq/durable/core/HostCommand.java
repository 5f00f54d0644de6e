package io.sluicemq.durable.core;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Layout of a command to the host's thread: u8 kind, u8 level, i64 correlation; to publish, a {@link Published} follows. */
final class HostCommand {
    /** There is something among the events. */
    static final int WAKE = 0;

    /** Nobody is told. */
    static final int PUBLISH = 1;

    /** A thread waits. */
    static final int PUBLISH_AWAITED = 2;

    /** The listener is told. */
    static final int PUBLISH_TOLD = 3;

    static final int BYTES = 2 + Long.BYTES;

    private HostCommand() {}

    static void put(final MutableDirectBuffer buffer, final int kind, final int level, final long correlationId) {
        buffer.putByte(0, (byte) kind);
        buffer.putByte(1, (byte) level);
        buffer.putLong(2, correlationId, ByteOrder.LITTLE_ENDIAN);
    }

    static int kind(final DirectBuffer buffer, final int offset) {
        return buffer.getByte(offset);
    }

    static int level(final DirectBuffer buffer, final int offset) {
        return buffer.getByte(offset + 1);
    }

    static long correlationId(final DirectBuffer buffer, final int offset) {
        return buffer.getLong(offset + 2, ByteOrder.LITTLE_ENDIAN);
    }
}
