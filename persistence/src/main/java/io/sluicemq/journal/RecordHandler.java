package io.sluicemq.journal;

import org.agrona.DirectBuffer;

/** Is handed records, on the thread that polls. */
@FunctionalInterface
public interface RecordHandler {
    /**
     * A record. What this throws goes to the caller of the poll; the record counts as handed over.
     *
     * @param index of the record; see {@link Journal} for its properties.
     * @param epochNs when the record was appended, in ns since 1970; never goes back from record to record.
     * @param type that the owner gave.
     * @param buffer that holds the body where it lies; not valid after the call, and read-only.
     * @param offset of the body.
     * @param length of the body in bytes.
     */
    void onRecord(long index, long epochNs, int type, DirectBuffer buffer, int offset, int length);

    /**
     * A record of a {@link Checkpoint}; only in {@link Journal#recover}, before all other records. The default hands it to
     * {@link #onRecord}.
     *
     * @param index as in {@link #onRecord}.
     * @param epochNs as in {@link #onRecord}.
     * @param type as in {@link #onRecord}.
     * @param buffer as in {@link #onRecord}.
     * @param offset as in {@link #onRecord}.
     * @param length as in {@link #onRecord}.
     */
    default void onCheckpoint(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        onRecord(index, epochNs, type, buffer, offset, length);
    }

    /**
     * Records are missing, since they were damaged on the disk or deleted before they were read. The default does nothing.
     *
     * @param fromIndex of the first that is missing, or that would have come next.
     * @param toIndex of the last one missing; the next record has a higher index.
     */
    default void onSkipped(final long fromIndex, final long toIndex) {}
}
