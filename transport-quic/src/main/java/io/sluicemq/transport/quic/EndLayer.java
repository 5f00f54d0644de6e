package io.sluicemq.transport.quic;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Stands between a socket's end of a pipe and the connection, and passes on what a subclass does not see to. */
class EndLayer implements PipeEnd {
    private final PipeEnd end;

    EndLayer(final PipeEnd end) {
        this.end = end;
    }

    final PipeEnd end() {
        return end;
    }

    @Override
    public final HandshakeConfig handshake() {
        return end.handshake();
    }

    @Override
    public final PipeOptions options() {
        return end.options();
    }

    @Override
    public final String sharedRefusal() {
        return end.sharedRefusal();
    }

    @Override
    public final boolean mayRepeat() {
        return end.mayRepeat();
    }

    @Override
    public final void onEarly(final Carrier carrier) {
        end.onEarly(carrier);
    }

    @Override
    public void onOpen(final Carrier carrier, final PeerMetadata peer) {
        end.onOpen(carrier, peer);
    }

    @Override
    public boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return end.onMessage(kind, buffer, offset, length);
    }

    @Override
    public boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        return end.onLargeMessage(kind, buffer, offset, length);
    }

    @Override
    public final boolean onSubscription(
            final boolean subscribe, final DirectBuffer buffer, final int offset, final int length) {
        return end.onSubscription(subscribe, buffer, offset, length);
    }

    @Override
    public final void onWritable() {
        end.onWritable();
    }

    @Override
    public void onAccount(final ConnectionAccount account) {
        end.onAccount(account);
    }

    @Override
    public final String onReceivedEarlier(final long number, final long messages) {
        return end.onReceivedEarlier(number, messages);
    }

    @Override
    public final void onDropped(final Dropped why, final long messages) {
        end.onDropped(why, messages);
    }

    @Override
    public final boolean mayLose() {
        return end.mayLose();
    }

    @Override
    public void onClosed(final CloseReason reason, final String detail, final long unsentMessages) {
        end.onClosed(reason, detail, unsentMessages);
    }

    @Override
    public final MessageRing outlet() {
        return end.outlet();
    }

    @Override
    public final void onDirect(final PeerMetadata peer, final PipeEnd peerEnd, final String address) {
        end.onDirect(peer, peerEnd, address);
    }
}
