package io.sluicemq.durable.core;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** Writes the fields of one message in order into a buffer that grows and is used again. One thread. */
final class WireOutput {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int MAX_U16 = 0xffff;
    private static final int MAX_TEXT_CHARS = 1000;

    private final MutableDirectBuffer buffer = new ExpandableArrayBuffer(1024);
    private int at;

    WireOutput begin(final int type) {
        at = 0;
        return u8(type);
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int length() {
        return at;
    }

    /** Changes a byte of what was written. */
    void putByte(final int offset, final byte value) {
        buffer.putByte(offset, value);
    }

    WireOutput u8(final int value) {
        buffer.putByte(at, (byte) value);
        at += Byte.BYTES;
        return this;
    }

    WireOutput u16(final int value) {
        buffer.putShort(at, (short) value, ORDER);
        at += Short.BYTES;
        return this;
    }

    WireOutput u32(final long value) {
        buffer.putInt(at, (int) value, ORDER);
        at += Integer.BYTES;
        return this;
    }

    WireOutput i64(final long value) {
        buffer.putLong(at, value, ORDER);
        at += Long.BYTES;
        return this;
    }

    WireOutput bytes(final DirectBuffer source, final int offset, final int length) {
        buffer.putBytes(at, source, offset, length);
        at += length;
        return this;
    }

    WireOutput bytes(final byte[] source) {
        buffer.putBytes(at, source);
        at += source.length;
        return this;
    }

    WireOutput string(final String value) {
        final byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_U16) {
            throw new IllegalArgumentException(
                    "textBytes=" + bytes.length + ", limit=" + MAX_U16 + ", use a shorter one");
        }
        return u16(bytes.length).bytes(bytes);
    }

    /** A text of ours for people, cut where it is too long. */
    WireOutput text(final String value) {
        return string(value.length() > MAX_TEXT_CHARS ? value.substring(0, MAX_TEXT_CHARS) : value);
    }
}
