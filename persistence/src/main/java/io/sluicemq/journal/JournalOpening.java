package io.sluicemq.journal;

import io.sluicemq.journal.RecoveryReport.Skip;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** The steps of opening a journal that come before its first record. Stateless; for the thread that opens, with the lock. */
final class JournalOpening {
    /** Chronicle takes an excerpt of a quarter of a block at the most. */
    private static final int EXCERPT_DIVISOR = 4;

    private static final int EXCERPT_SLACK_BYTES = 64;
    private static final int PAGE_BYTES = 4096;
    private static final int MAX_NAMED_SKIPS = 8;

    private JournalOpening() {}

    static int maxFrameBytes(final int segmentBytes) {
        return segmentBytes / EXCERPT_DIVISOR - EXCERPT_SLACK_BYTES;
    }

    /** Decides what counts, and brings it to the disk: the decision must not outlive what it speaks of. */
    static Recovery recover(final JournalDirectory directory, final Disk disk) throws IOException {
        final List<Segment> segments = directory.segments();
        final Recovery recovered = Recovery.of(segments, directory.key());
        for (final SegmentScan scan : recovered.scans()) {
            final Path file = scan.segment().path();
            try (FileChannel channel = disk.openToForce(file)) {
                if (scan.tailBytes() == 0) {
                    trim(channel, scan.usedBytes());
                }
                disk.force(file, channel);
                recovered.fileBytes(scan.segment().number(), channel.size());
            }
        }
        for (final Path session : directory.sessions()) {
            disk.forceDirectory(session);
        }
        tryEmptyUnused(directory);
        if (FaultPoints.IN_RECOVERY) {
            FaultPoints.pass();
        }
        return recovered;
    }

    /**
     * A disk that is full may have room for a segment only where one was made ahead. The names stay until there is a fresh segment, since
     * a loss of power may have taken back that one of them was in use.
     */
    private static void tryEmptyUnused(final JournalDirectory directory) {
        try {
            for (final Path file : directory.ahead()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
            }
        } catch (final IOException e) {
            warnOfUnused(directory, e);
        }
    }

    private static void warnOfUnused(final JournalDirectory directory, final IOException cause) {
        LoggerFactory.getLogger(Journal.class)
                .warn("directory={} keeps files that are not used: {}", directory.path(), cause.toString());
    }

    /**
     * Gives back what a segment of an earlier session does not use; those of this one are mapped by readers, who would die of it. Keeps a
     * page of zeros, where readers look for more.
     */
    private static void trim(final FileChannel channel, final int usedBytes) throws IOException {
        final long kept = (usedBytes + PAGE_BYTES - 1L) / PAGE_BYTES * PAGE_BYTES + PAGE_BYTES;
        if (kept < channel.size()) {
            Disk.uninterrupted(() -> channel.truncate(kept));
        }
    }

    /** Higher than that of any segment that was, or may have been, written to. */
    static int freshSegment(final JournalDirectory directory) throws IOException {
        int highest = 0;
        for (final Segment segment : directory.segments()) {
            highest = Math.max(highest, segment.number());
        }
        for (final Path file : directory.ahead()) {
            highest = Math.max(highest, Names.parse(file, Names.AHEAD_SUFFIX));
        }
        for (final Path session : directory.sessions()) {
            highest = Math.max(highest, Integer.parseInt(session.getFileName().toString()));
        }
        return highest + 1;
    }

    /** What is left over is no reason to refuse the records; the next open tries again. */
    static void tryDeleteUnused(final JournalDirectory directory) {
        try {
            deleteUnused(directory);
        } catch (final IOException e) {
            warnOfUnused(directory, e);
        }
    }

    /** What earlier sessions made ahead, and sessions without a segment; the fresh segment keeps their numbers from being used again. */
    private static void deleteUnused(final JournalDirectory directory) throws IOException {
        final List<Path> sessions = directory.sessions();
        for (final Path session : sessions.subList(0, sessions.size() - 1)) {
            for (final Path file : directory.ahead()) {
                if (file.startsWith(session)) {
                    Files.deleteIfExists(file);
                }
            }
            JournalDirectory.deleteIfEmpty(session);
        }
    }

    static String describe(final RecoveryReport report) {
        final String skips = report.skips().stream()
                .limit(MAX_NAMED_SKIPS)
                .map(JournalOpening::describe)
                .collect(Collectors.joining("; "));
        return (report.syncedDamaged() ? "SYNCED RECORDS ARE DAMAGED, " : "") + "skippedRecords="
                + report.skippedRecords() + ", skippedBytes=" + report.skippedBytes() + ", skips="
                + report.skips().size() + ": " + skips;
    }

    private static String describe(final Skip skip) {
        return skip.reason() + " segment=" + skip.segment() + " position=" + skip.position() + " bytes=" + skip.bytes()
                + " fromOrdinal=" + skip.fromOrdinal() + " records=" + skip.records()
                + (skip.synced() ? " synced" : "");
    }

    static void closeQuietly(final JournalLock lock) {
        try {
            lock.close();
        } catch (final IOException e) {
            LoggerFactory.getLogger(Journal.class).warn("the lock of a journal could not be closed", e);
        }
    }
}
