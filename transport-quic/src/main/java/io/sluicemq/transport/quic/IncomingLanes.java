package io.sluicemq.transport.quic;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PolledRing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What comes from the peer on lanes, and beside them. Agent, unless said. */
final class IncomingLanes {
    private final QuicConnection connection;
    private final PipeEnd end;
    private final InLane[] lanes;
    private final List<PolledRing> rings;
    private final List<LargeIn> coming = new ArrayList<>();
    private final AtomicBoolean resumed = new AtomicBoolean();
    private long handedOver;
    private long grantedLarge;

    /**
     * Makes the lanes, without streams.
     *
     * @param connection that they belong to.
     * @param all both directions.
     * @param end of the socket.
     * @param own terms.
     * @param count of the peer's lanes.
     */
    IncomingLanes(
            final QuicConnection connection, final Lanes all, final PipeEnd end, final LaneTerms own, final int count) {
        this.connection = connection;
        this.end = end;
        this.grantedLarge = own.largeMessages();
        this.lanes = new InLane[count];
        final List<PolledRing> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lanes[i] = new InLane(all, end, connection.driver().context().buffers(), own.windowBytes(), count);
            made.add(lanes[i].ring());
        }
        this.rings = List.copyOf(made);
    }

    /** Any thread. */
    List<PolledRing> rings() {
        return rings;
    }

    /** Any thread: there may be room for what was refused. */
    void resumeSoon() {
        resumed.set(true);
    }

    /** The peer has opened a stream. */
    void onStream(final StreamInput input, final StreamHeader header) {
        final InLane lane = header.lane() < lanes.length ? lanes[header.lane()] : null;
        final LaneChannel channel = LaneChannel.of(connection, input);
        if (lane == null) {
            connection.fail(QuicFailure.badLane(header.lane(), lanes.length));
        } else if (header.type() == StreamHeader.LANE) {
            if (lane.isOpen()) {
                connection.fail(QuicFailure.oneLaneMore(header.lane()));
            } else {
                lane.open(input, channel, connection.driver().group(), connection.pipe(), this::onApart);
            }
        } else if (!isPossible(header.number())) {
            connection.fail(QuicFailure.oneLargeMore(header.number(), grantedLarge));
        } else {
            coming.add(new LargeIn(header, channel, connection.driver().group(), connection.pipe(), end, lane.ring()));
        }
    }

    /** A number that was given up can be told from a new one only by this: there are never more than were allowed. */
    private boolean isPossible(final long number) {
        return number >= 0 && number < grantedLarge && coming.size() < LaneTerms.MAX_LARGE && find(number) == null;
    }

    private LargeIn find(final long number) {
        for (int i = 0; i < coming.size(); i++) {
            if (coming.get(i).number() == number) {
                return coming.get(i);
            }
        }
        return null;
    }

    /** In the order of a lane: the message is handed over if it is here and there is room. */
    private boolean onApart(final long number) {
        final LargeIn large = find(number);
        if (large == null && number >= grantedLarge) {
            connection
                    .pipe()
                    .abort(
                            CloseReason.PROTOCOL_ERROR,
                            QuicFailure.oneLargeMore(number, grantedLarge).getMessage());
        }
        return large != null && (large.isDone() || large.deliver());
    }

    /** Hands over what is there. */
    void serve() {
        if (resumed.get() && resumed.getAndSet(false)) {
            resume();
        }
        serveLanes();
        if (!coming.isEmpty() && serveLarge()) {
            // One of them may be what a lane waits for.
            resume();
            serveLanes();
            removeDone();
        }
        boolean more = false;
        for (final InLane lane : lanes) {
            more |= lane.hasMore();
        }
        for (int i = 0; i < coming.size(); i++) {
            more |= coming.get(i).hasMore();
        }
        if (more) {
            connection.onProgress();
        }
    }

    private void resume() {
        for (final InLane lane : lanes) {
            lane.resume();
        }
    }

    private void serveLanes() {
        for (int i = 0; i < lanes.length; i++) {
            final InLane lane = lanes[i];
            if (lane.isOverCredit()) {
                connection.fail(QuicFailure.overCredit(i));
            }
            lane.turn();
            final long grant = lane.takeGrant();
            if (grant > 0) {
                connection.credits().grant(i, grant);
            }
        }
    }

    /** Returns whether a message has come, or was handed over. */
    private boolean serveLarge() {
        boolean any = false;
        for (int i = 0; i < coming.size(); i++) {
            final LargeIn large = coming.get(i);
            final boolean wasHere = large.isHere();
            large.turn();
            any |= large.isHere() && !wasHere;
            if (large.isHere() && !large.isInOrder()) {
                large.deliver();
            }
        }
        return removeDone() || any;
    }

    /** Makes room for others in place of what was handed over. */
    private boolean removeDone() {
        final int before = coming.size();
        coming.removeIf(LargeIn::isDone);
        if (coming.size() == before) {
            return false;
        }
        handedOver += before - coming.size();
        grantedLarge = handedOver + LaneTerms.MAX_LARGE;
        connection.credits().grant(CreditCommand.LARGE_MESSAGES, grantedLarge);
        return true;
    }

    /** Whether the peer has ended all its lanes, and all of them was handed over. */
    boolean hasEnded() {
        for (final InLane lane : lanes) {
            if (!lane.hasEnded()) {
                return false;
            }
        }
        return coming.isEmpty();
    }

    void close() {
        // Before the rings are closed to them.
        coming.sort(Comparator.comparingLong(LargeIn::number));
        coming.forEach(LargeIn::close);
        coming.clear();
        for (final InLane lane : lanes) {
            lane.close();
        }
    }
}
