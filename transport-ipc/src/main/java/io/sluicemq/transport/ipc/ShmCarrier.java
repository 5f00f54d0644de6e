package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.SharedCarrier;
import io.sluicemq.wire.FrameHeader;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;

/** An open connection through shared memory: writes one ring, and hands the other one to the socket. */
final class ShmCarrier implements SharedCarrier {
    private final ShmConnection connection;
    private final Executor agent;
    private final ShmWriter writer;
    private final List<PolledRing> incoming;

    /** What {@link #reportSent} has told; any thread adds to it. */
    private final AtomicLong toldMessages = new AtomicLong();

    private final AtomicLong toldBytes = new AtomicLong();

    // Agent only.
    private boolean refused;
    private boolean largeBegun;

    ShmCarrier(final ShmConnection connection, final Executor agent, final ShmWriter writer, final ShmReader reader) {
        this.connection = connection;
        this.agent = agent;
        this.writer = writer;
        this.incoming = List.of(reader);
    }

    @Override
    public List<PolledRing> incoming() {
        return incoming;
    }

    @Override
    public Offer offerShared(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        try {
            return switch (writer.offerShared(prefix, kind, buffer, offset, length)) {
                case ShmWriter.TAKEN -> Offer.TAKEN;
                case ShmWriter.FULL -> Offer.FULL;
                default -> Offer.BY_CARRIER;
            };
        } catch (final InternalError e) {
            onGone();
            return Offer.BY_CARRIER;
        }
    }

    @Override
    public boolean hasRoom() {
        return writer.hasRoom();
    }

    @Override
    public void requestSpace() {
        writer.requestSpace();
    }

    @Override
    public long waiting() {
        return writer.waiting();
    }

    @Override
    public void reportSent(final SentListener listener) {
        final long bytes = writer.sentBytes();
        // Until the end, what the peer has not taken waits, as it does in process.
        final long waiting = writer.isClosed() ? 0 : writer.waiting();
        final long messages = writer.sentMessages() - waiting;
        final long moreMessages = messages - toldMessages.getAndAccumulate(messages, Math::max);
        final long moreBytes = bytes - toldBytes.getAndAccumulate(bytes, Math::max);
        if (moreMessages > 0 || moreBytes > 0) {
            listener.onSent(Math.max(0, moreMessages), Math.max(0, moreBytes));
        }
    }

    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        try {
            return connection.isOpen() && offerTwice(kind, buffer, offset, length);
        } catch (final InternalError e) {
            onGone();
            return false;
        }
    }

    private boolean offerTwice(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (offerOnce(kind, buffer, offset, length)) {
            return true;
        }
        // Asked for, then looked at once more: what was given back in between is told to nobody.
        writer.requestSpace();
        refused = !offerOnce(kind, buffer, offset, length);
        if (refused) {
            connection.lookForRoom();
        }
        return !refused;
    }

    private boolean offerOnce(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (largeBegun) {
            return offerLarge(kind, buffer, offset, length);
        }
        return switch (writer.offer(null, kind, buffer, offset, length)) {
            case ShmWriter.TAKEN -> true;
            case ShmWriter.TOO_LARGE -> offerLarge(kind, buffer, offset, length);
            default -> false;
        };
    }

    /** Any thread: so the JVM tells of memory that is gone, as the peer has truncated its file. */
    private void onGone() {
        agent.execute(connection::fail);
    }

    private boolean offerLarge(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        largeBegun = !writer.offerLarge(kind & (MessageKind.SINGLE | MessageKind.FRAMES), buffer, offset, length);
        return !largeBegun;
    }

    /**
     * A message larger than a record is not begun: the caller keeps what is not taken in another place, and goes on from there with
     * {@link #offer}.
     */
    @Override
    public int offerBatch(final DirectBuffer buffer, final int offset, final int length, final int count) {
        try {
            return connection.isOpen() && !largeBegun ? offerWhole(buffer, offset, count) : 0;
        } catch (final InternalError e) {
            // The connection is over, and what has gone is lost with it.
            onGone();
            return 0;
        }
    }

    private int offerWhole(final DirectBuffer buffer, final int offset, final int count) {
        int at = offset;
        int taken = 0;
        boolean asked = false;
        while (taken < count) {
            final int end = FrameHeader.messageEnd(buffer, at);
            final int result = offerOfBatch(buffer, at, end);
            if (result == ShmWriter.TAKEN) {
                taken++;
                at = end;
            } else if (result == ShmWriter.TOO_LARGE) {
                // There may be room, of which nobody would tell.
                agent.execute(connection.end()::onWritable);
                return taken;
            } else if (asked) {
                refused = true;
                connection.lookForRoom();
                return taken;
            } else {
                asked = true;
                writer.requestSpace();
            }
        }
        return taken;
    }

    /** A single frame goes without its header, as it does by {@link #offer}: the peer reads and counts it as it was sent. */
    private int offerOfBatch(final DirectBuffer buffer, final int at, final int end) {
        final int flags = FrameHeader.flags(buffer, at);
        if (FrameHeader.isMore(flags)) {
            return writer.offer(null, MessageKind.FRAMES, buffer, at, end - at);
        }
        final int body = at + FrameHeader.length(flags);
        return writer.offer(null, MessageKind.SINGLE, buffer, body, end - body);
    }

    /** Agent: whether an offer of the agent was refused; it is told once. */
    boolean takeRefused() {
        final boolean was = refused;
        refused = false;
        return was;
    }

    @Override
    public void flush() {
        // Each message is where the peer finds it.
    }

    @Override
    public void subscription(final boolean subscribe, final DirectBuffer prefix, final int length) {
        if (connection.isOpen()) {
            connection.send(
                    subscribe ? ControlFrame.SUBSCRIBE : ControlFrame.CANCEL, ControlFrame.topic(prefix, length));
        }
    }

    @Override
    public long number() {
        return 0;
    }

    @Override
    public void receivedEarlier(final long peerNumber, final long messages) {
        // The account is settled from the memory itself.
    }

    @Override
    public void resumeReading() {
        connection.resumeControl();
    }

    @Override
    public boolean isDrained() {
        return !largeBegun;
    }

    @Override
    public void finish(final long deadlineNs) {
        connection.finish(deadlineNs);
    }

    @Override
    public void abort(final CloseReason reason, final String detail) {
        connection.abort(reason, detail);
    }
}
