package io.sluicemq.journal;

/** How safe something is, from the least to the most. An acknowledgement names the level that was reached. */
public enum Durability {
    /** In the memory of the process that received it; lost with that process. */
    RECEIVED,
    /** Appended to the journal: survives a killed process, not a loss of power. */
    JOURNALED,
    /** Forced to the disk: survives a loss of power, as far as the disk keeps its word. */
    SYNCED
}
