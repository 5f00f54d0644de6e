package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.Journal;
import java.util.ArrayList;
import java.util.List;

/** All replays that are under way; each gets a bounded part of a turn. The host's thread. */
final class HostReplays implements AutoCloseable {
    private static final int MAX_OF_A_LINK = 8;
    private static final int MAX = 256;
    private static final int RECORDS_A_TURN = 256;

    private final Journal journal;
    private final HostLinks links;
    private final List<HostReplay> replays = new ArrayList<>();
    private final WireOutput output = new WireOutput();

    HostReplays(final Journal journal, final HostLinks links) {
        this.journal = journal;
        this.links = links;
    }

    void open(final HostLink link, final Replay wish) {
        if (find(link, wish.request()) != null) {
            throw new WireException("request=" + wish.request() + " again, limit=one replay of a number, use another");
        }
        final TopicFilter filter;
        try {
            filter = TopicFilter.of(wish.filter());
        } catch (final IllegalArgumentException e) {
            end(link, wish.request(), Reasons.FILTER_INVALID, 0);
            return;
        }
        if (filter.isShared()) {
            end(link, wish.request(), Reasons.SHARED_NOT_SUPPORTED, 0);
        } else if (replays.size() >= MAX || count(link) >= MAX_OF_A_LINK) {
            end(link, wish.request(), Reasons.QUOTA_EXCEEDED, 0);
        } else {
            replays.add(new HostReplay(link, wish, filter, journal.reader(), links));
        }
    }

    /** A client takes more; for a replay that is over, nothing happens. */
    void allow(final HostLink link, final int request, final int more) {
        final HostReplay replay = find(link, request);
        if (replay != null) {
            replay.allow(more);
        }
    }

    private HostReplay find(final HostLink link, final int request) {
        for (final HostReplay each : replays) {
            if (each.link == link && each.request == request) {
                return each;
            }
        }
        return null;
    }

    private int count(final HostLink link) {
        int count = 0;
        for (final HostReplay each : replays) {
            count += each.link == link ? 1 : 0;
        }
        return count;
    }

    private void end(final HostLink link, final int request, final int reason, final long nextIndex) {
        output.begin(WireType.REPLAY_END).u32(request).u8(reason).i64(nextIndex);
        links.answer(link, output);
    }

    /** A turn of all of them. */
    int run(final long nowMs) {
        int work = 0;
        for (int i = replays.size() - 1; i >= 0; i--) {
            final HostReplay replay = replays.get(i);
            work += run(replay, nowMs);
            if (replay.link.gone || (replay.isOver() && !replay.hasMessage())) {
                end(replay.link, replay.request, Reasons.SUCCESS, replay.nextIndex());
                replay.close();
                replays.remove(i);
                work++;
            }
        }
        return work;
    }

    private int run(final HostReplay replay, final long nowMs) {
        int looked = 0;
        while (looked < RECORDS_A_TURN && !replay.link.gone && !replay.link.blocked) {
            if (!replay.hasMessage()) {
                if (replay.isOver() || !replay.hasCredit()) {
                    return looked;
                }
                looked += replay.search(RECORDS_A_TURN - looked, nowMs);
            } else if (links.send(replay.link, replay.output.buffer(), replay.output.length())) {
                replay.onSent();
                looked++;
            }
        }
        return looked;
    }

    @Override
    public void close() {
        replays.forEach(HostReplay::close);
    }
}
