package io.sluicemq.transport.ipc;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Finds the frames in what comes over the control socket. Memory grows with what came, up to a limit. Agent. */
final class ControlInput {
    /** Longest body: more than any topic. */
    static final int MAX_BODY_BYTES = 16 << 20;

    /** Before the memory is joined: more than the name of a file, or the text that there is none. */
    private static final int MAX_JOIN_BODY_BYTES = 4096;

    private static final int INITIAL_BYTES = 64;

    private final Listener listener;
    private byte[] bytes = new byte[INITIAL_BYTES];
    private int start;
    private int end;
    private int maxBodyBytes = MAX_JOIN_BODY_BYTES;

    ControlInput(final Listener listener) {
        this.listener = listener;
    }

    /** Told of frames in order. */
    interface Listener {
        /** {@link ControlFrame#WAKE}, {@link ControlFrame#ROOM} or {@link ControlFrame#TAKEN}. */
        void onSignal(int type);

        /**
         * A frame with a body.
         *
         * @return false to be told of it again later, and of no more before.
         */
        boolean onFrame(int type, byte[] body);

        /** The bytes are no frames. */
        void onMalformed(String text);

        /** Whether frames are wanted still. */
        boolean isListening();
    }

    /** Adds bytes that came. */
    void add(final ByteBuffer source) {
        final int more = source.remaining();
        if (bytes.length - end < more) {
            compact(more);
        }
        source.get(bytes, end, more);
        end += more;
    }

    private void compact(final int more) {
        final int length = end - start;
        final int needed = length + more;
        final byte[] target = needed <= bytes.length ? bytes : new byte[Math.max(needed, 2 * bytes.length)];
        System.arraycopy(bytes, start, target, 0, length);
        bytes = target;
        start = 0;
        end = length;
    }

    /** What is allowed from now on includes topics. */
    void allowLargeBodies() {
        maxBodyBytes = MAX_BODY_BYTES;
    }

    /** Lets go of what came; nothing more is added. */
    void close() {
        bytes = new byte[0];
        start = 0;
        end = 0;
    }

    int length() {
        return end - start;
    }

    /** The bytes that came and were not taken; the first {@link #length()} from index 0. */
    byte[] unparsed() {
        compact(0);
        return bytes;
    }

    void skip(final int count) {
        start += count;
    }

    /** Tells of the frames that are complete; false when the listener wants the last one again. */
    boolean parse() {
        while (start < end && listener.isListening()) {
            final int type = bytes[start] & 0xFF;
            if (ControlFrame.isSignal(type)) {
                start++;
                listener.onSignal(type);
            } else if (type == ControlFrame.ZMTP_COMMAND || ControlFrame.hasBody(type)) {
                final int header = type == ControlFrame.ZMTP_COMMAND ? 2 : ControlFrame.HEADER_BYTES;
                if (end - start < header) {
                    break;
                }
                final int length = header == 2 ? bytes[start + 1] & 0xFF : lengthAt(start + 1);
                if (length < 0 || length > maxBodyBytes) {
                    listener.onMalformed("controlBodyBytes=" + Integer.toUnsignedLong(length) + ", limit="
                            + maxBodyBytes + ", see whether the peer is a SluiceMQ socket");
                    return true;
                }
                if (end - start - header < length) {
                    break;
                }
                if (!listener.onFrame(type, Arrays.copyOfRange(bytes, start + header, start + header + length))) {
                    return false;
                }
                if (start == end) {
                    // Closed meanwhile.
                    return true;
                }
                start += header + length;
            } else {
                listener.onMalformed("controlFrameType=" + type
                        + ", limit=17..19, 33..39, see whether the peer is a SluiceMQ socket");
                return true;
            }
        }
        if (start == end) {
            start = 0;
            end = 0;
            if (bytes.length > 1 << 16) {
                bytes = new byte[INITIAL_BYTES];
            }
        }
        return true;
    }

    private int lengthAt(final int index) {
        return ByteBuffer.wrap(bytes).getInt(index);
    }
}
