package io.sluicemq.transport.stream;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.wire.Heartbeat;
import io.sluicemq.wire.PeerMetadata;
import io.sluicemq.wire.ZmtpHandshake;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import org.agrona.DirectBuffer;

/**
 * One connection over a byte stream that speaks ZMTP: from the handshake (RFC 37) to the orderly end. A transport makes it
 * for a channel, calls {@link #start()}, and from then on {@link #onReady} for each event of the channel.
 *
 * <p>Writes that fail do not end the connection: what the peer sent before may still be read, and reading then finds the
 * end. All methods: agent thread. Calls from within the callbacks of the end are allowed.
 */
public final class StreamPipe implements Carrier, TransportContext.ReadyHandler {
    /** A peer that is refused is told so, and has this long to read it. */
    private static final long REFUSAL_LINGER_NS = 1_000_000_000L;

    /** Subscriptions are written once this much of them has gathered, not only at the end of a turn. */
    private static final int CONTROL_FLUSH_BYTES = 64 * 1024;

    private enum State {
        CONNECTING,
        HANDSHAKE,
        OPEN,
        FINISHING,
        CLOSED
    }

    private final StreamGroup group;
    private final StreamChannel channel;
    private final PipeEnd end;
    private final boolean listening;
    private final Inbound inbound;
    private final Outbound outbound;
    private final PipeTimer timer;

    private State state = State.CONNECTING;
    private ZmtpHandshake handshake;
    private Heartbeat heartbeat; // does nothing before the handshake and for peers without commands
    private PeerMetadata peer;
    private boolean takesSubscriptions;

    private boolean inTurn;
    private boolean turnRequested;
    private boolean paused;
    private boolean resumeWanted;
    private int interest = -1;

    private long deadlineNs; // of the handshake or of the end
    private boolean hasDeadline;

    private CloseReason finishReason;
    private String finishDetail;
    private boolean outputShut;
    private boolean discarding;

    /**
     * Makes a pipe that does nothing yet.
     *
     * @param group of the driver.
     * @param channel belongs to the pipe from now on.
     * @param end the socket's end; its options hold for this connection.
     * @param listening true when the connection was accepted, false when it was dialed.
     */
    public StreamPipe(
            final StreamGroup group, final StreamChannel channel, final PipeEnd end, final boolean listening) {
        this.group = group;
        this.channel = channel;
        this.end = end;
        this.listening = listening;
        heartbeat = new Heartbeat(0, 0, 0, group.context.nowNs());
        timer = new PipeTimer(group.context, this::onTimer);
        inbound = new Inbound(this, group, end);
        outbound = new Outbound(this, group, channel);
    }

    /** Begins the handshake. Once. The time for it runs from now on. */
    public void start() {
        group.add(this);
        final long timeoutNs = end.options().handshakeTimeoutNs();
        if (timeoutNs > 0) {
            setDeadline(group.context.nowNs() + timeoutNs);
        }
        onReady(0);
    }

    @Override
    public void onReady(final SelectionKey key) {
        if (key.isValid()) {
            onReady(key.readyOps());
        }
    }

    void onRequestedTurn() {
        turnRequested = false;
        int ops = 0;
        if (resumeWanted) {
            resumeWanted = false;
            if (paused) {
                paused = false;
                heartbeat.onReadingPaused(false, group.context.nowNs());
                ops = SelectionKey.OP_READ;
            }
        }
        if (outbound.failure() != null) {
            ops = SelectionKey.OP_READ;
        }
        onReady(ops);
    }

    private void requestTurn() {
        if (!turnRequested && state != State.CLOSED) {
            turnRequested = true;
            group.request(this);
        }
    }

    /**
     * Gives the pipe a turn, as the selector does, for a medium without one.
     *
     * @param readyOps what the channel is ready for, as in {@link SelectionKey}.
     */
    public void onReady(final int readyOps) {
        if (state == State.CLOSED) {
            return;
        }
        inTurn = true;
        boolean completed = false;
        try {
            if (state != State.CONNECTING || connect()) {
                if ((readyOps & SelectionKey.OP_WRITE) != 0) {
                    onRoom();
                }
                if ((readyOps & SelectionKey.OP_READ) != 0) {
                    read();
                }
                endTurn();
            }
            completed = true;
        } finally {
            inTurn = false;
            if (!completed) {
                close(CloseReason.IO_ERROR, "an exception was thrown while the connection was served");
            } else if (state == State.CLOSED) {
                releaseMemory();
            }
        }
    }

