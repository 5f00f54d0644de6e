package io.sluicemq.transport.quic;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.SharedCarrier;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.LaneWriter;
import io.sluicemq.transport.stream.StreamPipe;
import io.sluicemq.wire.FrameHeader;
import io.sluicemq.wire.PeerMetadata;
import io.sluicemq.wire.ZmtpCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A connection whose messages go and come on lanes. Each lane has a ring of its own on either side, its own credit and its own
 * stream, so that one which stands still holds up no other. Commands stay with the pipe. Agent, unless said.
 */
final class Lanes implements SharedCarrier {
    /** Messages taken out of one ring before the next one has its turn. */
    private static final int TURN = 256;

    private static final int MAX_TURNS = 16;

    /** Between the urgencies of lanes, as QUIC numbers them; a large message comes right behind its lane. */
    private static final int URGENCY_STEP = 8;

    private static final int LARGE_URGENCY = 4;

    private final QuicConnection connection;
    private final StreamPipe pipe;
    private final PipeEnd end;
    private final TransportContext context;
    private final LaneChooser chooser;
    private final boolean apart;
    private final boolean ordered;
    private final int largeBytes;
    private final int peersLarge;

    /** What the agent offers goes into the rings; what is replaced by newer until it goes must not. */
    private final boolean queues;

    /** By number. */
    private final OutLane[] out;

    /** The most urgent first. */
    private final OutLane[] byUrgency;

    private final IncomingLanes in;
    private final List<LargeOut> leaving = new ArrayList<>();
    private final UnsafeBuffer marker = new UnsafeBuffer(new byte[ZmtpCommands.MAX_OWN_LENGTH]);
    private long begunLarge;
    private long grantedLarge;

    private final AtomicBoolean turnRequested = new AtomicBoolean();
    private final Runnable turn = this::onRequestedTurn;

    private final SentCount sent = new SentCount();

    /** The connection is over, and what waits goes back to the socket before anything that is sent now. */
    private volatile boolean closed;

    private boolean roomMade;
    private boolean refused;
    private boolean finishing;
    private boolean begunNow;
    private boolean leavingPeer;

    Lanes(
            final QuicConnection connection,
            final PipeEnd end,
            final LaneTerms own,
            final LaneTerms peers,
            final PeerMetadata peer) {
        this.connection = connection;
        this.pipe = connection.pipe();
        this.end = end;
        this.context = connection.driver().context();
        final QuicOptions options = connection.options();
        this.chooser = new LaneChooser(options.lanes(), peer.routingId());
        this.apart = own.apart();
        this.ordered = options.ordering() != QuicOptions.Ordering.NONE;
        this.largeBytes = options.largeMessageBytes();
        this.grantedLarge = peers.largeMessages();
        this.peersLarge = peers.largeMessages();
        this.queues = !end.outlet().isConflating();
        this.in = new IncomingLanes(connection, this, end, own, peers.lanes());
        this.out = new OutLane[own.lanes()];
        for (int i = 0; i < out.length; i++) {
            final int urgency = i == 0
                    ? QuicLane.DEFAULT_URGENCY
                    : options.lanes().get(i - 1).urgency();
            out[i] = new OutLane(this, i, urgency, end.outlet());
            open(out[i], peers.windowBytes());
        }
        this.byUrgency = out.clone();
        Arrays.sort(byUrgency, Comparator.comparingInt(OutLane::urgency));
    }

    private void open(final OutLane lane, final long creditBytes) {
        final StreamOutput output = connection.openStream(urgencyOf(lane), StreamHeader.ofLane(lane.number()));
        if (output != null) {
            final LaneChannel channel = LaneChannel.of(connection, output, creditBytes);
            lane.open(channel, writerOf(channel));
        }
    }

    private LaneWriter writerOf(final LaneChannel channel) {
        return new LaneWriter(connection.driver().group(), channel, pipe, why -> connection.fail(new IOException(why)));
    }

    private static int urgencyOf(final OutLane lane) {
        return URGENCY_STEP * (1 + lane.urgency());
    }

    IncomingLanes in() {
        return in;
    }

    // Turns.

    /** Any thread. */
    void requestTurn() {
        if (!turnRequested.get() && turnRequested.compareAndSet(false, true)) {
            context.agent().execute(turn);
        }
    }

    private void onRequestedTurn() {
        turnRequested.set(false);
        connection.onProgress();
    }

