package io.sluicemq.core;

import io.sluicemq.SendResult;
import org.agrona.DirectBuffer;

/** One peer and no other: PAIR. A second one is turned away. */
final class Exclusive implements Outbound {
    private final boolean immediate;

    /** Written on the I/O agent, read by senders. */
    private volatile Pipe pipe;

    Exclusive(final boolean immediate) {
        this.immediate = immediate;
    }

    @Override
    public boolean passesReferences() {
        return true;
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Pipe current = pipe;
        if (current == null) {
            return SendResult.NOT_CONNECTED;
        }
        return current.offer(null, kind, buffer, offset, length) ? SendResult.SENT : SendResult.BACK_PRESSURED;
    }

    @Override
    public void requestSpace() {
        final Pipe current = pipe;
        if (current != null) {
            current.path().requestSpace();
        }
    }

    @Override
    public boolean canSend() {
        final Pipe current = pipe;
        return current != null && current.path().hasRoom();
    }

    @Override
    public void onConnecting(final Pipe newPipe) {
        if (pipe == null && !immediate) {
            pipe = newPipe;
        }
    }

    @Override
    public String onOpened(final Pipe newPipe) {
        final Pipe current = pipe;
        if (current != null && current != newPipe && current.isOpen()) {
            return "peers=2, limit=1 for a PAIR, connect it to one socket only";
        }
        if (current == null || !current.isOpen()) {
            pipe = newPipe;
        }
        return null;
    }

    @Override
    public void onLost(final Pipe lostPipe) {
        if (immediate) {
            onClosed(lostPipe);
        }
    }

    @Override
    public void onClosed(final Pipe closedPipe) {
        if (pipe == closedPipe) {
            pipe = null;
        }
    }
}
