package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.wire.CommandReader;
import org.agrona.DirectBuffer;

/** What the way in of a stream asks of whom it belongs to, and tells it. Agent. */
abstract class InboundPipe {
    boolean skipping; // bytes of a peer that was refused
    boolean discarding; // messages that nobody has room for

    /** Whether bytes are to be read. */
    abstract boolean isReading();

    /** Whether what was read is to be handed over. */
    abstract boolean isDelivering();

    abstract boolean isClosed();

    /** The end has refused a message; false when it need not be kept, as the connection is at its end. */
    abstract boolean pauseReading();

    abstract void onBytesRead();

    abstract Account account();

    abstract void onPeerError(CloseReason reason, String detail);

    /**
     * A command that is neither a subscription nor an ERROR.
     *
     * @return false to have {@link #onCommandAgain} called before anything else is handed over.
     */
    abstract boolean onCommand(CommandReader.Kind kind, CommandReader command, DirectBuffer buffer);

    /** As {@link #onCommand}, of the one that was put off. */
    boolean onCommandAgain() {
        return true;
    }

    boolean isShakingHands() {
        return false;
    }

    /** Returns how many of the bytes belong to the handshake. */
    int onHandshakeBytes(final DirectBuffer buffer, final int offset, final int length) {
        return 0;
    }
}
