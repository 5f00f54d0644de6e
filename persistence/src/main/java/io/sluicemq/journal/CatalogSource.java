package io.sluicemq.journal;

/** Where a reader learns of segments: from the journal of this process, or from the directory. */
interface CatalogSource {
    /** As it is known now. */
    Catalog current();

    /** Looks again, if that can help and was not done a moment ago. */
    void refresh();

    /** Looks again, whenever it did last: what it says is known to be wrong. */
    void refreshNow();

    /** Behind the last record, as far as it is known. */
    long endIndex();
}
