package io.sluicemq.transport.stream;

import io.sluicemq.wire.PeerMetadata;
import io.sluicemq.wire.ZmtpCommands;
import io.sluicemq.wire.ZmtpHandshake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Bytes of the handshake and of commands that wait for their turn to be written. Holds no memory until it is used. */
final class ControlBuffer {
    private static final int MIN_BYTES = 256;

    /** A larger buffer is dropped once it is empty. */
    private static final int MAX_IDLE_BYTES = 4 * 1024;

    /** Subscriptions are written once this much of them has gathered, not only at the end of a turn. */
    private static final int FLUSH_BYTES = 64 * 1024;

    private static final int MAX_HEARTBEAT_BACKLOG_BYTES = 4 * 1024;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private byte[] memory;
    private ByteBuffer bytes;
    private int start;
    private int end;

    boolean isEmpty() {
        return start == end;
    }

    int length() {
        return end - start;
    }

    boolean isWorthAWrite() {
        return length() >= FLUSH_BYTES;
    }

    void putHandshake(final ZmtpHandshake handshake) {
        final int length = handshake.pendingLength();
        if (length > 0) {
            reserve(length);
            end += handshake.transmit(view, end, length);
        }
    }

    /** In the form that the peer's revision needs; null for one that is known to be new, and has not said who it is. */
    void putSubscription(
            final PeerMetadata peer, final boolean subscribe, final DirectBuffer prefix, final int length) {
        reserve(ZmtpCommands.maxSubscriptionLength(length));
        if (peer == null || peer.takesSubscriptionCommands()) {
            end += subscribe
                    ? ZmtpCommands.putSubscribe(view, end, prefix, 0, length)
                    : ZmtpCommands.putCancel(view, end, prefix, 0, length);
        } else {
            end += subscribe
                    ? ZmtpCommands.putSubscribeMessage(view, end, prefix, 0, length)
                    : ZmtpCommands.putCancelMessage(view, end, prefix, 0, length);
        }
    }

    /** A PING that would wait behind many others is left out: they do as well. */
    void putPing(final int ttlDeciseconds, final long context) {
        if (length() < MAX_HEARTBEAT_BACKLOG_BYTES) {
            reserve(ZmtpCommands.MAX_PING_LENGTH + Long.BYTES);
            final int contextAt = end + ZmtpCommands.MAX_PING_LENGTH;
            view.putLong(contextAt, context, ByteOrder.BIG_ENDIAN);
            end += ZmtpCommands.putPing(view, end, ttlDeciseconds, view, contextAt, context == 0 ? 0 : Long.BYTES);
        }
    }

    /** A peer that sends PINGs and reads nothing gets no more than a few kept for it. */
    void putPong(final DirectBuffer context, final int offset, final int length) {
        if (length() < MAX_HEARTBEAT_BACKLOG_BYTES) {
            reserve(ZmtpCommands.MAX_PING_LENGTH);
            end += ZmtpCommands.putPong(view, end, context, offset, length);
        }
    }

    void putBegin(final long number) {
        reserve(ZmtpCommands.MAX_OWN_LENGTH);
        end += ZmtpCommands.putBegin(view, end, number);
    }

    /** Whether the peer has left so much unread that what can be left out should be. */
    boolean isBacklogged() {
        return length() >= MAX_HEARTBEAT_BACKLOG_BYTES;
    }

    /** A count that would wait behind many other commands is left out, but for the last one of this connection. */
    boolean putReceived(final long number, final long count, final boolean last) {
        if (!last && isBacklogged()) {
            return false;
        }
        reserve(ZmtpCommands.MAX_OWN_LENGTH);
        end += ZmtpCommands.putReceived(view, end, number, count, last);
        return true;
    }

    void putEnd() {
        reserve(ZmtpCommands.MAX_OWN_LENGTH);
        end += ZmtpCommands.putEnd(view, end);
    }

    private void reserve(final int length) {
        if (memory == null || (long) end + length > memory.length) {
            makeRoom(length);
        }
    }

    /** Writes what the channel takes. */
    boolean writeTo(final StreamChannel channel) throws IOException {
        bytes.limit(end).position(start);
        start += channel.write(bytes);
        if (start < end) {
            return false;
        }
        start = 0;
        end = 0;
        if (memory.length > MAX_IDLE_BYTES) {
            release();
        }
        return true;
    }

    void release() {
        start = 0;
        end = 0;
        memory = null;
        bytes = null;
        view.wrap(0, 0);
    }

    private void makeRoom(final int length) {
        if (start > 0) {
            System.arraycopy(memory, start, memory, 0, end - start);
            end -= start;
            start = 0;
        }
        final long needed = (long) end + length;
        if (memory != null && needed <= memory.length) {
            return;
        }
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("pendingCommandBytes=" + needed + ", limit=" + (Integer.MAX_VALUE - 8)
                    + ", wait until earlier subscriptions have gone");
        }
        final int capacity = (int) Math.max(needed, memory == null ? MIN_BYTES : Math.min(2L * memory.length, 1 << 30));
        memory = memory == null ? new byte[capacity] : Arrays.copyOf(memory, capacity);
        bytes = ByteBuffer.wrap(memory);
        view.wrap(memory);
    }
}
