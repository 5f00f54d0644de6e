package io.sluicemq.wire;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes ZMTP commands as complete frames, header included, and the older message form of subscriptions. The counterpart
 * is {@link CommandReader}.
 *
 * <pre>
 *   SUBSCRIBE  04 size 09 "SUBSCRIBE" prefix              RFC 37, "Subscribe"      3.1
 *   CANCEL     04 size 06 "CANCEL" prefix                 RFC 37, "Cancel"         3.1
 *              00 size 01 prefix  /  00 size 00 prefix    RFC 23, 29/PUBSUB        3.0, 2.0
 *   PING       04 size 04 "PING" ttl(2) context(0..16)    RFC 37, "Heartbeats"     3.1
 *   PONG       04 size 04 "PONG" context(0..16)
 *   READY      04 size 05 "READY" metadata                RFC 37, "NULL"           3.x
 *   ERROR      04 size 05 "ERROR" length(1) reason        RFC 37, "Error Handling" 3.x
 *
 *   X-BEGIN    04 10 07 "X-BEGIN" number(8)                        our own, see ReceivedCounts
 *   X-RECEIVED 04 1C 0A "X-RECEIVED" number(8) count(8) last(1)
 *   X-END      04 06 05 "X-END"
 *   X-APART    04 10 07 "X-APART" number(8)                        our own, over quic: see docs/wire-quic.md
 * </pre>
 *
 * <p>Each method returns the bytes written; the caller has made room for them. No argument is kept. Static functions
 * without state and, but for {@link #putError}, without allocation; any thread.
 */
public final class ZmtpCommands {
    /** The longest context of a PING, in bytes. */
    public static final int MAX_PING_CONTEXT_LENGTH = 16;

    /** The longest PING or PONG frame, in bytes. */
    public static final int MAX_PING_LENGTH = FrameHeader.SHORT_LENGTH + 5 + 2 + MAX_PING_CONTEXT_LENGTH;

    /** The longest reason of an ERROR, in bytes. */
    public static final int MAX_REASON_LENGTH = 255;

    /** The longest ERROR frame, in bytes. */
    public static final int MAX_ERROR_LENGTH = FrameHeader.LONG_LENGTH + 7 + MAX_REASON_LENGTH;

    /** The highest time to live that a PING can carry, in tenths of a second. */
    public static final int MAX_TTL_DECISECONDS = 0xFFFF;

    /** The longest of our own commands, in bytes. */
    public static final int MAX_OWN_LENGTH = FrameHeader.SHORT_LENGTH + 11 + 2 * Long.BYTES + 1;

    static final byte[] SUBSCRIBE = nameOf("SUBSCRIBE");
    static final byte[] CANCEL = nameOf("CANCEL");
    static final byte[] PING = nameOf("PING");
    static final byte[] PONG = nameOf("PONG");
    static final byte[] READY = nameOf("READY");
    static final byte[] ERROR = nameOf("ERROR");

    static final byte[] BEGIN = nameOf("X-BEGIN");
    static final byte[] RECEIVED = nameOf("X-RECEIVED");
    static final byte[] END = nameOf("X-END");
    static final byte[] APART = nameOf("X-APART");

    static final byte MESSAGE_SUBSCRIBE = 1;
    static final byte MESSAGE_CANCEL = 0;

    private ZmtpCommands() {}

    private static byte[] nameOf(final String name) {
        final byte[] encoded = new byte[1 + name.length()];
        encoded[0] = (byte) name.length();
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, encoded, 1, name.length());
        return encoded;
    }

    /**
     * An upper limit on what any of the four forms of a subscription takes.
     *
     * @param prefixLength of the subscription, in bytes.
     * @return bytes.
     */
    public static int maxSubscriptionLength(final int prefixLength) {
        return FrameHeader.LONG_LENGTH + SUBSCRIBE.length + prefixLength;
    }

    /**
     * Writes a SUBSCRIBE command, for a 3.1 peer.
     *
     * @param target       to write to.
     * @param offset       to write at.
     * @param prefix       that holds the prefix.
     * @param prefixOffset of the prefix.
     * @param prefixLength in bytes; 0 subscribes to everything.
     * @return bytes written.
     */
    public static int putSubscribe(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer prefix,
            final int prefixOffset,
            final int prefixLength) {
        final int start = putName(target, offset, SUBSCRIBE, prefixLength);
        target.putBytes(start, prefix, prefixOffset, prefixLength);
        return start + prefixLength - offset;
    }

    /**
     * Writes a CANCEL command, for a 3.1 peer.
     *
     * @param target       to write to.
     * @param offset       to write at.
     * @param prefix       that holds the prefix.
     * @param prefixOffset of the prefix.
     * @param prefixLength in bytes.
     * @return bytes written.
     */
    public static int putCancel(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer prefix,
            final int prefixOffset,
            final int prefixLength) {
        final int start = putName(target, offset, CANCEL, prefixLength);
        target.putBytes(start, prefix, prefixOffset, prefixLength);
        return start + prefixLength - offset;
    }

    /**
     * Writes a subscription as a message, for a 3.0 or 2.0 peer.
     *
     * @param target       to write to.
     * @param offset       to write at.
     * @param prefix       that holds the prefix.
     * @param prefixOffset of the prefix.
     * @param prefixLength in bytes; 0 subscribes to everything.
     * @return bytes written.
     */
    public static int putSubscribeMessage(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer prefix,
            final int prefixOffset,
            final int prefixLength) {
        return putMessage(target, offset, prefix, prefixOffset, prefixLength, MESSAGE_SUBSCRIBE);
    }

    /**
     * Writes the end of a subscription as a message, for a 3.0 or 2.0 peer.
     *
     * @param target       to write to.
     * @param offset       to write at.
     * @param prefix       that holds the prefix.
     * @param prefixOffset of the prefix.
     * @param prefixLength in bytes.
     * @return bytes written.
     */
    public static int putCancelMessage(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer prefix,
            final int prefixOffset,
            final int prefixLength) {
        return putMessage(target, offset, prefix, prefixOffset, prefixLength, MESSAGE_CANCEL);
    }

    private static int putMessage(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer prefix,
            final int prefixOffset,
            final int prefixLength,
            final byte kind) {
        final int start = offset + FrameHeader.put(target, offset, 0, 1L + prefixLength);
        target.putByte(start, kind);
        target.putBytes(start + 1, prefix, prefixOffset, prefixLength);
        return start + 1 + prefixLength - offset;
    }

    /**
     * Writes a PING. The TTL is always sent, also when 0, since libzmq reads it without looking at the length.
     *
     * @param target         to write to, with room for {@link #MAX_PING_LENGTH} bytes.
     * @param offset         to write at.
     * @param ttlDeciseconds time in tenths of a second after which the peer may give us up when it hears nothing; 0
     *                       for none. libzmq goes wrong above 655; {@link Heartbeat#ttlDeciseconds()} minds that.
     * @param context        that holds what the PONG shall give back; unused and may be null when the length is 0.
     * @param contextOffset  of the context.
     * @param contextLength  in bytes, 0 to 16.
     * @return bytes written.
     */
    public static int putPing(
            final MutableDirectBuffer target,
            final int offset,
            final int ttlDeciseconds,
            final DirectBuffer context,
            final int contextOffset,
            final int contextLength) {
        if (ttlDeciseconds < 0 || ttlDeciseconds > MAX_TTL_DECISECONDS) {
            throw new IllegalArgumentException("ttlDeciseconds=" + ttlDeciseconds + ", limit=" + MAX_TTL_DECISECONDS
                    + ", it is an unsigned 16-bit value on the wire");
        }
        if (contextLength < 0 || contextLength > MAX_PING_CONTEXT_LENGTH) {
            throw new IllegalArgumentException("contextLength=" + contextLength + ", limit=" + MAX_PING_CONTEXT_LENGTH
                    + ", a longer one would not come back whole");
        }
        final int start = putName(target, offset, PING, 2 + contextLength);
        target.putShort(start, (short) ttlDeciseconds, ByteOrder.BIG_ENDIAN);
        if (contextLength > 0) {
            target.putBytes(start + 2, context, contextOffset, contextLength);
        }
        return start + 2 + contextLength - offset;
    }

    /**
     * Writes the answer to a PING.
     *
     * @param target        to write to, with room for {@link #MAX_PING_LENGTH} bytes.
     * @param offset        to write at.
     * @param context       that holds the context of the PING.
     * @param contextOffset of the context.
     * @param contextLength in bytes; what is over 16 is left out, as libzmq does.
     * @return bytes written.
     */
    public static int putPong(
            final MutableDirectBuffer target,
            final int offset,
            final DirectBuffer context,
            final int contextOffset,
            final int contextLength) {
        final int length = Math.min(contextLength, MAX_PING_CONTEXT_LENGTH);
        final int start = putName(target, offset, PONG, length);
        target.putBytes(start, context, contextOffset, length);
        return start + length - offset;
    }

    /**
     * Writes a READY command.
     *
     * @param target   to write to.
     * @param offset   to write at.
     * @param metadata the properties, encoded.
     * @return bytes written.
     */
    public static int putReady(final MutableDirectBuffer target, final int offset, final byte[] metadata) {
        final int start = putName(target, offset, READY, metadata.length);
        target.putBytes(start, metadata);
        return start + metadata.length - offset;
    }

    /**
     * Writes an ERROR command.
     *
     * @param target to write to, with room for {@link #MAX_ERROR_LENGTH} bytes.
     * @param offset to write at.
     * @param reason for the peer's log; what is not printable ASCII becomes '?', what is over 255 bytes is cut.
     * @return bytes written.
     */
    public static int putError(final MutableDirectBuffer target, final int offset, final String reason) {
        final int length = Math.min(reason.length(), MAX_REASON_LENGTH);
        final int start = putName(target, offset, ERROR, 1 + length);
        target.putByte(start, (byte) length);
        for (int i = 0; i < length; i++) {
            final char c = reason.charAt(i);
            target.putByte(start + 1 + i, (byte) (c >= ' ' && c <= '~' ? c : '?'));
        }
        return start + 1 + length - offset;
    }

    /**
     * Writes an X-BEGIN: what comes on this connection is counted under this number.
     *
     * @param target to write to, with room for {@link #MAX_OWN_LENGTH} bytes.
     * @param offset to write at.
     * @param number of the connection, by which the sender of this command knows it.
     * @return bytes written.
     */
    public static int putBegin(final MutableDirectBuffer target, final int offset, final long number) {
        final int start = putName(target, offset, BEGIN, Long.BYTES);
        target.putLong(start, number, ByteOrder.BIG_ENDIAN);
        return start + Long.BYTES - offset;
    }

    /**
     * Writes an X-APART: here comes, in the order of messages, one that is sent on a stream of its own.
     *
     * @param target to write to, with room for {@link #MAX_OWN_LENGTH} bytes.
     * @param offset to write at.
     * @param number of the message, with which its stream begins.
     * @return bytes written.
     */
    public static int putApart(final MutableDirectBuffer target, final int offset, final long number) {
        final int start = putName(target, offset, APART, Long.BYTES);
        target.putLong(start, number, ByteOrder.BIG_ENDIAN);
        return start + Long.BYTES - offset;
    }

    /**
     * Writes an X-RECEIVED: how many messages came on a connection.
     *
     * @param target to write to, with room for {@link #MAX_OWN_LENGTH} bytes.
     * @param offset to write at.
     * @param number of the connection, as the peer gave it in X-BEGIN.
     * @param count  of messages, from the start of that connection.
     * @param last   whether no more can come.
     * @return bytes written.
     */
    public static int putReceived(
            final MutableDirectBuffer target,
            final int offset,
            final long number,
            final long count,
            final boolean last) {
        final int start = putName(target, offset, RECEIVED, 2 * Long.BYTES + 1);
        target.putLong(start, number, ByteOrder.BIG_ENDIAN);
        target.putLong(start + Long.BYTES, count, ByteOrder.BIG_ENDIAN);
        target.putByte(start + 2 * Long.BYTES, (byte) (last ? 1 : 0));
        return start + 2 * Long.BYTES + 1 - offset;
    }

    /**
     * Writes an X-END: no message follows on this connection, only commands.
     *
     * @param target to write to, with room for {@link #MAX_OWN_LENGTH} bytes.
     * @param offset to write at.
     * @return bytes written.
     */
    public static int putEnd(final MutableDirectBuffer target, final int offset) {
        return putName(target, offset, END, 0) - offset;
    }

    private static int putName(
            final MutableDirectBuffer target, final int offset, final byte[] name, final int argumentLength) {
        final long bodyLength = (long) name.length + argumentLength;
        final int start = offset + FrameHeader.put(target, offset, FrameHeader.COMMAND, bodyLength);
        target.putBytes(start, name);
        return start + name.length;
    }
}
