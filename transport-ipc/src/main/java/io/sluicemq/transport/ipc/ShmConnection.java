package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.Channels;
import io.sluicemq.transport.stream.Visit;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One peer over shared memory: its control socket, from the first byte to the end. A ZMTP handshake says who is there; then the
 * two agree on the memory ({@link ShmJoin}); then only wake-ups, subscriptions and the end go over the socket. That the socket ends is how the
 * death of a peer is noticed. Agent, unless said.
 */
final class ShmConnection implements TransportContext.ReadyHandler, ControlInput.Listener {
    /** How long a peer that was refused gets to read why. */
    private static final long REFUSAL_LINGER_NS = 1_000_000_000L;

    /** How long one who has ended its side waits for the word that the peer answers for what it has not taken. */
    private static final long TAKEN_LIMIT_NS = 10_000_000_000L;

    /** Each so many looks, one that does not read finds out whether the peer is there still. */
    private static final int RETRIES_TO_POKE = 50;

    /** Looks for room, or for an end, that no signal tells of. */
    private static final long RETRY_NS = 10_000_000L;

    private final ShmDriver driver;
    private final TransportContext context;
    private final SocketChannel channel;
    private final String remoteAddress;
    private final PipeEnd end;
    private final ShmHandshake handshake;
    private final ShmJoin join;
    private final Deadline deadline;
    private final ControlOutput output;
    private final ControlInput input = new ControlInput(this);
    private SelectionKey key;

    private ShmState state = ShmState.HANDSHAKE;
    private PeerMetadata peer;
    private ShmMemory memory;
    private boolean paused;
    private boolean retryScheduled;
    private int retries;
    private boolean roomSignalled;
    private CloseReason refusal;
    private String refusalText;

    ShmConnection(
            final ShmDriver driver,
            final SocketChannel channel,
            final ShmJoin join,
            final String remoteAddress,
            final PipeEnd end,
            final Map<String, String> attributes) {
        this.driver = driver;
        this.context = driver.context();
        this.deadline = new Deadline(context);
        this.channel = channel;
        this.remoteAddress = remoteAddress;
        this.end = end;
        this.join = join;
        this.handshake = new ShmHandshake(this, driver, join.isListening(), attributes);
        this.output = new ControlOutput(channel, this::onOutputBlocked);
    }

    /** Begins the handshake. Once. */
    void start() throws IOException {
        key = context.register(channel, SelectionKey.OP_READ, this);
        driver.add(this);
        final long timeoutNs = end.options().handshakeTimeoutNs();
        if (timeoutNs > 0) {
            deadline.set(context.nowNs() + timeoutNs, this::onHandshakeTimeout);
        }
        handshake.start();
    }

    String remoteAddress() {
        return remoteAddress;
    }

    boolean isOpen() {
        return state == ShmState.OPEN;
    }

    @Override
    public boolean isListening() {
        return state != ShmState.CLOSED && state != ShmState.REFUSING;
    }

    // The socket.

    @Override
    public void onReady(final SelectionKey ready) {
        boolean completed = false;
        try {
            if (ready.isValid() && ready.isWritable()) {
                onWritable();
            }
            if (state != ShmState.CLOSED && ready.isValid() && ready.isReadable()) {
                read();
            }
            completed = true;
        } finally {
            if (!completed) {
                fail();
            }
        }
    }

    private void onWritable() {
        try {
            output.onWritable();
        } catch (final IOException e) {
            // What the peer had sent, such as why it left, is read first.
        }
        flush();
    }

    private void read() {
        final ByteBuffer buffer = driver.readBuffer();
        int bytes = 1;
        try {
            // Not to the end in one turn: a peer that floods us is not the only one.
            buffer.clear();
            bytes = channel.read(buffer);
        } catch (final IOException e) {
            onEndOfStream(e.getMessage());
            return;
        }
        if (bytes < 0) {
            onEndOfStream(null);
        } else if (bytes > 0 && state != ShmState.REFUSING) {
            input.add(buffer.flip());
            consume();
        }
    }

    private void consume() {
        if (state == ShmState.HANDSHAKE) {
            handshake.receive(input);
        }
        if (state == ShmState.JOINING
                || state == ShmState.OPEN
                || state == ShmState.FINISHING
                || state == ShmState.LEAVING) {
            paused = !input.parse();
            if (roomSignalled && state != ShmState.CLOSED) {
                roomSignalled = false;
                onRoom();
            }
            if (paused) {
                updateInterest();
                retryLater();
            }
        }
    }

    /** The handshake is done: both know who is there, and the memory is next. */
    void onShaken(final PeerMetadata metadata) {
        peer = metadata;
        state = ShmState.JOINING;
        final String refusal = end.sharedRefusal();
        if (refusal == null) {
            join.begin(this);
        } else {
            // Before there is memory: the peer has sent nothing yet that would be lost.
            send(ControlFrame.REFUSED, refusal.getBytes(StandardCharsets.UTF_8));
            refuse(CloseReason.REFUSED, refusal);
        }
    }

