package io.sluicemq.journal;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * Names of a journal's files. Chronicle names its files by time, and its time is the number of the segment in steps of five
 * minutes since 1970. Stateless.
 */
final class Names {
    /** Says what the directory is, which format, and which journal. */
    static final String MARKER = "JOURNAL";

    static final String LOCK = "journal.lock";
    static final String SUFFIX = ".cq4";
    static final String AHEAD_SUFFIX = ".precreated";

    private static final long CYCLE_SECONDS = 300;
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmm'V'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int SESSION_DIGITS = 10;

    private Names() {}

    static String segment(final int segment) {
        return NAME.format(Instant.ofEpochSecond(segment * CYCLE_SECONDS)) + SUFFIX;
    }

    /** Of the file that was made ahead; Chronicle renames it when it comes to it. */
    static String ahead(final int segment) {
        return NAME.format(Instant.ofEpochSecond(segment * CYCLE_SECONDS)) + AHEAD_SUFFIX;
    }

    /** Of the directory of those segments that were written between an open and a close. */
    static String session(final int firstSegment) {
        return String.format(Locale.ROOT, "%0" + SESSION_DIGITS + "d", firstSegment);
    }

    static boolean isSession(final Path directory) {
        final String name = directory.getFileName().toString();
        return name.length() == SESSION_DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** The number in the name of a file, or -1 if the name is none of ours. */
    static int parse(final Path file, final String suffix) {
        final String name = file.getFileName().toString();
        if (!name.endsWith(suffix)) {
            return -1;
        }
        try {
            final LocalDateTime time = LocalDateTime.parse(name.substring(0, name.length() - suffix.length()), NAME);
            final long number = time.toEpochSecond(ZoneOffset.UTC) / CYCLE_SECONDS;
            return number > 0
                            && number <= Integer.MAX_VALUE
                            && segmentBase(number).equals(base(name))
                    ? (int) number
                    : -1;
        } catch (final DateTimeParseException e) {
            return -1;
        }
    }

    private static String segmentBase(final long segment) {
        return NAME.format(Instant.ofEpochSecond(segment * CYCLE_SECONDS));
    }

    private static String base(final String name) {
        return name.substring(0, name.indexOf('.'));
    }
}
