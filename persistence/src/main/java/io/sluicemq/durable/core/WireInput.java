package io.sluicemq.durable.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/** Reads the fields of one message in order, and never beyond its end. One thread. */
final class WireInput {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DirectBuffer buffer;
    private int at;
    private int end;

    /** Begins behind the type of a message. */
    WireInput wrap(final DirectBuffer newBuffer, final int offset, final int length) {
        if (length < 1) {
            throw new WireException("messageBytes=0, limit=at least 1");
        }
        buffer = newBuffer;
        at = offset + 1;
        end = offset + length;
        return this;
    }

    DirectBuffer buffer() {
        return buffer;
    }

    /** Where the next field begins in the buffer. */
    int offset() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    int u8(final String name) {
        return buffer.getByte(take(Byte.BYTES, name)) & 0xff;
    }

    int u16(final String name) {
        return buffer.getShort(take(Short.BYTES, name), ORDER) & 0xffff;
    }

    int i32(final String name) {
        return buffer.getInt(take(Integer.BYTES, name), ORDER);
    }

    /** A number of 32 bits without a sign. */
    long u32(final String name) {
        return Integer.toUnsignedLong(i32(name));
    }

    long i64(final String name) {
        return buffer.getLong(take(Long.BYTES, name), ORDER);
    }

    /** A count or a length that has a limit. */
    int count(final String name, final int limit) {
        final long count = u32(name);
        if (count > limit) {
            throw new WireException(name + '=' + count + ", limit=" + limit);
        }
        return (int) count;
    }

    /** Skips bytes of a field, which begins at the {@link #offset()} of before; returns their count. */
    int skip(final int bytes, final String name) {
        take(bytes, name);
        return bytes;
    }

    byte[] bytes(final int count, final String name) {
        final byte[] bytes = new byte[count];
        buffer.getBytes(take(count, name), bytes);
        return bytes;
    }

    String string(final String name) {
        final byte[] bytes = bytes(u16(name), name);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (final CharacterCodingException e) {
            throw new WireException(name + "=not UTF-8, bytes=" + bytes.length + ", limit=UTF-8");
        }
    }

    /** Nothing may follow the last field. */
    void end(final String message) {
        if (at != end) {
            throw new WireException(message + " trailingBytes=" + (end - at) + ", limit=0");
        }
    }

    private int take(final int bytes, final String name) {
        if (bytes < 0 || bytes > end - at) {
            throw new WireException(name + "Bytes=" + bytes + ", limit=" + (end - at) + " left in the message");
        }
        final int field = at;
        at += bytes;
        return field;
    }
}
