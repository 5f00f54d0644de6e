package io.sluicemq.cli;

import java.util.Locale;

/** Writes JSON on one line (RFC 8259), in the order of the calls. For one thread. */
final class Json {
    private final StringBuilder text = new StringBuilder("{");

    Json put(final String name, final long value) {
        name(name).append(value);
        return this;
    }

    Json put(final String name, final String value) {
        quote(name(name), value);
        return this;
    }

    /** A number with decimals, already written in the root locale. */
    Json putNumber(final String name, final String value) {
        name(name).append(value);
        return this;
    }

    Json put(final String name, final Json value) {
        name(name).append(value);
        return this;
    }

    Json put(final String name, final Iterable<Json> values) {
        name(name).append('[');
        String separator = "";
        for (final Json value : values) {
            text.append(separator).append(value);
            separator = ",";
        }
        text.append(']');
        return this;
    }

    Json putTexts(final String name, final Iterable<String> values) {
        name(name).append('[');
        String separator = "";
        for (final String value : values) {
            quote(text.append(separator), value);
            separator = ",";
        }
        text.append(']');
        return this;
    }

    private StringBuilder name(final String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(text, name);
        return text.append(':');
    }

    private static void quote(final StringBuilder target, final String value) {
        target.append('"');
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                target.append('\\').append(c);
            } else if (c < ' ') {
                target.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                target.append(c);
            }
        }
        target.append('"');
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
