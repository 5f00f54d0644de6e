package io.sluicemq.cli;

import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Writes messages as lines. A message is one line whatever it holds: in text, a line feed inside it is written as {@code \n}
 * and, between frames, a TAB as {@code \t}; the first time, that is said. For one thread.
 */
final class LineOutput implements FrameHandler {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream stream;
    private final LineLayout layout;
    private final Runnable onAltered;
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private int used;
    private boolean inMessage;
    private boolean altered;

    LineOutput(final OutputStream stream, final LineLayout layout, final Runnable onAltered) {
        this.stream = stream;
        this.layout = layout;
        this.onAltered = onAltered;
    }

    @Override
    public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        if (inMessage) {
            put((byte) '\t');
        }
        if (layout.hex()) {
            putHex(buffer, offset, length);
        } else if (layout.routingIds() && !inMessage && !RoutingIdText.isReadable(buffer, offset, length)) {
            put((byte) '0');
            put((byte) 'x');
            putHex(buffer, offset, length);
        } else {
            putText(buffer, offset, length, layout.frames() || inMessage || more);
        }
        inMessage = more;
        if (!more) {
            put((byte) '\n');
        }
    }

    void write(final Message message) {
        for (int i = 0; i < message.frameCount(); i++) {
            onFrame(message.buffer(), message.frameOffset(i), message.frameLength(i), i + 1 < message.frameCount());
        }
    }

    void flush() {
        drain();
        try {
            stream.flush();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void putText(final DirectBuffer buffer, final int offset, final int length, final boolean tabParts) {
        for (int i = 0; i < length; i++) {
            final byte b = buffer.getByte(offset + i);
            if (b == '\n' || (b == '\t' && tabParts)) {
                put((byte) '\\');
                put(b == '\n' ? (byte) 'n' : (byte) 't');
                noteAltered();
            } else {
                put(b);
            }
        }
    }

    private void putHex(final DirectBuffer buffer, final int offset, final int length) {
        for (int i = 0; i < length; i++) {
            final byte b = buffer.getByte(offset + i);
            put(DIGITS[(b >> 4) & 15]);
            put(DIGITS[b & 15]);
        }
    }

    private void noteAltered() {
        if (!altered) {
            altered = true;
            onAltered.run();
        }
    }

    private void put(final byte b) {
        if (used == bytes.length) {
            drain();
        }
        bytes[used++] = b;
    }

    private void drain() {
        final int length = used;
        used = 0;
        try {
            stream.write(bytes, 0, length);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