    /** Sends what is no frame. */
    void sendRaw(final byte[] bytes, final int length) {
        output.putRaw(bytes, length);
        flush();
    }

    private void flush() {
        try {
            if (output.flush() && state == ShmState.REFUSING) {
                channel.shutdownOutput();
            }
        } catch (final IOException e) {
            // What the peer had sent, such as why it left, is read first.
        }
        updateInterest();
    }

    /** Any thread. */
    private void onOutputBlocked() {
        context.agent().execute(this::flush);
    }

    private void updateInterest() {
        if (state != ShmState.CLOSED && key != null && key.isValid()) {
            key.interestOps((paused ? 0 : SelectionKey.OP_READ) | (output.isBlocked() ? SelectionKey.OP_WRITE : 0));
        }
    }

    // Frames.

    @Override
    public void onSignal(final int type) {
        if (memory == null) {
            return;
        }
        switch (type) {
            case ControlFrame.WAKE -> memory.reader().onWake();
            case ControlFrame.ROOM -> roomSignalled = true;
            default -> onTaken();
        }
    }

    @Override
    public boolean onFrame(final int type, final byte[] body) {
        switch (type) {
            case ControlFrame.SUBSCRIBE, ControlFrame.CANCEL -> {
                if (memory == null) {
                    onMalformed("subscription before the memory was joined, limit=afterwards");
                    return true;
                }
                return state == ShmState.FINISHING
                        || end.onSubscription(type == ControlFrame.SUBSCRIBE, driver.wrap(body), 0, body.length);
            }
            case ControlFrame.RING, ControlFrame.JOINED -> {
                if (state == ShmState.JOINING) {
                    join.onFrame(type, body);
                } else {
                    onMalformed("controlFrameType=" + type + ", limit=once, see whether the peer is a SluiceMQ socket");
                }
            }
            case ControlFrame.END -> onPeerEnd(body);
            case ControlFrame.ERROR ->
                close(CloseReason.PROTOCOL_ERROR, "the peer says: " + ShmTexts.printable(body, 0, body.length));
            case ControlFrame.REFUSED ->
                close(CloseReason.REFUSED, "the peer refused: " + ShmTexts.printable(body, 0, body.length));
            default -> onPeerRefusal(body);
        }
        return true;
    }

    /** A ZMTP command in place of a frame: the peer has looked at our handshake, and does not want us. */
    private void onPeerRefusal(final byte[] command) {
        if (state == ShmState.JOINING) {
            close(CloseReason.REFUSED, "the peer refused: " + ShmTexts.reasonOfError(command));
        } else {
            onMalformed("controlFrameType=4, limit=right behind the handshake");
        }
    }

    @Override
    public void onMalformed(final String text) {
        breakOff(CloseReason.PROTOCOL_ERROR, text);
    }

    /** Ends a connection whose peer breaks the rules or our limits, and tells it why; false if it was over. */
    boolean breakOff(final CloseReason reason, final String text) {
        if (state == ShmState.CLOSED) {
            return false;
        }
        send(ControlFrame.ERROR, text.getBytes(StandardCharsets.UTF_8));
        close(reason, text);
        return true;
    }

    void send(final int type, final byte[] body) {
        output.put(type, body);
        flush();
    }

    /** Any thread. */
    void signal(final int type) {
        output.signal(type);
    }

    void resumeControl() {
        context.schedule(context.nowNs(), this::resume);
    }

    private void resume() {
        if (paused && state != ShmState.CLOSED) {
            paused = false;
            consume();
            updateInterest();
        }
    }

    // The memory.

    /** The peer and we have the same memory. */
    void onJoined(final ShmFile file, final int direction, final Marks marks) {
        memory = new ShmMemory(this, context, file, direction, marks);
        state = ShmState.OPEN;
        deadline.cancel();
        input.allowLargeBodies();
        end.onOpen(memory.carrier(), peer);
    }

    PipeEnd end() {
        return end;
    }

    private void onRoom() {
        if (memory.carrier().takeRefused() || state == ShmState.OPEN) {
            end.onWritable();
        }
    }

    /** The agent waits for room; a signal comes with it, unless another thread was in its turn when it was asked for. */
    void lookForRoom() {
        retryLater();
    }

    private void retryLater() {
        if (!retryScheduled) {
            retryScheduled = true;
            context.schedule(context.nowNs() + RETRY_NS, this::retry);
        }
    }

    private void retry() {
        retryScheduled = false;
        if (memory == null || state == ShmState.CLOSED) {
            return;
        }
        memory.reader().lookAgain();
        if (memory.carrier().takeRefused()) {
            end.onWritable();
        }
        if (paused) {
            // Signals may wait behind what the socket has no room for.
            end.onWritable();
            poke();
        }
    }

