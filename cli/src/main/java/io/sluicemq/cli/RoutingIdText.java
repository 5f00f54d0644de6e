package io.sluicemq.cli;

import org.agrona.DirectBuffer;

/**
 * Routing ids on a line of text: those that peers chose are mostly readable and stand as they are, those that were made up are
 * binary and stand as {@code 0x} and digits. What is readable but begins with 0x is written in digits too, so that each id
 * reads back as itself.
 */
final class RoutingIdText {
    static final int PREFIX_LENGTH = 2;

    private RoutingIdText() {}

    static boolean isHex(final DirectBuffer buffer, final int offset, final int length) {
        return length >= PREFIX_LENGTH && buffer.getByte(offset) == '0' && buffer.getByte(offset + 1) == 'x';
    }

    static boolean isReadable(final DirectBuffer buffer, final int offset, final int length) {
        for (int i = 0; i < length; i++) {
            final byte b = buffer.getByte(offset + i);
            if (b <= ' ' || b > '~') {
                return false;
            }
        }
        return !isHex(buffer, offset, length);
    }
}
