package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.stream.Visit;
import io.sluicemq.wire.ZmtpHandshake;
import java.util.Map;

/** The beginning of a connection at its control socket: the preamble of each side, then a ZMTP handshake. Agent. */
final class ShmHandshake {
    private final ShmConnection connection;
    private final ShmDriver driver;
    private final ZmtpHandshake zmtp;
    private final Visit visit;
    private boolean heard;
    private boolean preambleSeen;

    ShmHandshake(
            final ShmConnection connection,
            final ShmDriver driver,
            final boolean listening,
            final Map<String, String> attributes) {
        this.connection = connection;
        this.driver = driver;
        this.visit = listening ? new Visit(driver.context()::nowNs) : null;
        final PipeEnd end = connection.end();
        this.zmtp =
                new ZmtpHandshake(end.handshake(), listening, driver.context().nowNs(), () -> attributes, false);
    }

    /** Says what this side says first. Once. */
    void start() {
        connection.sendRaw(ControlFrame.PREAMBLE, ControlFrame.PREAMBLE.length);
        sendPending();
    }

    /** Takes what has come; tells the connection of the outcome once it is there. */
    void receive(final ControlInput input) {
        heard = true;
        if (!preambleSeen) {
            receivePreamble(input);
        }
        if (preambleSeen) {
            receiveZmtp(input);
        }
    }

    /** Whether a peer that leaves now had only looked whether anybody listens. */
    boolean isVisit() {
        return visit != null && !heard && visit.isShort();
    }

    private void receivePreamble(final ControlInput input) {
        final String fault = ControlFrame.preambleFault(input.unparsed(), input.length());
        if (fault != null) {
            connection.refuse(CloseReason.HANDSHAKE_FAILED, fault);
        } else if (input.length() >= ControlFrame.PREAMBLE.length) {
            input.skip(ControlFrame.PREAMBLE.length);
            preambleSeen = true;
        }
    }

    private void receiveZmtp(final ControlInput input) {
        final byte[] bytes = input.unparsed();
        input.skip(zmtp.receive(driver.wrap(bytes), 0, input.length()));
        sendPending();
        if (zmtp.state() == ZmtpHandshake.State.COMPLETE) {
            connection.onShaken(zmtp.peer());
        } else if (zmtp.state() == ZmtpHandshake.State.FAILED) {
            connection.refuse(CloseReason.of(zmtp.failure()), zmtp.failureText());
        }
    }

    private void sendPending() {
        final byte[] bytes = new byte[zmtp.pendingLength()];
        connection.sendRaw(bytes, zmtp.transmit(driver.wrap(bytes), 0, bytes.length));
    }
}
