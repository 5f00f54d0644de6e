package io.sluicemq.durable.core;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a subscriber's application has come with one host's messages.
 *
 * @param upTo all messages of QoS 1 up to this index are processed.
 * @param beyond indexes of further ones of QoS 1 that are processed, ascending.
 * @param exactlyOnceUpTo all messages of QoS 2 up to this index are processed.
 */
record Progress(long upTo, List<Long> beyond, long exactlyOnceUpTo) {
    /** No more can be on their way than this. */
    static final int MAX_BEYOND = Hello.MAX_RECEIVE_MAXIMUM;

    /** As a message of its own. */
    void encodeProcessed(final WireOutput output) {
        encode(output.begin(WireType.PROCESSED));
    }

    void encode(final WireOutput output) {
        output.i64(upTo).u32(beyond.size());
        for (int i = 0; i < beyond.size(); i++) {
            output.i64(beyond.get(i));
        }
        output.i64(exactlyOnceUpTo);
    }

    static Progress decode(final WireInput input, final String message) {
        final long upTo = input.i64("processedUpTo");
        final int count = input.count("processedBeyond", Math.min(MAX_BEYOND, input.remaining() / Long.BYTES));
        final List<Long> beyond = count == 0 ? List.of() : new ArrayList<>(count);
        long last = upTo;
        for (int i = 0; i < count; i++) {
            final long index = input.i64("processedBeyond");
            if (index <= last) {
                throw new WireException("processedBeyond=" + index + ", limit=above " + last + ", ascending");
            }
            beyond.add(index);
            last = index;
        }
        final long exactlyOnceUpTo = input.i64("processedExactlyOnceUpTo");
        input.end(message);
        return new Progress(upTo, beyond, exactlyOnceUpTo);
    }
}
