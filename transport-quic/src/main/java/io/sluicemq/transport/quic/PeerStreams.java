package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.QuicStreamChannel;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What comes from a peer: the control stream, and streams of one direction, of which is known what is on them when their header is here. Agent. */
@SuppressWarnings("FutureReturnValueIgnored") // the connection ends anyway
final class PeerStreams {
    /** Of streams that come before it is known whether there are lanes. */
    private static final int MAX_EARLY = LaneTerms.MAX_LANES + LaneTerms.MAX_LARGE;

    /** And what of each is kept meanwhile. */
    private static final int EARLY_QUEUED_BYTES = 16 * 1024;

    private final QuicConnection connection;
    private final StreamInput control;
    private final EarlyRequests early;
    private final FrameMerger merger;
    private final List<StreamInput> inputs = new ArrayList<>();
    private final List<Runnable> beforeLanes = new ArrayList<>();
    private boolean shaken;
    private boolean known;
    private StreamInput main;
    private Lanes lanes;
    private boolean closed;

    PeerStreams(final QuicConnection connection, final StreamInput control, final EarlyRequests early) {
        this.connection = connection;
        this.control = control;
        this.early = early;
        this.merger = new FrameMerger(control, early);
    }

    FrameMerger merger() {
        return merger;
    }

    /** The handshake of QUIC is done. */
    void onShaken() {
        shaken = true;
        merger.onShaken();
        if (main != null) {
            takeMuchOfMain();
            connection.onProgress();
        }
    }

    /** Once it is sure that the peer is there, and who. */
    private void takeMuchOfMain() {
        if (shaken && known && main != null) {
            main.takeMuch();
        }
    }

    /** The peer has sent its READY: what is here already may be wrong. */
    void onPeer(final PeerMetadata peer) {
        known = true;
        takeMuchOfMain();
        early.onPeer(peer);
        if (!shaken && !early.mayCome() && !inputs.isEmpty()) {
            connection.fail(QuicFailure.earlyLane());
        }
    }

    /** What comes before the handshake of QUIC is done could be a recording, and has no place here but for what may be done twice. */
    void add(final QuicStreamChannel stream) {
        if (!shaken && !early.mayCome()) {
            stream.close();
            connection.fail(QuicFailure.earlyLane());
            return;
        }
        final StreamInput input = new StreamInput(new StreamHeader(this::onHeader), connection::onProgress);
        StreamReads.of(stream).takeLittle();
        input.maxQueuedBytes(EARLY_QUEUED_BYTES);
        inputs.removeIf(StreamInput::isOver);
        inputs.add(input);
        stream.pipeline().addLast(input);
        input.open(stream);
        if (closed) {
            // Nobody reads it any more.
            input.close();
        }
    }

    private void onHeader(final StreamInput input, final StreamHeader header) {
        if (!shaken && header.type() != StreamHeader.MAIN) {
            connection.fail(QuicFailure.earlyLane());
        } else if (header.type() == StreamHeader.MAIN) {
            if (main != null || header.lane() != 0) {
                connection.fail(QuicFailure.oneLaneMore(header.lane()));
                return;
            }
            main = input;
            takeMuchOfMain();
            merger.lane(input);
        } else if (lanes != null) {
            accept(input, header);
        } else if (merger.isShaken() || beforeLanes.size() == MAX_EARLY) {
            connection.fail(QuicFailure.laneWithoutLanes());
        } else {
            beforeLanes.add(() -> accept(input, header));
        }
    }

    private void accept(final StreamInput input, final StreamHeader header) {
        input.takeMuch();
        lanes.in().onStream(input, header);
    }

    /** Messages come on lanes. */
    void lanes(final Lanes made) {
        lanes = made;
        merger.lanes(made, LaneTerms.of(connection.options()).lanes());
        beforeLanes.forEach(Runnable::run);
        beforeLanes.clear();
    }

    /** Whether the peer has ended all of them, and what came was read. */
    boolean isAtEnd() {
        return control.hasEnded()
                && main != null
                && main.hasEnded()
                && (lanes == null || lanes.in().hasEnded())
                && !connection.datagrams().holdsEnd()
                && !merger.hasMore();
    }

    /** What broke one of them, or null. */
    IOException failure() {
        if (control.failure() != null) {
            return control.failure();
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).failure() != null) {
                return inputs.get(i).failure();
            }
        }
        return null;
    }

    void close() {
        closed = true;
        control.close();
        inputs.forEach(StreamInput::close);
    }
}