    /** What came is handed over, and what waits is sent. */
    void serve() {
        in.serve();
        if (!closed) {
            send();
        }
        if (roomMade && !closed) {
            roomMade = false;
            end.onWritable();
        }
    }

    private void send() {
        boolean any = !leavingPeer;
        if (leavingPeer) {
            // What was begun is ended; what was not stays here.
            for (final OutLane lane : byUrgency) {
                lane.goOn();
            }
        }
        for (int i = 0; any && i < MAX_TURNS && !closed; i++) {
            any = false;
            for (final OutLane lane : byUrgency) {
                any |= lane.drain(TURN) > 0;
            }
        }
        if (closed) {
            return;
        }
        // One that is done has made place for another.
        any |= leaving.removeIf(LargeOut::send);
        if (any) {
            requestTurn();
        } else {
            rest();
        }
    }

    /** Nothing more can go now. */
    private void rest() {
        for (final OutLane lane : byUrgency) {
            lane.flush();
            if (leavingPeer || (finishing && lane.ring().isEmpty())) {
                if (!lane.isPartlyWritten()) {
                    lane.end();
                }
            } else if (lane.ring().isEmpty() && !lane.ring().disarm()) {
                requestTurn();
            }
        }
        // What was refused to the agent is not told of by a ring.
        if (refused) {
            refused = false;
            roomMade = true;
        }
    }

    /** Told by a ring: there is room again. */
    void onRoom() {
        roomMade = true;
    }

    /** Any thread: the application has taken messages that there was no room behind. */
    void onTaken() {
        in.resumeSoon();
        requestTurn();
    }

    void onSent(final int messages, final long bytes) {
        sent.add(messages, bytes);
    }

    // Large messages.

    boolean isLarge(final int length) {
        return apart && length >= largeBytes;
    }

    boolean keepsOrder() {
        return ordered;
    }

    boolean mayBeginLarge() {
        return leaving.size() < LaneTerms.MAX_LARGE && begunLarge < grantedLarge;
    }

    /** Whether the peer has handed over all before the large message of this number. */
    boolean isHandedOver(final long number) {
        return number < grantedLarge - peersLarge;
    }

    /** The command that stands in a lane for the next large message; {@link #markerLength} bytes of it. */
    DirectBuffer marker() {
        return marker;
    }

    int markerLength() {
        return ZmtpCommands.putApart(marker, 0, begunLarge);
    }

    /** Begins to send a large message, which is in the account of the carrier from now on. */
    void sendLarge(final OutLane lane, final LargeOut large) {
        leaving.add(large);
        begunNow = true;
        try {
            lane.begunLarge(begunLarge);
            final byte[] header = StreamHeader.ofLarge(lane.number(), ordered, begunLarge++);
            final StreamOutput output = connection.openStream(urgencyOf(lane) + LARGE_URGENCY, header);
            if (output != null) {
                large.open(writerOf(LaneChannel.of(connection, output, Long.MAX_VALUE)));
            }
        } catch (final Throwable e) {
            // The peer would wait for it for good.
            connection.fail(QuicFailure.lost(e));
            throw e;
        }
    }

    /** The peer's word on how much it takes. */
    void onCredit(final int lane, final long total) {
        if (lane == CreditCommand.LARGE_MESSAGES) {
            grantedLarge = Math.max(grantedLarge, total);
        } else if (lane < out.length) {
            out[lane].credit(total);
        }
        connection.onProgress();
    }

    // Application's threads.

    @Override
    public List<PolledRing> incoming() {
        return in.rings();
    }

    @Override
    public Offer offerShared(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (closed) {
            return Offer.FULL;
        }
        final MessageRing ring = out[chooser.laneOf(kind, buffer, offset, length)].ring();
        if (ring.offer(prefix, kind, buffer, offset, length)) {
            return Offer.PASSED;
        }
        // At the end of the connection what waits here goes first.
        return ring.isClosed() && !closed ? Offer.BY_CARRIER : Offer.FULL;
    }

    @Override
    public boolean givesBack() {
        return true;
    }

