package io.sluicemq.transport.stream;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Writes down what a pipe tells it. */
final class RecordingEnd implements PipeEnd {
    static final PipeOptions OPTIONS =
            new PipeOptions(1L << 30, 65_536, 0, 30_000_000_000L, PipeOptions.HeartbeatOptions.OFF, Map.of());

    final List<ByteBuffer> received = new ArrayList<>();
    final List<Integer> kinds = new ArrayList<>();
    final List<String> subscriptions = new ArrayList<>();
    Consumer<Carrier> early = given -> {
        throw new AssertionError("not of an eager medium");
    };
    BooleanSupplier accepts = () -> true;
    Runnable onAccount = () -> {};
    Carrier carrier;
    PeerMetadata peer;
    int closedCount;
    CloseReason reason;
    String detail;
    long unsent;
    ConnectionAccount account;
    final List<String> earlier = new ArrayList<>();
    int writable;
    int refusals;

    private final HandshakeConfig handshake;
    private final PipeOptions options;
    private final BufferPool pool;

    RecordingEnd(final FakeContext context, final SocketType type, final PipeOptions options) {
        this(context, HandshakeConfig.builder(type).build(), options);
    }

    RecordingEnd(final FakeContext context, final HandshakeConfig handshake, final PipeOptions options) {
        this.handshake = handshake;
        this.options = options;
        this.pool = context.buffers();
    }

    @Override
    public HandshakeConfig handshake() {
        return handshake;
    }

    @Override
    public PipeOptions options() {
        return options;
    }

    @Override
    public void onEarly(final Carrier newCarrier) {
        early.accept(newCarrier);
    }

    @Override
    public void onOpen(final Carrier newCarrier, final PeerMetadata newPeer) {
        carrier = newCarrier;
        peer = newPeer;
    }

    private boolean accept() {
        final boolean accepted = accepts.getAsBoolean();
        refusals += accepted ? 0 : 1;
        return accepted;
    }

    @Override
    public boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (!accept()) {
            return false;
        }
        final byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        received.add(ByteBuffer.wrap(copy));
        kinds.add(kind);
        return true;
    }

    @Override
    public boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        final boolean accepted = onMessage(kind, buffer, offset, length);
        if (accepted) {
            pool.release(buffer);
        }
        return accepted;
    }

    @Override
    public boolean onSubscription(
            final boolean subscribe, final DirectBuffer buffer, final int offset, final int length) {
        if (!accept()) {
            return false;
        }
        final byte[] copy = new byte[length];
        buffer.getBytes(offset, copy);
        subscriptions.add((subscribe ? "+" : "-") + new String(copy, StandardCharsets.ISO_8859_1));
        return true;
    }

    @Override
    public void onWritable() {
        writable++;
    }

    @Override
    public void onAccount(final ConnectionAccount newAccount) {
        account = newAccount;
        onAccount.run();
    }

    @Override
    public void onDropped(final Dropped why, final long messages) {
        throw new AssertionError("not of a stream");
    }

    @Override
    public String onReceivedEarlier(final long number, final long messages) {
        earlier.add(number + ":" + messages);
        return messages < 0 ? "messages=" + messages + ", limit=0" : null;
    }

    @Override
    public void onClosed(final CloseReason newReason, final String newDetail, final long unsentMessages) {
        closedCount++;
        reason = newReason;
        detail = newDetail;
        unsent = unsentMessages;
    }

    @Override
    public MessageRing outlet() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onDirect(final PeerMetadata newPeer, final PipeEnd peerEnd, final String address) {
        throw new UnsupportedOperationException();
    }
}
