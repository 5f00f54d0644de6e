package io.sluicemq.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts bytes together from parts: numbers are octets, strings are ASCII, arrays are themselves. */
final class Bytes {
    private Bytes() {}

    static byte[] of(final Object... parts) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (final Object part : parts) {
            if (part instanceof Integer octet) {
                bytes.write(octet);
            } else if (part instanceof byte[] array) {
                bytes.writeBytes(array);
            } else {
                bytes.writeBytes(part.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }
        return bytes.toByteArray();
    }

    static byte[] zeros(final int count) {
        return new byte[count];
    }

    /** A frame in the long form, whatever its length. */
    static byte[] longFrame(final int flags, final byte[] body) {
        return of(
                flags | FrameHeader.LONG,
                ByteBuffer.allocate(Long.BYTES).putLong(body.length).array(),
                body);
    }

    /** A frame in the form that its length asks for. */
    static byte[] frame(final int flags, final byte[] body) {
        return body.length <= 255 ? of(flags, body.length, body) : longFrame(flags, body);
    }

    static byte[] copyOf(final UnsafeBuffer buffer, final int offset, final int length) {
        final byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        return copy;
    }
}
