package io.sluicemq.transport.stream;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.wire.CommandReader;
import io.sluicemq.wire.HandshakeConfig;
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
public final class StreamPipe extends InboundPipe implements Carrier, TransportContext.ReadyHandler {
    private enum State {
        CONNECTING,
        HANDSHAKE,
        OPEN,
        FINISHING,
        CLOSED
    }

    private final StreamGroup group;
    final StreamChannel channel;
    private final PipeEnd end;
    private final boolean listening;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Liveness liveness;
    private final Account account;
    private final PipeCommands commands;
    private final Interest interest;

    private State state = State.CONNECTING;
    private ZmtpHandshake handshake;
    private PeerMetadata peer;
    private boolean inTurn;
    private boolean turnRequested;
    private boolean paused;
    private boolean resumeWanted;
    private CloseReason finishReason;
    private String finishDetail;
    private boolean inputEnded; // and the last count is on its way out

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
        final PipeTimes times = new PipeTimes(this, end.options().handshakeTimeoutNs());
        liveness = new Liveness(group.context, times::onTimer);
        inbound = new Inbound(this, group, end);
        outbound = new Outbound(this::flush, group, channel);
        account = new Account(group, end, outbound, times::onTellTimer);
        times.of(liveness, account, outbound.control);
        commands = new PipeCommands(this, outbound, liveness, account);
        interest = new Interest(channel);
    }

    /** Begins the handshake. Once. The time for it runs from now on. */
    public void start() {
        group.add(this);
        channel.turns(this::requestTurn);
        final long timeoutNs = end.options().handshakeTimeoutNs();
        if (timeoutNs > 0) {
            liveness.deadline(group.context.nowNs() + timeoutNs);
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
        if (resumeWanted && paused) {
            paused = false;
            liveness.onReadingPaused(false);
            ops = SelectionKey.OP_READ;
        }
        resumeWanted = false;
        if (outbound.failure() != null || channel.hasBuffered()) {
            ops = SelectionKey.OP_READ;
        }
        onReady(ops);
    }

    private void requestTurn() {
        if (!turnRequested && state != State.CLOSED) {
            group.request(this);
            turnRequested = true;
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
                    outbound.drain();
                    if (outbound.hasRoom() && outbound.takeRefused()) {
                        end.onWritable();
                    }
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
                abort(CloseReason.IO_ERROR, "an exception was thrown while the connection was served");
            } else if (state == State.CLOSED) {
                releaseMemory();
            }
        }
    }

    private boolean connect() {
        try {
            if (!channel.finishConnect()) {
                interest.update(channel.connectOps());
                liveness.arm(false);
                return false;
            }
        } catch (final IOException e) {
            abort(StreamException.reasonOf(e, CloseReason.CONNECT_FAILED), told(e.getMessage()));
            return false;
        }
        state = State.HANDSHAKE;
        final HandshakeConfig own = end.handshake().with(channel.properties());
        handshake = new ZmtpHandshake(own, listening, group.context.nowNs(), channel::attributes, channel.isEager());
        outbound.control.putHandshake(handshake);
        if (handshake.saysAllAtOnce()) {
            end.onEarly(this);
        }
        outbound.drain();
        return true;
    }

    private void read() {
        if (!isReading()) {
            return;
        }
        try {
            if (!inbound.turn(channel)) {
                onEndOfStream();
            } else if (outbound.failure() != null && isReading() && !inbound.mayHaveMore(channel)) {
                // Whatever the peer had sent has been read by now.
                abort(CloseReason.IO_ERROR, told(outbound.failure()));
            }
        } catch (final IOException e) {
            // A peer that was refused, or told the end, may well hang up before ours, or its own, has come.
            final CloseReason reason = StreamException.reasonOf(e, CloseReason.IO_ERROR);
            final boolean expected = state == State.FINISHING
                    && (finishReason != CloseReason.CLOSED_LOCALLY || reason == CloseReason.CLOSED_BY_PEER);
            abort(expected ? finishReason : reason, expected ? finishDetail : told(e.getMessage()));
        } catch (final OutOfMemoryError e) {
            abort(CloseReason.MESSAGE_TOO_LARGE, told(CloseTexts.outOfMemory(e)));
        }
    }

    private String told(final String text) {
        return channel.remoteAddress() + ": " + text;
    }

    private void onEndOfStream() {
        if (state == State.FINISHING) {
            if (outbound.isShut() && outbound.failure() == null && channel.isFlushed()) {
                account.onEndedInOrder();
            }
            account.tellLast();
            inputEnded = true;
        } else if (state != State.CLOSED) {
            abort(
                    CloseReason.CLOSED_BY_PEER,
                    told(state == State.HANDSHAKE ? CloseTexts.LEFT_IN_HANDSHAKE : CloseTexts.CLOSED_BY_PEER));
        }
    }

    private void endTurn() {
        if (state == State.CLOSED) {
            return;
        }
        account.endTurn();
        if (!outbound.control.isEmpty() || state == State.FINISHING) {
            outbound.drain();
        }
        final boolean allGone = outbound.isDrained() || outbound.failure() != null;
        if (inputEnded && (allGone || !account.hasEnded())) {
            abort(finishReason, finishDetail);
            return;
        }
        if (state == State.FINISHING && !outbound.isShut() && allGone && !account.sayEnd()) {
            shutDownOutput();
        }
        if (channel.hasBuffered() && isReading()) {
            requestTurn();
        }
        afterWrite();
        liveness.arm(state == State.OPEN);
    }

    private void shutDownOutput() {
        if (!outbound.shutDown()) {
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
        interest.update((paused || inputEnded ? 0 : SelectionKey.OP_READ)
                | (outbound.wantsToWrite() ? SelectionKey.OP_WRITE : 0));
    }

    // The handshake.

    @Override
    boolean isShakingHands() {
        return state == State.HANDSHAKE;
    }

    @Override
    int onHandshakeBytes(final DirectBuffer buffer, final int offset, final int length) {
        final int consumed = handshake.receive(buffer, offset, length);
        outbound.control.putHandshake(handshake);
        outbound.drain();
        if (handshake.state() == ZmtpHandshake.State.COMPLETE) {
            open(handshake.peer());
        } else if (handshake.state() == ZmtpHandshake.State.FAILED) {
            skipping = true;
            beginFinish(
                    CloseReason.of(handshake.failure()),
                    told(handshake.failureText()),
                    liveness.atMost(group.context.nowNs() + Liveness.REFUSAL_LINGER_NS));
        }
        return consumed;
    }

    private void open(final PeerMetadata who) {
        state = State.OPEN;
        peer = who;
        handshake = null;
        liveness.noDeadline();
        channel.onPeer(who);
        if (peer.takesCommands()) {
            liveness.startHeartbeat(end.options().heartbeat());
        }
        account.open(end.handshake(), peer);
        end.onOpen(this, peer);
    }

    // What the way in tells.

    @Override
    boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    boolean isReading() {
        return !paused && !inputEnded && state != State.CLOSED && state != State.CONNECTING;
    }

    @Override
    boolean isDelivering() {
        return isReading() && state != State.HANDSHAKE && !skipping;
    }

    @Override
    boolean pauseReading() {
        if (state == State.CLOSED) {
            return false;
        }
        if (state == State.FINISHING) {
            discarding = true;
            return false;
        }
        paused = true;
        liveness.onReadingPaused(true);
        return true;
    }

    @Override
    boolean onCommand(final CommandReader.Kind kind, final CommandReader command, final DirectBuffer buffer) {
        commands.on(kind, command, buffer);
        return true;
    }

    /** The peer ends the connection behind its last message. */
    void onPeerEnd() {
        if (state == State.OPEN) {
            final long untilNs = group.context.nowNs() + Liveness.PEER_END_NS;
            beginFinish(CloseReason.CLOSED_BY_PEER, told(CloseTexts.CLOSED_BY_PEER), untilNs);
        }
    }

    @Override
    void onBytesRead() {
        liveness.onBytesReceived();
        group.onBytesRead(this);
    }

    @Override
    Account account() {
        return account;
    }

    @Override
    void onPeerError(final CloseReason reason, final String detail) {
        abort(reason, told(detail));
    }

    void onUnfinished() {
        abort(finishReason, finishDetail + ", and the peer did not end its side in time");
    }

    // The carrier.

    @Override
    public String remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final boolean ready = state == State.OPEN || (state == State.FINISHING && outbound.isMessagePartlyWritten());
        return ready && counted(outbound.offer(kind, buffer, offset, length), 1, length);
    }

    @Override
    public boolean offerEarly(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return state == State.HANDSHAKE
                && length <= Carrier.MAX_EARLY_BYTES
                && channel.takesMessageEarly()
                && counted(outbound.offer(kind, buffer, offset, length), 1, length);
    }

    @Override
    public int offerBatch(final DirectBuffer buffer, final int offset, final int length, final int count) {
        return state == State.OPEN && counted(outbound.offerBatch(buffer, offset, length), count, length) ? count : 0;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isFinishing() {
        return state == State.FINISHING;
    }

    boolean isOutputShut() {
        return outbound.isShut();
    }

    private boolean counted(final boolean taken, final int messages, final int bytes) {
        if (taken) {
            account.onOffered(messages, bytes);
        } else {
            afterWrite();
        }
        return taken;
    }

    @Override
    public void flush() {
        outbound.drain();
        account.onFlush();
        if (state == State.FINISHING) {
            requestTurn();
        }
        afterWrite();
    }

    @Override
    public void subscription(final boolean subscribe, final DirectBuffer prefix, final int length) {
        if (state != State.OPEN && !(state == State.HANDSHAKE && handshake.saysAllAtOnce())) {
            return;
        }
        outbound.control.putSubscription(peer, subscribe, prefix, length);
        if (outbound.control.isWorthAWrite()) {
            outbound.drain();
        }
        requestTurn();
    }

    @Override
    public long number() {
        return account.number();
    }

    @Override
    public boolean hasPeerBegun() {
        return account.hasPeerBegun();
    }

    @Override
    public void receivedEarlier(final long peerNumber, final long messages) {
        account.tellEarlier(peerNumber, messages);
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
        liveness.deadline(untilNs);
        resumeWanted = true;
        requestTurn();
    }

    @Override
    public void abort(final CloseReason reason, final String detail) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        liveness.cancel();
        account.tellLast();
        // What was offered early is the end's as long as nobody was there.
        final long unsent = peer == null ? 0 : outbound.unsentMessages() + channel.unsentMessages();
        try {
            channel.close();
        } finally {
            // Also when there is no memory for a last word: nobody else ends the pipe.
            group.remove(this);
            if (!inTurn) {
                releaseMemory();
            }
            account.close(reason, detail, unsent);
        }
    }

    /** Not while a callback may still be looking at the memory. */
    private void releaseMemory() {
        inbound.release();
        outbound.release();
    }
}
