package io.sluicemq.durable;

/**
 * Reads the results of {@link DurableSubscriber#receiveAndAppend} in their order, those alone that are durable; also while more are
 * written. For one thread.
 */
public interface ResultReader extends AutoCloseable {
    /**
     * Hands over results that are there. Does not wait.
     *
     * @param handler is called for each.
     * @param limit of results handed over.
     * @return how many were; 0 if there is none now.
     * @throws io.sluicemq.journal.JournalException if the disk failed.
     */
    int poll(ResultHandler handler, int limit);

    /**
     * Goes to a result.
     *
     * @param position of it; the next result has this one or a higher one.
     */
    void seek(long position);

    /** Gives the memory back. Twice is once. */
    @Override
    void close();
}
