package io.sluicemq.cli;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalReader;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which journal, and which of its records. */
final class JournalRange {
    @Parameters(paramLabel = "DIR", description = "directory of the journal")
    private Path directory;

    @Option(
            names = "--from",
            paramLabel = "INDEX",
            converter = JournalIndex.class,
            description = "begin at this record, or the next one that is there (default: the oldest)")
    private Long from;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "begin at the first record of this time, such as 2026-11-22T09:00:00Z")
    private String since;

    @Option(names = "--count", paramLabel = "N", description = "end after N records (default: at the last)")
    private long count = Long.MAX_VALUE;

    long count() {
        return count;
    }

    JournalReader open() {
        Numbers.atLeast("count", count, 0, Numbers.GIVE_MORE);
        if (from != null && since != null) {
            throw new IllegalArgumentException("from and since are given, limit=one of them, leave one out");
        }
        final long sinceNs = since == null ? 0 : epochNs(since);
        final JournalReader reader = Journal.readOnly(directory);
        if (from != null) {
            reader.seek(from);
        } else if (since != null) {
            reader.seekTime(sinceNs);
        }
        return reader;
    }

    private static long epochNs(final String text) {
        try {
            final Instant time = Instant.parse(text);
            return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
        } catch (final DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "since=" + text + ", limit=a time of ISO 8601 with its zone, write it as 2026-11-22T09:00:00Z", e);
        }
    }

    static Instant instant(final long epochNs) {
        return Instant.ofEpochSecond(0, epochNs);
    }
}
