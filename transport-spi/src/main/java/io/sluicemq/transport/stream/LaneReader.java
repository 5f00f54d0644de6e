package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.wire.CommandReader;
import java.io.IOException;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;

/**
 * The way in of messages on a stream beside the one of their connection, for a medium that has several: frames of messages as in
 * RFC 37, counted in the connection's account, and no commands but X-APART. Trouble with it is trouble with the connection. Agent.
 */
public final class LaneReader extends InboundPipe {
    private final StreamPipe connection;
    private final StreamChannel channel;
    private final Inbound inbound;
    private final LongPredicate onApart;
    private boolean paused;
    private boolean refused; // something, that is to be offered again
    private boolean ended;
    private boolean closed;
    private boolean inTurn;
    private long apart;

    /**
     * Makes a reader.
     *
     * @param group of the driver.
     * @param channel of which only what concerns reading is called.
     * @param connection in whose account the messages are counted.
     * @param end takes the messages; what it refuses is offered again after {@link #resume()}.
     * @param onApart asked for the message of this number, which is to be handed over here; false to be asked again after {@link
     *     #resume()}.
     */
    public LaneReader(
            final StreamGroup group,
            final StreamChannel channel,
            final StreamPipe connection,
            final PipeEnd end,
            final LongPredicate onApart) {
        this.connection = connection;
        this.channel = channel;
        this.onApart = onApart;
        this.inbound = new Inbound(this, group, end);
    }

    /** Reads what is there. Breaks the connection off if that cannot be right. */
    public void turn() {
        if (!isReading()) {
            return;
        }
        boolean completed = false;
        inTurn = true;
        refused = false;
        try {
            ended |= !inbound.turn(channel);
            completed = true;
        } catch (final IOException e) {
            connection.onPeerError(StreamException.reasonOf(e, CloseReason.IO_ERROR), e.getMessage());
            completed = true;
        } catch (final OutOfMemoryError e) {
            connection.onPeerError(CloseReason.MESSAGE_TOO_LARGE, CloseTexts.outOfMemory(e));
            completed = true;
        } finally {
            inTurn = false;
            if (closed) {
                inbound.release();
            }
            if (!completed) {
                connection.abort(CloseReason.IO_ERROR, "an exception was thrown while a lane was served");
            }
        }
    }

    /**
     * Whether another turn would bring something at once.
     *
     * @return false while it is paused.
     */
    public boolean hasMore() {
        return isReading() && (refused || channel.hasBuffered());
    }

    /** There is room again for what was refused. A turn follows. */
    public void resume() {
        paused = false;
    }

    /**
     * Whether the peer has ended the stream, and all of it was handed over.
     *
     * @return true at the end.
     */
    public boolean hasEnded() {
        return ended;
    }

    /**
     * Whether this side ends the connection, so that what has no room is discarded.
     *
     * @return true from the beginning of the end on.
     */
    public boolean isFinishing() {
        return connection.isFinishing();
    }

    /** A message that the end took will reach nobody: counted so. */
    public void discard() {
        account().onDiscarded();
    }

    /** Nothing is read any more. Not while a callback may still be looking at the memory, which goes behind it. */
    public void close() {
        closed = true;
        if (!inTurn) {
            inbound.release();
        }
    }

    @Override
    boolean isReading() {
        return !paused && !ended && !closed;
    }

    @Override
    boolean isDelivering() {
        return isReading();
    }

    @Override
    boolean isClosed() {
        return closed;
    }

    @Override
    boolean pauseReading() {
        if (closed) {
            return false;
        }
        if (connection.isFinishing()) {
            discarding = true;
            return false;
        }
        pauseForCommand();
        return true;
    }

    @Override
    void pauseForCommand() {
        paused = true;
        refused = true;
    }

    @Override
    void onBytesRead() {
        connection.onBytesRead();
    }

    @Override
    Account account() {
        return connection.account();
    }

    @Override
    void onPeerError(final CloseReason reason, final String detail) {
        connection.onPeerError(reason, detail);
    }

    @Override
    boolean onCommand(final CommandReader.Kind kind, final CommandReader command, final DirectBuffer buffer) {
        if (kind != CommandReader.Kind.APART) {
            onPeerError(
                    CloseReason.PROTOCOL_ERROR,
                    "laneCommand=" + kind + ", limit=X-APART, the peer breaks the protocol: see docs/wire-quic.md");
            return true;
        }
        apart = command.number();
        return onCommandAgain();
    }

    @Override
    boolean onCommandAgain() {
        return onApart.test(apart);
    }
}
