package io.sluicemq.journal;

import org.agrona.DirectBuffer;

/**
 * Writes the state of a journal's owner, so that {@link Journal#recover} need not read everything that led to it, and old segments
 * can go. Called on the journal's thread, from inside an append, before the record of that append is written: the state is that of all
 * records before. Must not append to the journal itself.
 *
 * <p>It is written at the start of a segment, that of an open included, and only when at least {@link JournalOptions#segmentBytes()} and
 * four times the size of the last checkpoint were appended since, so that it costs a fifth of all bytes at the most. A process that dies
 * in between leaves an incomplete checkpoint, which nobody sees; the one before holds until a checkpoint is complete.
 */
@FunctionalInterface
public interface Checkpoint {
    /**
     * Writes the whole state.
     *
     * @param sink takes the records; not valid after the call.
     */
    void write(Sink sink);

    /** Takes the records of a checkpoint and puts them into as many excerpts as needed. */
    @FunctionalInterface
    interface Sink {
        /**
         * Adds a record.
         *
         * @param type of the owner's choice.
         * @param buffer that holds the body, which is copied.
         * @param offset of the body.
         * @param length of the body, in bytes, up to {@link Journal#maxRecordBytes()}.
         */
        void add(int type, DirectBuffer buffer, int offset, int length);
    }
}
