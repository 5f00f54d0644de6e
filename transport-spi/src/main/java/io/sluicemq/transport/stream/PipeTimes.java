package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;

/** What is due at a pipe at some time: a count to be told, a PING, the end of a silent peer. Agent. */
final class PipeTimes {
    private final StreamPipe pipe;
    private final long handshakeTimeoutNs;
    private Liveness liveness;
    private Account account;
    private ControlBuffer control;

    PipeTimes(final StreamPipe pipe, final long handshakeTimeoutNs) {
        this.pipe = pipe;
        this.handshakeTimeoutNs = handshakeTimeoutNs;
    }

    void of(final Liveness itsLiveness, final Account itsAccount, final ControlBuffer itsControl) {
        liveness = itsLiveness;
        account = itsAccount;
        control = itsControl;
    }

    void onTellTimer() {
        if (!pipe.isClosed() && account.onTimer()) {
            pipe.onReady(0);
        }
    }

    void onTimer() {
        final Liveness.Due due = pipe.isClosed() ? null : liveness.poll(pipe.isOpen());
        if (due == null) {
            return;
        }
        switch (due) {
            case DEADLINE -> onDeadline();
            case SILENCE -> pipe.onPeerError(CloseReason.HEARTBEAT_TIMED_OUT, CloseTexts.SILENT);
            case PING -> control.putPing(liveness.ttlDeciseconds(), account.pingContext());
            case NOTHING -> {}
        }
        pipe.onReady(0);
    }

    private void onDeadline() {
        if (pipe.isFinishing()) {
            pipe.onUnfinished();
        } else {
            pipe.onPeerError(CloseReason.HANDSHAKE_TIMED_OUT, CloseTexts.handshakeTimedOut(handshakeTimeoutNs));
        }
    }
}
