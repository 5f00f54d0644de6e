package io.sluicemq.core;

import io.sluicemq.SendResult;
import org.agrona.DirectBuffer;

/** The sending half of a type that has none: its socket class offers no send, so nothing comes here. */
final class Mute implements Outbound {
    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        throw new IllegalStateException("send=on a socket that only receives, limit=none, use the other type");
    }

    @Override
    public void requestSpace() {}

    @Override
    public boolean canSend() {
        return false;
    }
}
