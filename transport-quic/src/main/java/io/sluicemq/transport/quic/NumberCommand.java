package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A command of ours whose argument begins with a number; what follows may be added one day. */
final class NumberCommand {
    /** On the main stream, behind all messages: how many numbers were used. */
    static final NumberCommand DATAGRAMS = new NumberCommand("X-DATAGRAMS", 0);

    /** On the control stream: all below the number are accounted for; u8 1 if nothing beyond is taken any more. */
    static final NumberCommand HEARD = new NumberCommand("X-HEARD", 1);

    /** On the main stream: the number of the message behind it. */
    static final NumberCommand NUMBER = new NumberCommand("X-NUMBER", 0);

    /** Longest frame. */
    static final int MAX_BYTES = 64;

    private static final NumberCommand[] ALL = {DATAGRAMS, HEARD, NUMBER};
    private static final int SHORT_COMMAND = 4;
    private static final int HEADER_BYTES = 2;

    private final byte[] name;
    private final int moreBytes;
    private final int bytes;

    private NumberCommand(final String text, final int moreBytes) {
        final byte[] letters = text.getBytes(StandardCharsets.US_ASCII);
        this.name = ByteBuffer.allocate(letters.length + 1)
                .put((byte) letters.length)
                .put(letters)
                .array();
        this.moreBytes = moreBytes;
        this.bytes = HEADER_BYTES + name.length + Long.BYTES + moreBytes;
    }

    boolean isOnControl() {
        return this == HEARD;
    }

    /** Of the whole frame. */
    int bytes() {
        return bytes;
    }

    /** Behind the header of the frame. */
    int bodyBytes() {
        return bytes - HEADER_BYTES;
    }

    /** Writes the frame up to the end of the number. */
    void put(final ByteBuffer target, final long number) {
        target.put((byte) SHORT_COMMAND)
                .put((byte) (bytes - HEADER_BYTES))
                .put(name)
                .putLong(number);
    }

    /** The one that is there in full; null for anything else. */
    static NumberCommand at(final StreamInput input) {
        for (final NumberCommand each : ALL) {
            if (each.isAt(input)) {
                return each;
            }
        }
        return null;
    }

    private boolean isAt(final StreamInput input) {
        return Route.isNamed(input, name);
    }

    private int numberAt(final StreamInput input) {
        return Route.headerBytes(input.peek(0)) + name.length;
    }

    /** The argument of the one that is there, which is not shorter than ours. */
    long number(final StreamInput input) {
        final int at = numberAt(input);
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = (number << 8) | input.peek(at + i);
        }
        return number;
    }

    /** The byte behind the number; 0 if there is none. */
    int flag(final StreamInput input) {
        return moreBytes == 0 ? 0 : input.peek(numberAt(input) + Long.BYTES);
    }

    /** As in the wire's description. */
    String wireName() {
        return new String(name, 1, name.length - 1, StandardCharsets.US_ASCII);
    }
}
