package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;

/** What a stream of one direction begins with: its type, and what belongs to that. See docs/wire-quic.md. Agent. */
final class StreamHeader {
    /** Messages, and the commands that say something of the messages round them. */
    static final int MAIN = 1;

    /** Messages of a lane. */
    static final int LANE = 2;

    /** One large message. */
    static final int LARGE = 3;

    /** Of a {@link #LARGE}: its place is where the lane says so. */
    static final int IN_ORDER = 1;

    static final int LANE_BYTES = 2;
    static final int LARGE_BYTES = 3 + Long.BYTES;

    private final byte[] bytes = new byte[LARGE_BYTES];
    private final BiConsumer<StreamInput, StreamHeader> onComplete;
    private int seen;

    /**
     * Makes one of which nothing is known.
     *
     * @param onComplete told once.
     */
    StreamHeader(final BiConsumer<StreamInput, StreamHeader> onComplete) {
        this.onComplete = onComplete;
    }

    static byte[] ofMain() {
        return new byte[] {MAIN, 0};
    }

    static byte[] ofLane(final int lane) {
        return new byte[] {LANE, (byte) lane};
    }

    static byte[] ofLarge(final int lane, final boolean inOrder, final long number) {
        return ByteBuffer.allocate(LARGE_BYTES)
                .put((byte) LARGE)
                .put((byte) lane)
                .put((byte) (inOrder ? IN_ORDER : 0))
                .putLong(number)
                .array();
    }

    boolean isComplete() {
        return seen > 0 && seen == length();
    }

    private int length() {
        return bytes[0] == LARGE ? LARGE_BYTES : LANE_BYTES;
    }

    /** Takes what belongs to the header. */
    void take(final ByteBuf source, final StreamInput from) {
        while (source.isReadable() && !isComplete()) {
            bytes[seen++] = source.readByte();
            if (seen == 1 && (bytes[0] < MAIN || bytes[0] > LARGE)) {
                from.fail(QuicFailure.badStream(bytes[0] & 0xFF));
                return;
            }
        }
        if (isComplete()) {
            onComplete.accept(from, this);
        }
    }

    int type() {
        return bytes[0];
    }

    int lane() {
        return bytes[1] & 0xFF;
    }

    boolean isInOrder() {
        return (bytes[2] & IN_ORDER) != 0;
    }

    /** Of a large message. */
    long number() {
        return ByteBuffer.wrap(bytes).getLong(3);
    }
}
