package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.Journal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All replays that are under way; each gets a bounded part of a turn. The host's thread. */
final class HostReplays implements AutoCloseable {
    private static final int MAX_OF_A_LINK = 8;
    private static final int MAX = 256;
    private static final int RECORDS_A_TURN = 256;

    /** One that has done nothing for so long gives its place to another; its client begins again where it was. */
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(5);

    private final Journal journal;
    private final HostLinks links;
    private final List<HostReplay> replays = new ArrayList<>();
    private final WireOutput output = new WireOutput();

    /** Whose turn is next. */
    private int next;

    HostReplays(final Journal journal, final HostLinks links) {
        this.journal = journal;
        this.links = links;
    }

    void open(final HostLink link, final Replay wish, final long nowNs) {
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
        } else if (link.replays >= MAX_OF_A_LINK || (replays.size() >= MAX && !makePlace(link, nowNs))) {
            end(link, wish.request(), Reasons.QUOTA_EXCEEDED, 0);
        } else {
            final HostReplay replay = new HostReplay(link, wish, filter, journal.reader(), links);
            replay.activeNs = nowNs;
            replays.add(replay);
            link.replays++;
        }
    }

    /**
     * Ends a replay in favour of another: the one that has been idle for longest, if that is long; else, of a connection that would not
     * have fewer of them then, of those with the most the one that has been idle for longest. False if there is none.
     */
    private boolean makePlace(final HostLink link, final long nowNs) {
        int idle = 0;
        int greedy = 0;
        for (int i = 1; i < replays.size(); i++) {
            final HostReplay each = replays.get(i);
            idle = each.activeNs - replays.get(idle).activeNs < 0 ? i : idle;
            greedy = isBefore(each, replays.get(greedy), link) ? i : greedy;
        }
        final boolean isIdle = nowNs - replays.get(idle).activeNs >= IDLE_NS;
        if (!isIdle && share(replays.get(greedy), link) == 0) {
            return false;
        }
        end(isIdle ? idle : greedy, Reasons.QUOTA_EXCEEDED);
        return true;
    }

    private static boolean isBefore(final HostReplay one, final HostReplay other, final HostLink link) {
        final int shares = share(one, link) - share(other, link);
        return shares > 0 || (shares == 0 && one.activeNs - other.activeNs < 0);
    }

    /** How many its connection has, if it has more than another one would with one more; else 0. */
    private static int share(final HostReplay replay, final HostLink link) {
        return replay.link.replays > link.replays + 1 ? replay.link.replays : 0;
    }

    private void end(final int place, final int reason) {
        final HostReplay replay = replays.remove(place);
        replay.link.replays--;
        end(replay.link, replay.request, reason, replay.nextIndex());
        replay.close();
    }

    /** A client takes more; for a replay that is over, nothing happens. */
    void allow(final HostLink link, final int request, final int more, final long nowNs) {
        final HostReplay replay = find(link, request);
        if (replay != null) {
            replay.allow(more);
            replay.activeNs = more > 0 ? nowNs : replay.activeNs;
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

    private void end(final HostLink link, final int request, final int reason, final long nextIndex) {
        output.begin(WireType.REPLAY_END).u32(request).u8(reason).i64(nextIndex);
        links.answer(link, output);
    }

    /** A turn of all of them, for so much time together, and one record at the least. */
    int run(final long nowMs, final long budgetNs) {
        final int count = replays.size();
        final long startNs = count == 0 ? 0 : System.nanoTime();
        int work = 0;
        for (int i = 0; i < count; i++) {
            next = next < replays.size() ? next : 0;
            final HostReplay replay = replays.get(next);
            int done = run(replay, nowMs, startNs + budgetNs);
            if (replay.link.gone || (replay.isOver() && !replay.hasMessage())) {
                end(next, Reasons.SUCCESS);
                done++;
            } else {
                next++;
            }
            work += done;
            if (done > 0) {
                replay.activeNs = startNs;
                if (System.nanoTime() - startNs >= budgetNs) {
                    break;
                }
            }
        }
        return work;
    }

    private int run(final HostReplay replay, final long nowMs, final long untilNs) {
        int looked = 0;
        while (looked < RECORDS_A_TURN && !replay.link.gone && !replay.link.blocked) {
            if (!replay.hasMessage()) {
                if (replay.isOver() || !replay.hasCredit()) {
                    return looked;
                }
                replay.search(nowMs);
                looked++;
            } else if (links.send(replay.link, replay.output.buffer(), replay.output.length())) {
                replay.onSent();
                looked++;
            }
            if (System.nanoTime() - untilNs >= 0) {
                return looked;
            }
        }
        return looked;
    }

    @Override
    public void close() {
        replays.forEach(HostReplay::close);
    }
}
