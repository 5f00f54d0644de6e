package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import org.agrona.DirectBuffer;

/** Messages of the past on their way to one client: it asks for so many at a time. The host's thread. */
final class HostReplay implements RecordHandler, AutoCloseable {
    final HostLink link;
    final int request;

    /** When it last had something to do, by {@link System#nanoTime}. */
    long activeNs;

    /** The next message that is to be sent, when there is one. */
    final WireOutput output = new WireOutput();

    private final HostLinks links;
    private final TopicFilter filter;
    private final boolean byTime;
    private final long to;
    private final JournalReader reader;
    private final Published message = new Published();
    private long nowMs;
    private long credit;
    private boolean found;
    private boolean over;

    /** Of the first record beyond the bounds, if one was seen. */
    private long beyond = -1;

    HostReplay(
            final HostLink link,
            final Replay wish,
            final TopicFilter filter,
            final JournalReader reader,
            final HostLinks links) {
        this.link = link;
        this.links = links;
        this.filter = filter;
        this.reader = reader;
        request = wish.request();
        byTime = wish.byTime();
        to = wish.to();
        credit = wish.credit();
        if (byTime) {
            reader.seekTime(wish.from());
        } else {
            reader.seek(Math.max(0, wish.from()));
        }
    }

    void allow(final int more) {
        credit = Math.min(credit + more, Replay.MAX_CREDIT);
    }

    /** Whether a message lies ready. */
    boolean hasMessage() {
        return found;
    }

    boolean isOver() {
        return over;
    }

    boolean hasCredit() {
        return credit > 0;
    }

    void onSent() {
        found = false;
        credit--;
    }

    /** Where it would go on. */
    long nextIndex() {
        return beyond >= 0 ? beyond : reader.position();
    }

    /** Looks whether the next record is the next message. */
    void search(final long turnMs) {
        nowMs = turnMs;
        over = reader.poll(this, 1) == 0 || over;
    }

    @Override
    public void onRecord(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (byTime ? epochNs > to : index > to) {
            over = true;
            beyond = index;
            return;
        }
        if (type != HostRecord.PUBLISHED) {
            return;
        }
        message.wrap(buffer, offset, length);
        if (message.isExpired(nowMs) || !filter.matches(buffer, message.topicAt(), message.topicBytes())) {
            return;
        }
        output.begin(WireType.REPLAYED)
                .u32(request)
                .u8(message.qos() | (message.isRetained() ? Delivery.RETAIN : 0))
                .i64(index)
                .i64(0)
                .i64(message.expiresAtEpochMs())
                .i64(epochNs)
                .u8(0)
                .bytes(buffer, message.contentAt(), message.contentBytes());
        found = !links.isTooLarge(link, output.length());
    }

    @Override
    public void close() {
        reader.close();
    }
}
