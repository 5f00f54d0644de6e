package io.sluicemq.journal;

import java.nio.file.Path;

/**
 * What is known of a segment. Immutable.
 *
 * @param number of it.
 * @param path of its file.
 * @param endOrdinal behind its last record, or {@link #UNKNOWN} if it is being written, or the record of it was lost.
 * @param firstEpochNs the time of its header, or {@link #UNKNOWN}.
 * @param bytes of its file.
 */
record Segment(int number, Path path, int endOrdinal, long firstEpochNs, long bytes) {
    static final int UNKNOWN = -1;

    Segment withEnd(final int ordinal) {
        return new Segment(number, path, ordinal, firstEpochNs, bytes);
    }

    Segment withFirstEpochNs(final long epochNs) {
        return new Segment(number, path, endOrdinal, epochNs, bytes);
    }

    Segment withBytes(final long fileBytes) {
        return new Segment(number, path, endOrdinal, firstEpochNs, fileBytes);
    }
}
