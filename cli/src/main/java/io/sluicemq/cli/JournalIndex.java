package io.sluicemq.cli;

import io.sluicemq.journal.Journal;
import picocli.CommandLine.ITypeConverter;

/** Indexes of records as people read and write them: {@code segment:ordinal}. */
final class JournalIndex implements ITypeConverter<Long> {
    static String text(final long index) {
        return index == Journal.NO_INDEX ? "none" : (index >>> Integer.SIZE) + ":" + (index & 0xffff_ffffL);
    }

    /** Records that are not there, from and to included. */
    static String missing(final long from, final long to) {
        return "missing from " + text(from) + " to " + text(to);
    }

    @Override
    public Long convert(final String text) {
        final int colon = text.indexOf(':');
        try {
            final int segment = Integer.parseUnsignedInt(colon < 0 ? text : text.substring(0, colon));
            final long ordinal = colon < 0 ? 0 : Integer.parseUnsignedInt(text.substring(colon + 1));
            return ((long) segment << Integer.SIZE) | (ordinal & 0xffff_ffffL);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(
                    "index=" + text + ", limit=segment:ordinal, write it as journal ls and dump show it, such as 3:17",
                    e);
        }
    }
}
