package io.sluicemq.journal;

/** What a message survives, once somebody has said that it is durable. Each level includes those before it. */
public enum Durability {
    /** In the memory of the process that said so: nothing is survived. */
    RECEIVED,

    /** In the operating system's memory of the file: the end of the process by any means is survived. */
    JOURNALED,

    /** On the disk, as far as the disk tells the truth: power loss is survived. */
    SYNCED
}
