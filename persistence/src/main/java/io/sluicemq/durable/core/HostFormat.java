package io.sluicemq.durable.core;

import io.sluicemq.journal.Checkpoint;
import io.sluicemq.journal.JournalException;
import org.agrona.DirectBuffer;

/**
 * Whether a journal is a publisher's, and of a version that can be read: a record says so, the first of a log and of each checkpoint.
 * Logs from before there was one have none, so of those each record is looked at. The host's thread.
 */
final class HostFormat {
    /** Of all records. A later one has records that cannot be passed over, or have another layout. */
    static final int VERSION = 1;

    private final WireOutput checkpoint = new WireOutput();
    private boolean known;

    /** Before a record is read. */
    void check(final int type, final DirectBuffer buffer, final int offset, final int length) {
        if (!known && !isOfHost(type, buffer, offset, length)) {
            throw new WireException("recordType=" + type + ", limit=a publisher's record, use another directory");
        }
    }

    private static boolean isOfHost(final int type, final DirectBuffer buffer, final int offset, final int length) {
        return type == HostRecord.PUBLISHED
                ? Published.isOne(buffer, offset, length)
                : length > 0 && buffer.getByte(offset) == type;
    }

    void recover(final WireInput in) {
        final long version = in.u32("version");
        if (version != VERSION) {
            throw new WireException("version=" + version + ", limit=" + VERSION + ", use the one that wrote it");
        }
        known = true;
    }

    /** Ends the recovery: a log without the record gets it, now or, if it is full, at the next open. */
    void start(final HostLog log) {
        if (!known) {
            encode(log.record);
            log.appendRecord();
            known = true;
        }
    }

    void write(final Checkpoint.Sink sink) {
        encode(checkpoint);
        sink.add(HostRecord.HOST, checkpoint.buffer(), 0, checkpoint.length());
    }

    private static void encode(final WireOutput output) {
        output.begin(HostRecord.HOST).u32(VERSION);
    }

    /** What to throw for a record of no type that this version knows. */
    static RuntimeException unknown(final int type, final WireInput in) {
        if (type == InboxRecords.OWNER) {
            return new JournalException("journal=inbox of session=" + in.string("session")
                    + ", limit=a publisher's, open it as a subscriber, or another directory");
        }
        return new WireException("recordType=" + type + ", limit=those of this version, use the one that wrote it");
    }
}
