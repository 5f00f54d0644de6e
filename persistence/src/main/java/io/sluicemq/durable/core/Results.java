package io.sluicemq.durable.core;

import io.sluicemq.durable.ResultHandler;
import io.sluicemq.durable.ResultReader;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;

/** Picks the results out of the subscriber's journal. One thread. */
final class Results implements ResultReader, RecordHandler {
    private final JournalReader reader;
    private final LongSupplier durableIndex;
    private final WireInput input = new WireInput();
    private ResultHandler handler;
    private int handed;

    /**
     * Begins at the oldest.
     *
     * @param durableIndex of the last record that is durable; any thread.
     */
    Results(final JournalReader reader, final LongSupplier durableIndex) {
        this.reader = reader;
        this.durableIndex = durableIndex;
    }

    @Override
    public int poll(final ResultHandler newHandler, final int limit) {
        handler = newHandler;
        handed = 0;
        final long end = durableIndex.getAsLong();
        while (handed < limit && reader.position() <= end) {
            if (reader.poll(this, 1) == 0) {
                break;
            }
        }
        return handed;
    }

    @Override
    public void onRecord(
            final long position,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (InboxRecords.kind(type) != InboxRecords.RESULT) {
            return;
        }
        input.wrap(buffer, offset, length);
        input.skip(Byte.BYTES, "qos");
        final int producer = input.i32("producer");
        final long index = input.i64("index");
        input.skip(Long.BYTES, "processedUpTo");
        handed++;
        handler.onResult(position, producer, index, buffer, input.offset(), input.remaining());
    }

    @Override
    public void seek(final long position) {
        reader.seek(position);
    }

    @Override
    public void close() {
        reader.close();
    }
}