    @Override
    public boolean hasRoom() {
        for (final OutLane lane : out) {
            if (lane.ring().hasRoom()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void requestSpace() {
        for (final OutLane lane : out) {
            lane.ring().requestSpace();
        }
    }

    @Override
    public long waiting() {
        long count = 0;
        for (final OutLane lane : out) {
            count += lane.ring().size();
        }
        return count;
    }

    @Override
    public void reportSent(final SentListener listener) {
        sent.report(listener);
    }

    // What goes past the rings.

    @Override
    public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final OutLane lane = out[chooser.laneOf(kind, buffer, offset, length)];
        final boolean taken =
                !closed && (lane.isPartlyPast() || !leavingPeer) && offer(lane, kind, buffer, offset, length);
        refused |= !taken;
        return taken;
    }

    /** What waits in the outlet for one lane is not to stand in front of what is for another: so it goes into their rings. */
    private boolean offer(
            final OutLane lane, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        // By reference, if it lay so in the outlet: as copies, not all that waits there would fit into the ring.
        return queues
                ? lane.ring().offer(null, kind | end.outlet().takeOver(), buffer, offset, length)
                : lane.offerPast(kind, buffer, offset, length);
    }

    @Override
    public int offerBatch(final DirectBuffer buffer, final int offset, final int length, final int count) {
        int at = offset;
        for (int taken = 0; taken < count; taken++) {
            final int to = FrameHeader.messageEnd(buffer, at);
            final int flags = FrameHeader.flags(buffer, at);
            final int body = FrameHeader.isMore(flags) ? at : at + FrameHeader.length(flags);
            final int kind = FrameHeader.isMore(flags) ? MessageKind.FRAMES : MessageKind.SINGLE;
            if (!offer(kind, buffer, body, to - body)) {
                return taken;
            }
            at = to;
        }
        return count;
    }

    @Override
    public void flush() {
        for (final OutLane lane : out) {
            lane.flush();
        }
        if (begunNow) {
            begunNow = false;
            connection.onProgress();
        }
        pipe.flush();
    }

    @Override
    public String remoteAddress() {
        return pipe.remoteAddress();
    }

    @Override
    public void subscription(final boolean subscribe, final DirectBuffer prefix, final int length) {
        pipe.subscription(subscribe, prefix, length);
    }

    @Override
    public long number() {
        return pipe.number();
    }

    @Override
    public boolean hasPeerBegun() {
        return pipe.hasPeerBegun();
    }

    @Override
    public void receivedEarlier(final long peerNumber, final long messages) {
        pipe.receivedEarlier(peerNumber, messages);
    }

    @Override
    public void resumeReading() {
        pipe.resumeReading();
        onTaken();
    }

    @Override
    public boolean isDrained() {
        return pipe.isDrained() && leaving.isEmpty() && allDrained();
    }

    private boolean allDrained() {
        for (final OutLane lane : out) {
            if (!lane.isDrained()) {
                return false;
            }
        }
        return true;
    }

    // The end.

    @Override
    public void finish(final long deadlineNs) {
        finishing = true;
        for (final OutLane lane : out) {
            lane.ring().close();
        }
        pipe.finish(deadlineNs);
        // What is refused from now on is discarded, so that the peer's end is found.
        onTaken();
    }

    /** The peer has ended its side: what is not begun stays here. */
    void onPeerEnd() {
        // Asked for again and again while the socket does not read it.
        if (!leavingPeer) {
            leavingPeer = true;
            requestTurn();
        }
    }

    /** Whether the connection's own streams may end: not in front of messages. */
    boolean isFlushed() {
        return !(finishing || leavingPeer) || hasEndedOutput();
    }

    private boolean hasEndedOutput() {
        for (final OutLane lane : out) {
            if (!lane.hasEnded()) {
                return false;
            }
        }
        return leaving.isEmpty();
    }

    @Override
    public void abort(final CloseReason reason, final String detail) {
        pipe.abort(reason, detail);
    }

    /** Messages that were taken and are not QUIC's; those on streams of their own only as far as they are in the account. */
    long unsentMessages() {
        long count = 0;
        for (final OutLane lane : out) {
            count += lane.unsentMessages();
        }
        for (final LargeOut large : leaving) {
            count += large.unsentMessages();
        }
        return count;
    }

    /** The connection is over. */
    void close() {
        closed = true;
        in.close();
        for (final OutLane lane : out) {
            lane.close();
        }
    }

    /** Returns what waits to the socket, in front of what is sent from now on; and how many messages that is not possible for. */
    long giveBack() {
        long lost = 0;
        for (final LargeOut large : leaving) {
            lost += large.isTaken() ? 0 : 1;
            large.close();
        }
        leaving.clear();
        return lost
                + new GivenBack(end.outlet())
                        .take(Arrays.stream(out).map(OutLane::ring).toList());
    }
}
