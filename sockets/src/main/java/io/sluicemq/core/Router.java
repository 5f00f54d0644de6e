package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.RouterOptions;
import io.sluicemq.SendResult;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts the routing id of the sender before each message that comes, and sends each to the peer that its first frame names. */
final class Router implements Inbound, Outbound {
    private final RouterOptions options;
    private final RoutingTable<Pipe> peers = new RoutingTable<>();
    private final RoutingIds ids = new RoutingIds();
    private final PipeList pipes = new PipeList();
    private SocketCore socket;

    Router(final RouterOptions options) {
        this.options = options;
    }

    @Override
    public void attach(final SocketCore core) {
        socket = core;
    }

    @Override
    public boolean deliver(
            final Pipe pipe,
            final int kind,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final FrameHandler handler) {
        final UnsafeBuffer id = pipe.routingId();
        handler.onFrame(id, 0, id.capacity(), true);
        Frames.forEach(kind, buffer, offset, length, handler);
        return true;
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (Frames.isSingle(kind)) {
            throw new IllegalArgumentException("frames=1, limit=2, put the routing id of the peer before the message");
        }
        final Pipe pipe = destination(kind, buffer, offset);
        if (pipe == null || pipe.outlet().isClosed()) {
            return options.mandatory() ? SendResult.UNROUTABLE : drop(DropCause.UNROUTABLE);
        }
        final int restAt = Frames.after(buffer, offset);
        final int lane = MessageKind.laneBits(kind);
        final boolean sent = Frames.hasMore(buffer, restAt)
                ? pipe.offer(null, MessageKind.FRAMES | lane, buffer, restAt, offset + length - restAt)
                : pipe.offer(
                        null,
                        MessageKind.SINGLE | lane,
                        buffer,
                        Frames.body(buffer, restAt),
                        Frames.bodyLength(buffer, restAt));
        if (sent) {
            return SendResult.SENT;
        }
        if (options.mandatory()) {
            return SendResult.BACK_PRESSURED;
        }
        pipe.record().addDropped(1);
        return drop(DropCause.HIGH_WATER_MARK);
    }

    @Override
    public Pipe destination(final int kind, final DirectBuffer buffer, final int offset) {
        return peers.get(buffer, Frames.body(buffer, offset), Frames.bodyLength(buffer, offset));
    }

    private SendResult drop(final DropCause cause) {
        socket.dropped(cause, 1);
        return SendResult.SENT;
    }

    @Override
    public void requestSpace() {
        for (final Pipe pipe : pipes.all()) {
            pipe.path().requestSpace();
        }
    }

    @Override
    public boolean canSend() {
        if (!options.mandatory()) {
            return true;
        }
        for (final Pipe pipe : pipes.all()) {
            if (pipe.path().hasRoom()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean offersOnAgent() {
        return options.probe();
    }

    @Override
    public String onOpened(final Pipe pipe) {
        final byte[] announced = pipe.peer().routingId();
        final String refusal = announced.length == 0 ? registerAnonymous(pipe) : register(pipe, announced);
        if (refusal != null) {
            return refusal;
        }
        pipes.add(pipe);
        if (options.probe()) {
            Probe.send(pipe);
        }
        return null;
    }

    private String registerAnonymous(final Pipe pipe) {
        final UnsafeBuffer before = pipe.routingId();
        final boolean anonymousBefore = before.capacity() > 0 && before.getByte(0) == 0;
        if (anonymousBefore && peers.putIfAbsent(before, 0, before.capacity(), pipe) == null) {
            // Connected again: what waits from earlier and what comes now is from one peer.
            return null;
        }
        final UnsafeBuffer id = new UnsafeBuffer(new byte[RoutingIds.ANONYMOUS_LENGTH]);
        do {
            ids.writeNext(id, 0);
        } while (peers.putIfAbsent(id, 0, id.capacity(), pipe) != null);
        pipe.routingId(id);
        return null;
    }

    private String register(final Pipe pipe, final byte[] announced) {
        final UnsafeBuffer id = new UnsafeBuffer(announced);
        final Pipe present = peers.putIfAbsent(id, 0, id.capacity(), pipe);
        if (present != null && present != pipe) {
            if (!options.handover()) {
                return "routingId=already connected, limit=one peer of an id, use another id or the handover option";
            }
            peers.replace(id, 0, id.capacity(), pipe);
            present.abort(CloseReason.CLOSED_LOCALLY, "its routing id was taken over by a new peer");
        }
        pipe.routingId(id);
        return null;
    }

    @Override
    public void onLost(final Pipe pipe) {
        pipes.remove(pipe);
        peers.remove(pipe.routingId(), 0, pipe.routingId().capacity(), pipe);
        // The pipe keeps its id: messages of this peer may wait to be received still.
    }
}