    private boolean connect() {
        try {
            if (!channel.finishConnect()) {
                updateInterest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return false;
            }
        } catch (final IOException e) {
            close(CloseReason.CONNECT_FAILED, told(e.getMessage()));
            return false;
        }
        state = State.HANDSHAKE;
        handshake = new ZmtpHandshake(end.handshake(), listening, group.context.nowNs());
        sendHandshake();
        return true;
    }

    private void onRoom() {
        outbound.drain();
        if (outbound.hasRoom() && outbound.takeRefused()) {
            end.onWritable();
        }
    }

    private void read() {
        if (!isReading()) {
            return;
        }
        try {
            if (!inbound.turn(channel)) {
                onEndOfStream();
            } else if (outbound.failure() != null && isReading() && !inbound.mayHaveMore()) {
                // Whatever the peer had sent has been read by now.
                close(CloseReason.IO_ERROR, told(outbound.failure()));
            }
        } catch (final IOException e) {
            // A peer that was refused may well hang up without waiting for our end.
            final boolean wasRefused = state == State.FINISHING && finishReason != CloseReason.CLOSED_LOCALLY;
            close(wasRefused ? finishReason : CloseReason.IO_ERROR, wasRefused ? finishDetail : told(e.getMessage()));
        } catch (final OutOfMemoryError e) {
            close(CloseReason.MESSAGE_TOO_LARGE, told(CloseTexts.outOfMemory(e)));
        }
    }

    private String told(final String text) {
        return channel.remoteAddress() + ": " + text;
    }

    private void onEndOfStream() {
        if (state == State.FINISHING) {
            close(finishReason, finishDetail);
        } else if (state != State.CLOSED) {
            close(
                    CloseReason.CLOSED_BY_PEER,
                    told(state == State.HANDSHAKE ? CloseTexts.LEFT_IN_HANDSHAKE : CloseTexts.CLOSED_BY_PEER));
        }
    }

    private void endTurn() {
        if (state == State.CLOSED) {
            return;
        }
        if (!outbound.control.isEmpty() || state == State.FINISHING) {
            outbound.drain();
        }
        if (state == State.FINISHING && !outputShut && (outbound.isDrained() || outbound.failure() != null)) {
            shutDownOutput();
        }
        afterWrite();
        armTimer();
    }

    private void shutDownOutput() {
        outputShut = true;
        try {
            channel.shutdownOutput();
        } catch (final IOException e) {
            // The peer is gone already; reading finds that out.
            requestTurn();
        }
    }

    /** Brings the interest up to date with what is wanted and was written. */
    private void afterWrite() {
        if (state == State.CLOSED || state == State.CONNECTING) {
            return;
        }
        if (outbound.failure() != null && !paused) {
            requestTurn();
        }
        updateInterest((paused ? 0 : SelectionKey.OP_READ) | (outbound.wantsToWrite() ? SelectionKey.OP_WRITE : 0));
    }

    private void updateInterest(final int ops) {
        if (interest != ops) {
            interest = ops;
            channel.interest(ops);
        }
    }

    // The handshake.

    boolean isShakingHands() {
        return state == State.HANDSHAKE;
    }

    int onHandshakeBytes(final DirectBuffer buffer, final int offset, final int length) {
        final int consumed = handshake.receive(buffer, offset, length);
        sendHandshake();
        if (handshake.state() == ZmtpHandshake.State.COMPLETE) {
            open(handshake.peer());
        } else if (handshake.state() == ZmtpHandshake.State.FAILED) {
            refuse();
        }
        return consumed;
    }

    private void sendHandshake() {
        outbound.control.putHandshake(handshake);
        outbound.drain();
    }

    private void open(final PeerMetadata who) {
        state = State.OPEN;
        peer = who;
        handshake = null;
        hasDeadline = false;
        final SocketType own = end.handshake().socketType();
        takesSubscriptions = own == SocketType.PUB || own == SocketType.XPUB;
        if (peer.takesCommands()) {
            final PipeOptions.HeartbeatOptions options = end.options().heartbeat();
            heartbeat =
                    new Heartbeat(options.intervalNs(), options.timeoutNs(), options.ttlNs(), group.context.nowNs());
        }
        end.onOpen(this, peer);
    }

    private void refuse() {
        final long graceNs = group.context.nowNs() + REFUSAL_LINGER_NS;
        discarding = true;
        beginFinish(
                CloseTexts.reasonOf(handshake.failure()),
                told(handshake.failureText()),
                hasDeadline && deadlineNs - graceNs < 0 ? deadlineNs : graceNs);
    }

    // What the way in tells.

    boolean isClosed() {
        return state == State.CLOSED;
    }

    boolean isReading() {
        return !paused && state != State.CLOSED && state != State.CONNECTING;
    }

