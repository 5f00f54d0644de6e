package io.sluicemq.journal;

import java.util.List;

/**
 * What an open found in the segments that were not known to be on the disk. Immutable.
 *
 * @param segments how many were looked through.
 * @param validRecords how many records of these count, those of the journal itself included.
 * @param skips what does not count.
 */
public record RecoveryReport(int segments, long validRecords, List<Skip> skips) {
    /** What became of bytes that do not count. */
    public enum Reason {
        /** The end of what was written when the process died, not finished. */
        TORN_TAIL,
        /** Zeros where a record was. */
        LOST_PAGE,
        /** Bytes that are no record. */
        GARBAGE,
        /** The file ends before its last record. */
        TRUNCATED,
        /** A file of zeros. */
        ZEROED_FILE,
        /** The whole file is gone. */
        MISSING_FILE,
        /** Whole records behind a hole that was not synced: what came before them is gone, so they do not count. */
        BEHIND_A_HOLE
    }

    /**
     * A part of a segment that does not count.
     *
     * @param segment its number.
     * @param reason what is wrong.
     * @param position in the file.
     * @param bytes how many.
     * @param fromOrdinal of the first record that is gone.
     * @param records how many are known to be gone; 0 if nobody was told of any.
     * @param synced whether what is gone had been synced: the disk has lost what it was trusted with.
     */
    public record Skip(
            int segment, Reason reason, long position, long bytes, int fromOrdinal, long records, boolean synced) {}

    /** Copies the list. */
    public RecoveryReport {
        skips = List.copyOf(skips);
    }

    /**
     * Whether everything was as it should be.
     *
     * @return true if nothing was skipped.
     */
    public boolean clean() {
        return skips.isEmpty();
    }

    /**
     * Whether records are gone that had been synced.
     *
     * @return true if so; a {@link Durability#SYNCED} was broken by the disk, or by somebody.
     */
    public boolean syncedDamaged() {
        return skips.stream().anyMatch(Skip::synced);
    }

    /**
     * How many records are known to be gone.
     *
     * @return the sum over all skips.
     */
    public long skippedRecords() {
        return skips.stream().mapToLong(Skip::records).sum();
    }

    /**
     * How many bytes do not count.
     *
     * @return the sum over all skips.
     */
    public long skippedBytes() {
        return skips.stream().mapToLong(Skip::bytes).sum();
    }
}
