package io.sluicemq.wire;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Reads the body of a command that {@link MessageScanner} found: which command it is and where its argument lies. All
 * lengths are checked here, so that a caller may use what is reported without a further look.
 *
 * <p>Source: RFC 37/ZMTP, "Commands", "Heartbeats", "Subscribe", "Error Handling".
 *
 * <p>Not thread safe; one instance per I/O agent or connection. Allocates nothing but the text of {@link #reason}. No
 * reference to the buffer is kept.
 */
public final class CommandReader {
    /** What a command is. */
    public enum Kind {
        /** End of the NULL handshake; the argument is the peer's metadata. */
        READY,
        /** The peer gives up; the argument is the reason. It may come instead of READY or right behind it. */
        ERROR,
        /** A subscription; the argument is the prefix. */
        SUBSCRIBE,
        /** The end of a subscription; the argument is the prefix. */
        CANCEL,
        /** Asks for a PONG; the argument is the context, of 16 bytes at the most. */
        PING,
        /** Answers a PING; the argument is the context. */
        PONG,
        /** Our own: the peer's {@link CommandReader#number()} for this connection. */
        BEGIN,
        /** Our own: what the peer received, in {@link CommandReader#count()}, and on which connection. */
        RECEIVED,
        /** Our own: no message follows. */
        END,
        /** Our own: in place of the message with this {@link CommandReader#number()}, which comes on a stream of its own. */
        APART,
        /** A command of another name, to be ignored; the argument is what follows the name. */
        UNKNOWN,
        /** A protocol error: no name, or an argument shorter than the command needs. There is no argument. */
        MALFORMED
    }

    private static final int TTL_LENGTH = 2;

    private int argumentOffset;
    private int argumentLength;
    private int ttlDeciseconds;
    private long number;
    private long count;
    private boolean last;

    /** Makes a reader that has read nothing yet. */
    public CommandReader() {
        // All state is that of the last command.
    }

    /**
     * Reads the body of a command.
     *
     * @param buffer     that holds the body.
     * @param bodyOffset as from {@link MessageScanner#bodyOffset()}.
     * @param bodyLength as from {@link MessageScanner#bodyLength()}.
     * @return which command it is.
     */
    public Kind read(final DirectBuffer buffer, final int bodyOffset, final int bodyLength) {
        argumentOffset = bodyOffset;
        argumentLength = 0;
        ttlDeciseconds = 0;
        if (bodyLength < 1) {
            return Kind.MALFORMED;
        }
        final int nameLength = 1 + (buffer.getByte(bodyOffset) & 0xFF);
        if (nameLength == 1 || nameLength > bodyLength) {
            return Kind.MALFORMED;
        }
        argumentOffset = bodyOffset + nameLength;
        argumentLength = bodyLength - nameLength;
        final Kind kind = kindOf(buffer, bodyOffset, nameLength);
        return switch (kind) {
            case PING -> ping(buffer);
            case PONG -> {
                argumentLength = Math.min(argumentLength, ZmtpCommands.MAX_PING_CONTEXT_LENGTH);
                yield kind;
            }
            case ERROR -> error(buffer);
            case BEGIN, APART -> numbered(kind, buffer);
            case RECEIVED -> received(buffer);
            default -> kind;
        };
    }

    /**
     * Reads a message that may be a subscription of the older form, as 3.0 and 2.0 peers send it and 3.1 peers may.
     *
     * @param buffer     that holds the body of a message of one frame.
     * @param bodyOffset of the body.
     * @param bodyLength of the body.
     * @return SUBSCRIBE, CANCEL, or UNKNOWN when it is a message of the user.
     */
    public Kind readSubscriptionMessage(final DirectBuffer buffer, final int bodyOffset, final int bodyLength) {
        ttlDeciseconds = 0;
        final int kind = bodyLength < 1 ? -1 : buffer.getByte(bodyOffset);
        if (kind != ZmtpCommands.MESSAGE_SUBSCRIBE && kind != ZmtpCommands.MESSAGE_CANCEL) {
            argumentOffset = bodyOffset;
            argumentLength = bodyLength;
            return Kind.UNKNOWN;
        }
        argumentOffset = bodyOffset + 1;
        argumentLength = bodyLength - 1;
        return kind == ZmtpCommands.MESSAGE_SUBSCRIBE ? Kind.SUBSCRIBE : Kind.CANCEL;
    }

    private static Kind kindOf(final DirectBuffer buffer, final int offset, final int nameLength) {
        if (isName(ZmtpCommands.SUBSCRIBE, buffer, offset, nameLength)) {
            return Kind.SUBSCRIBE;
        }
        if (isName(ZmtpCommands.CANCEL, buffer, offset, nameLength)) {
            return Kind.CANCEL;
        }
        if (isName(ZmtpCommands.PING, buffer, offset, nameLength)) {
            return Kind.PING;
        }
        if (isName(ZmtpCommands.PONG, buffer, offset, nameLength)) {
            return Kind.PONG;
        }
        if (isName(ZmtpCommands.READY, buffer, offset, nameLength)) {
            return Kind.READY;
        }
        if (isName(ZmtpCommands.ERROR, buffer, offset, nameLength)) {
            return Kind.ERROR;
        }
        return ownKindOf(buffer, offset, nameLength);
    }

    private static Kind ownKindOf(final DirectBuffer buffer, final int offset, final int nameLength) {
        if (isName(ZmtpCommands.RECEIVED, buffer, offset, nameLength)) {
            return Kind.RECEIVED;
        }
        if (isName(ZmtpCommands.BEGIN, buffer, offset, nameLength)) {
            return Kind.BEGIN;
        }
        if (isName(ZmtpCommands.APART, buffer, offset, nameLength)) {
            return Kind.APART;
        }
        return isName(ZmtpCommands.END, buffer, offset, nameLength) ? Kind.END : Kind.UNKNOWN;
    }

    private static boolean isName(
            final byte[] name, final DirectBuffer buffer, final int offset, final int nameLength) {
        if (name.length != nameLength) {
            return false;
        }
        for (int i = 1; i < nameLength; i++) {
            if (buffer.getByte(offset + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private Kind ping(final DirectBuffer buffer) {
        if (argumentLength < TTL_LENGTH) {
            argumentLength = 0;
            return Kind.MALFORMED;
        }
        ttlDeciseconds = buffer.getShort(argumentOffset, ByteOrder.BIG_ENDIAN) & 0xFFFF;
        argumentOffset += TTL_LENGTH;
        argumentLength = Math.min(argumentLength - TTL_LENGTH, ZmtpCommands.MAX_PING_CONTEXT_LENGTH);
        return Kind.PING;
    }

    private Kind error(final DirectBuffer buffer) {
        final int reasonLength = argumentLength < 1 ? -1 : buffer.getByte(argumentOffset) & 0xFF;
        if (reasonLength < 0 || reasonLength > argumentLength - 1) {
            argumentLength = 0;
            return Kind.MALFORMED;
        }
        argumentOffset++;
        argumentLength = reasonLength;
        return Kind.ERROR;
    }

    /** What follows may be added to the command one day, so only a shorter one is wrong. */
    private Kind numbered(final Kind kind, final DirectBuffer buffer) {
        if (argumentLength < Long.BYTES) {
            argumentLength = 0;
            return Kind.MALFORMED;
        }
        number = buffer.getLong(argumentOffset, ByteOrder.BIG_ENDIAN);
        return kind;
    }

    private Kind received(final DirectBuffer buffer) {
        if (argumentLength < 2 * Long.BYTES + 1) {
            argumentLength = 0;
            return Kind.MALFORMED;
        }
        number = buffer.getLong(argumentOffset, ByteOrder.BIG_ENDIAN);
        count = buffer.getLong(argumentOffset + Long.BYTES, ByteOrder.BIG_ENDIAN);
        last = buffer.getByte(argumentOffset + 2 * Long.BYTES) != 0;
        return Kind.RECEIVED;
    }

    /**
     * The connection that the last BEGIN or RECEIVED was about, or the message that the last APART stands for.
     *
     * @return in a BEGIN the peer's number for it, in a RECEIVED ours; any value, as the peer sent it.
     */
    public long number() {
        return number;
    }

    /**
     * The messages that the last RECEIVED told of.
     *
     * @return any value, as the peer sent it.
     */
    public long count() {
        return count;
    }

    /**
     * Whether the last RECEIVED is the peer's last word about its connection.
     *
     * @return true if no other count will follow.
     */
    public boolean isLast() {
        return last;
    }

    /**
     * Where the argument of the last command starts: prefix, context, reason or metadata.
     *
     * @return the offset in the buffer that was read.
     */
    public int argumentOffset() {
        return argumentOffset;
    }

    /**
     * Length of the argument of the last command.
     *
     * @return bytes.
     */
    public int argumentLength() {
        return argumentLength;
    }

    /**
     * The time to live in the last PING: the peer asks to be given up when nothing is heard from it for so long.
     *
     * @return tenths of a second, 0 to 65,535; 0 for none, and after any other command.
     */
    public int ttlDeciseconds() {
        return ttlDeciseconds;
    }

    /**
     * The argument of the last command as a text for a log, meant for the reason of an ERROR.
     *
     * @param buffer that was read, unchanged since.
     * @return the text; bytes that are not printable ASCII are shown as '?'.
     */
    public String reason(final DirectBuffer buffer) {
        final byte[] text = new byte[Math.min(argumentLength, ZmtpCommands.MAX_REASON_LENGTH)];
        for (int i = 0; i < text.length; i++) {
            final byte b = buffer.getByte(argumentOffset + i);
            text[i] = b >= ' ' && b <= '~' ? b : (byte) '?';
        }
        return new String(text, StandardCharsets.US_ASCII);
    }
}
