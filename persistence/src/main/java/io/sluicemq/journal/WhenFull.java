package io.sluicemq.journal;

/** What happens to an append when the journal has reached {@link JournalOptions#maxBytes()}. */
public enum WhenFull {
    /**
     * The append says {@link Journal#FULL}. The layer above is meant to try again: the journal has one thread and nobody to wait for
     * in it, as only its own thread acknowledges.
     */
    BLOCK,
    /** The append says {@link Journal#FULL}. The layer above is meant to refuse what it was asked to store. */
    REJECT,
    /** The oldest segment is deleted, whether it was read or not. What named readers lose is counted, see {@link Journal#lost}. */
    DROP_OLDEST
}
