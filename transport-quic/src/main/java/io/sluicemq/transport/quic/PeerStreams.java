package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.QuicStreamChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The streams of one direction that a peer has opened. What is on one is known when its header is here. Agent. */
@SuppressWarnings("FutureReturnValueIgnored") // the connection ends anyway
final class PeerStreams {
    /** Of streams that come before it is known whether there are lanes. */
    private static final int MAX_EARLY = LaneTerms.MAX_LANES + LaneTerms.MAX_LARGE;

    /** And what of each is kept meanwhile. */
    private static final int EARLY_QUEUED_BYTES = 16 * 1024;

    private final QuicConnection connection;
    private final FrameMerger merger;
    private final List<StreamInput> inputs = new ArrayList<>();
    private final List<Runnable> early = new ArrayList<>();
    private StreamInput main;
    private Lanes lanes;

    PeerStreams(final QuicConnection connection, final FrameMerger merger) {
        this.connection = connection;
        this.merger = merger;
    }

    /** What comes before the handshake of QUIC is done could be a recording, and has no place here. */
    void add(final QuicStreamChannel stream, final boolean isShaken) {
        if (!isShaken) {
            stream.close();
            connection.fail(QuicFailure.earlyLane());
            return;
        }
        final StreamInput input = new StreamInput(new StreamHeader(this::onHeader), connection::onProgress);
        input.maxQueuedBytes(EARLY_QUEUED_BYTES);
        inputs.removeIf(StreamInput::isOver);
        inputs.add(input);
        stream.pipeline().addLast(input);
        input.open(stream);
    }

    private void onHeader(final StreamInput input, final StreamHeader header) {
        if (header.type() == StreamHeader.MAIN) {
            if (main != null || header.lane() != 0) {
                connection.fail(QuicFailure.oneLaneMore(header.lane()));
                return;
            }
            main = input;
            input.maxQueuedBytes(StreamInput.MAX_QUEUED_BYTES);
            merger.lane(input);
        } else if (lanes != null) {
            accept(input, header);
        } else if (merger.isShaken() || early.size() == MAX_EARLY) {
            connection.fail(QuicFailure.laneWithoutLanes());
        } else {
            early.add(() -> accept(input, header));
        }
    }

    private void accept(final StreamInput input, final StreamHeader header) {
        input.maxQueuedBytes(StreamInput.MAX_QUEUED_BYTES);
        lanes.in().onStream(input, header);
    }

    /** Messages come on lanes. */
    void lanes(final Lanes made) {
        lanes = made;
        early.forEach(Runnable::run);
        early.clear();
    }

    /** Whether the stream beside the control stream is at its end. */
    boolean hasEnded() {
        return main != null && main.hasEnded();
    }

    /** What broke one of them, or the control stream; or null. */
    IOException failure(final StreamInput control) {
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
        inputs.forEach(StreamInput::close);
    }
}