    boolean isDelivering() {
        return isReading() && state != State.HANDSHAKE && !discarding;
    }

    boolean isDiscarding() {
        return discarding;
    }

    boolean takesSubscriptions() {
        return takesSubscriptions;
    }

    void onBytesReceived() {
        heartbeat.onBytesReceived(group.context.nowNs());
    }

    /** The end has refused a message; false when it need not be kept, as the pipe is at its end. */
    boolean pauseReading() {
        if (state == State.CLOSED) {
            return false;
        }
        if (state == State.FINISHING) {
            discarding = true;
            return false;
        }
        paused = true;
        heartbeat.onReadingPaused(true, group.context.nowNs());
        return true;
    }

    void onPing(final int ttlDeciseconds, final DirectBuffer buffer, final int offset, final int length) {
        heartbeat.onPing(ttlDeciseconds, group.context.nowNs());
        if (!outputShut) {
            outbound.control.putPong(buffer, offset, length);
        }
    }

    void onError(final String reason) {
        close(CloseReason.REFUSED, told("refused the connection, reason=" + reason));
    }

    void onProtocolError(final CloseReason reason, final String detail) {
        close(reason, told(detail));
    }

    // Timers.

    private void setDeadline(final long atNs) {
        deadlineNs = atNs;
        hasDeadline = true;
    }

    private void armTimer() {
        if (hasDeadline) {
            timer.schedule(deadlineNs);
        }
        if (state == State.OPEN) {
            final long nextNs = heartbeat.nextDeadlineNs();
            if (nextNs != Heartbeat.NO_DEADLINE) {
                timer.schedule(nextNs);
            }
        }
    }

    private void onTimer() {
        final long nowNs = group.context.nowNs();
        if (state == State.CLOSED || !timer.isDue(nowNs)) {
            return;
        }
        if (hasDeadline && nowNs - deadlineNs >= 0) {
            onDeadline();
        } else if (state == State.OPEN) {
            final Heartbeat.Action action = heartbeat.poll(nowNs);
            if (action == Heartbeat.Action.TIMED_OUT) {
                close(CloseReason.HEARTBEAT_TIMED_OUT, told(CloseTexts.SILENT));
            } else if (action == Heartbeat.Action.SEND_PING) {
                outbound.control.putPing(heartbeat.ttlDeciseconds());
            }
        }
        onReady(0);
    }

    private void onDeadline() {
        if (state == State.FINISHING) {
            close(finishReason, finishDetail + ", and the peer did not end its side in time");
        } else {
            final long limitNs = end.options().handshakeTimeoutNs();
            close(CloseReason.HANDSHAKE_TIMED_OUT, told(CloseTexts.handshakeTimedOut(limitNs)));
        }
    }

    // The carrier.

    @Override
    public String remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (state != State.OPEN && !(state == State.FINISHING && outbound.isMessagePartlyWritten())) {
            return false;
        }
        if (outbound.offer(kind, buffer, offset, length)) {
            return true;
        }
        afterWrite();
        return false;
    }

    @Override
    public void flush() {
        outbound.drain();
        if (state == State.FINISHING) {
            requestTurn();
        }
        afterWrite();
    }

    @Override
    public void subscription(final boolean subscribe, final DirectBuffer prefix, final int length) {
        if (state != State.OPEN) {
            return;
        }
        outbound.control.putSubscription(peer, subscribe, prefix, length);
        if (outbound.control.length() >= CONTROL_FLUSH_BYTES) {
            outbound.drain();
        }
        requestTurn();
    }

    @Override
    public void resumeReading() {
        resumeWanted = true;
        requestTurn();
    }

    @Override
    public boolean isDrained() {
        return outbound.isDrained();
    }

    @Override
    public void finish(final long untilNs) {
        if (state == State.OPEN) {
            beginFinish(CloseReason.CLOSED_LOCALLY, "closed by this side", untilNs);
        }
    }

    private void beginFinish(final CloseReason reason, final String detail, final long untilNs) {
        state = State.FINISHING;
        finishReason = reason;
        finishDetail = detail;
        handshake = null;
        setDeadline(untilNs);
        resumeWanted = true;
        requestTurn();
    }

    @Override
    public void abort(final CloseReason reason, final String detail) {
        close(reason, detail);
    }

    private void close(final CloseReason reason, final String detail) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        timer.cancel();
        final long unsent = outbound.unsentMessages();
        channel.close();
        group.remove(this);
        if (!inTurn) {
            releaseMemory();
        }
        end.onClosed(reason, detail, unsent);
    }

    /** Not while a callback may still be looking at the memory. */
    private void releaseMemory() {
        inbound.release();
        outbound.release();
    }
}