    /** The end of a peer stands behind what is not read; but what is written to one that is gone fails. */
    private void poke() {
        retries++;
        if (retries % RETRIES_TO_POKE == 0) {
            output.signal(ControlFrame.ROOM);
        }
        if (output.hasEnded()) {
            onEndOfStream(null);
        } else {
            retryLater();
        }
    }

    /** Now and then. */
    void lookAgain() {
        if (memory != null && !memory.lookAgain()) {
            breakOff(CloseReason.PROTOCOL_ERROR, told(memory.goneText()));
        }
    }

    // The end.

    void finish(final long deadlineNs) {
        if (state != ShmState.OPEN) {
            return;
        }
        state = ShmState.FINISHING;
        sendEnd();
        deadline.set(deadlineNs, () -> close(CloseReason.CLOSED_LOCALLY, ShmTexts.NO_END));
        // The peer's end may stand behind a subscription that waits for room, and has no more need of it.
        resumeControl();
    }

    private void sendEnd() {
        final long claimed = memory.endWriting();
        send(ControlFrame.END, ByteBuffer.allocate(Long.BYTES).putLong(claimed).array());
    }

    private void onPeerEnd(final byte[] body) {
        if (memory == null || body.length != Long.BYTES || memory.hasPeerEnded()) {
            onMalformed("endBytes=" + body.length + ", limit=8, once, and behind the handshake");
            return;
        }
        memory.onPeerEnd(ByteBuffer.wrap(body).getLong());
        if (state == ShmState.FINISHING) {
            // Both have ended, and each answers for what the other wrote.
            sendRaw(new byte[] {ControlFrame.TAKEN}, 1);
            memory.settle();
            close(CloseReason.CLOSED_LOCALLY, "closed by this side");
        } else {
            state = ShmState.LEAVING;
            sendEnd();
            deadline.set(context.nowNs() + TAKEN_LIMIT_NS, this::onLeft);
        }
    }

    private void onTaken() {
        if (state == ShmState.LEAVING) {
            memory.settle();
            onLeft();
        }
    }

    private void onLeft() {
        if (state == ShmState.LEAVING) {
            close(CloseReason.CLOSED_BY_PEER, told("closed the connection"));
        }
    }

    private void onEndOfStream(final String failure) {
        switch (state) {
            case REFUSING -> close(refusal, refusalText);
            case OPEN ->
                close(
                        CloseReason.CLOSED_BY_PEER,
                        told("died, or its control socket was cut" + (failure == null ? "" : ": " + failure)));
            case FINISHING -> close(CloseReason.CLOSED_LOCALLY, "closed by this side");
            case LEAVING -> onLeft();
            default -> {
                final boolean visit = handshake.isVisit();
                close(
                        visit ? CloseReason.ONLY_LOOKED : CloseReason.CLOSED_BY_PEER,
                        told(visit ? Visit.TEXT : ShmTexts.LEFT_EARLY));
            }
        }
    }

    private String told(final String text) {
        return remoteAddress + ": " + text;
    }

    private void onHandshakeTimeout() {
        close(
                CloseReason.HANDSHAKE_TIMED_OUT,
                told("phase=" + state + ", limit=" + end.options().handshakeTimeoutNs()
                        + " ns, see whether the peer is a SluiceMQ socket, or raise handshakeTimeout"));
    }

    /** Lets the peer read why it is refused, then closes. */
    void refuse(final CloseReason reason, final String text) {
        if (state == ShmState.CLOSED) {
            return;
        }
        state = ShmState.REFUSING;
        refusal = reason;
        refusalText = told(text);
        flush();
        deadline.set(context.nowNs() + REFUSAL_LINGER_NS, () -> close(reason, refusalText));
    }

    /** Something was thrown, such as by memory that the peer has truncated. */
    void fail() {
        close(CloseReason.IO_ERROR, told("an error was thrown while the connection was served, see the log"));
    }

    /** Ends the connection now. The peer is told that this is an end and no death, if its socket takes that at once. */
    void abort(final CloseReason reason, final String detail) {
        if (state == ShmState.OPEN && reason == CloseReason.REFUSED) {
            send(ControlFrame.REFUSED, detail.getBytes(StandardCharsets.UTF_8));
        } else if (state == ShmState.OPEN) {
            sendEnd();
        }
        close(reason, detail);
    }

    void close(final CloseReason reason, final String detail) {
        if (state == ShmState.CLOSED) {
            return;
        }
        if (memory != null) {
            memory.leaveIfGone();
        }
        state = ShmState.CLOSED;
        deadline.cancel();
        join.abandon();
        Channels.closeQuietly(channel);
        driver.remove(this);
        input.close();
        output.close();
        try {
            if (memory != null) {
                final long unknown = memory.endConnection();
                end.onAccount(new ConnectionAccount(0, unknown, 0, true, false, 0, 0, true, 0));
            }
        } finally {
            // What is not in the memory in full is in the outlet still.
            end.onClosed(reason, detail, 0);
        }
    }
}
