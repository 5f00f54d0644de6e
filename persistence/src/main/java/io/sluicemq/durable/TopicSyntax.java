package io.sluicemq.durable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/** The rules of MQTT 5.0 sections 1.5.4, 4.7 and 4.8.2 for the text of topic names and filters. */
final class TopicSyntax {
    // Enough to know a text by; a hostile one of 64 KiB need not fill a log.
    private static final int SHOWN_CHARS = 80;

    private TopicSyntax() {}

    /** What holds for topic names and filters alike. */
    static void requireText(final String name, final String text) {
        if (text.isEmpty()) {
            throw wrong(name, text, "1 byte", "give at least one character");
        }
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            final char unit = text.charAt(i);
            if (unit == 0) {
                throw wrong(name, text, "U+0001", "leave U+0000 out, found at char " + i);
            }
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                bytes += 4;
            } else if (Character.isSurrogate(unit)) {
                throw wrong(name, text, "UTF-8", "leave the lone surrogate out, found at char " + i);
            } else {
                bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
            }
        }
        requireLength(name, text, bytes);
    }

    static void requireShare(final String text, final int start, final int end) {
        if (end < 0 || end + 1 == text.length()) {
            throw wrong("filter", text, "$share/name/filter", "put a filter behind the name of the group");
        }
        if (end == start) {
            throw wrong("filter", text, "$share/name/filter", "give the group a name of at least one character");
        }
        for (int i = start; i < end; i++) {
            if (isWildcard(text.charAt(i))) {
                throw wrong("filter", text, "$share/name/filter", "use no + or # in the name of the group");
            }
        }
    }

    /** Checks where wildcards stand, and says whether there are any. */
    static boolean requireWildcardPlaces(final String filter) {
        boolean found = false;
        for (int i = 0; i < filter.length(); i++) {
            if (!isWildcard(filter.charAt(i))) {
                continue;
            }
            found = true;
            final boolean last = i + 1 == filter.length();
            if ((i > 0 && filter.charAt(i - 1) != '/') || (!last && filter.charAt(i + 1) != '/')) {
                throw wrong("filter", filter, "whole levels", "let + or # fill its level, found at char " + i);
            }
            if (filter.charAt(i) == '#' && !last) {
                throw wrong("filter", filter, "last level", "put # at the end, found at char " + i);
            }
        }
        return found;
    }

    static void requireNoWildcard(final String topic) {
        for (int i = 0; i < topic.length(); i++) {
            if (isWildcard(topic.charAt(i))) {
                throw wrong("topic", topic, "no wildcard", "publish to a topic without + and #, found at char " + i);
            }
        }
    }

    static String decode(final String name, final DirectBuffer source, final int offset, final int length) {
        requireLength(name, "(bytes)", length);
        final byte[] bytes = new byte[length];
        source.getBytes(offset, bytes);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (final CharacterCodingException e) {
            throw new IllegalArgumentException(
                    name + "=(" + length + " bytes), limit=UTF-8, send well-formed UTF-8", e);
        }
    }

    static boolean isTopic(final DirectBuffer source, final int offset, final int length) {
        if (length < 1 || length > TopicFilter.MAX_BYTES) {
            return false;
        }
        final int end = offset + length;
        int at = offset;
        while (at < end) {
            final int first = source.getByte(at) & 0xFF;
            if (first == 0 || isWildcard((char) first)) {
                return false;
            }
            final int size = sequenceLength(first);
            if (size == 0 || at + size > end || !isSequence(source, at, size, first)) {
                return false;
            }
            at += size;
        }
        return true;
    }

    private static int sequenceLength(final int first) {
        if (first < 0x80) {
            return 1;
        }
        // 80 to BF continue a sequence; C0, C1 would be too long a form; F5 and more are beyond U+10FFFF.
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    }

    private static boolean isSequence(final DirectBuffer source, final int at, final int size, final int first) {
        for (int i = 1; i < size; i++) {
            if ((source.getByte(at + i) & 0xC0) != 0x80) {
                return false;
            }
        }
        if (size < 3) {
            return true;
        }
        final int second = source.getByte(at + 1) & 0xFF;
        return switch (first) {
            case 0xE0 -> second >= 0xA0; // else too long a form
            case 0xED -> second < 0xA0; // else a surrogate
            case 0xF0 -> second >= 0x90; // else too long a form
            case 0xF4 -> second < 0x90; // else beyond U+10FFFF
            default -> true;
        };
    }

    private static void requireLength(final String name, final String text, final int bytes) {
        if (bytes > TopicFilter.MAX_BYTES) {
            throw new IllegalArgumentException(name + "=" + shown(text) + ", bytes=" + bytes + ", limit="
                    + TopicFilter.MAX_BYTES + ", use a shorter one");
        }
    }

    private static boolean isWildcard(final char unit) {
        return unit == '+' || unit == '#';
    }

    private static IllegalArgumentException wrong(
            final String name, final String text, final String limit, final String remedy) {
        return new IllegalArgumentException(name + "=" + shown(text) + ", limit=" + limit + ", " + remedy);
    }

    private static String shown(final String text) {
        return text.length() <= SHOWN_CHARS
                ? text
                : text.substring(0, SHOWN_CHARS) + "... (" + text.length() + " chars)";
    }
}
