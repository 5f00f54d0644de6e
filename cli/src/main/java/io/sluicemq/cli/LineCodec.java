package io.sluicemq.cli;

import io.sluicemq.Message;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Makes a message of a line. For one thread. */
final class LineCodec {
    private final LineLayout layout;
    private UnsafeBuffer scratch = new UnsafeBuffer(new byte[64]);

    LineCodec(final LineLayout layout) {
        this.layout = layout;
    }

    /** Puts the frames of a line into a message, which is cleared first. */
    void decode(final LineInput line, final Message message) {
        message.clear();
        final UnsafeBuffer buffer = line.buffer();
        final int end = line.offset() + line.length();
        int frameAt = line.offset();
        if (layout.frames()) {
            for (int i = frameAt; i < end; i++) {
                if (buffer.getByte(i) == '\t') {
                    addFrame(line, frameAt, i - frameAt, message);
                    frameAt = i + 1;
                }
            }
        }
        addFrame(line, frameAt, end - frameAt, message);
    }

    private void addFrame(final LineInput line, final int offset, final int length, final Message message) {
        final UnsafeBuffer buffer = line.buffer();
        if (layout.hex()) {
            addHex(line, offset, length, message);
        } else if (layout.routingIds() && message.frameCount() == 0 && RoutingIdText.isHex(buffer, offset, length)) {
            addHex(line, offset + RoutingIdText.PREFIX_LENGTH, length - RoutingIdText.PREFIX_LENGTH, message);
        } else {
            message.add(buffer, offset, length);
        }
    }

    private void addHex(final LineInput line, final int offset, final int length, final Message message) {
        final DirectBuffer buffer = line.buffer();
        if (length % 2 != 0) {
            throw wrong(line, "hexDigits=" + length + ", limit=an even number");
        }
        final int bytes = length / 2;
        if (scratch.capacity() < bytes) {
            scratch = new UnsafeBuffer(new byte[Math.max(bytes, scratch.capacity() * 2)]);
        }
        for (int i = 0; i < bytes; i++) {
            final int high = Character.digit(buffer.getByte(offset + 2 * i), 16);
            final int low = Character.digit(buffer.getByte(offset + 2 * i + 1), 16);
            if (high < 0 || low < 0) {
                throw wrong(line, "hexDigit=other, limit=0-9 a-f A-F");
            }
            scratch.putByte(i, (byte) ((high << 4) | low));
        }
        message.add(scratch, 0, bytes);
    }

    private CliException wrong(final LineInput line, final String what) {
        return new CliException(
                ExitCodes.FAILURE,
                what + ", correct line " + line.number() + " of the input"
                        + (layout.hex() && !layout.frames() ? ", or add --frames if it has several frames" : ""));
    }
}
