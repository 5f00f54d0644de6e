package io.sluicemq.testkit;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.RingOptions;
import io.sluicemq.transport.SharedCarrier;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A socket's end of a pipe that writes down what the transport tells it. Sends through the carrier or, over a medium
 * without one, through its outlet, so that a test need not know which. The test's thread only.
 */
public final class TestPipeEnd implements PipeEnd {
    /** No limits but the defaults, a handshake time of 30 s, no heartbeat. */
    public static final PipeOptions OPTIONS =
            new PipeOptions(1L << 30, 65_536, 0, 30_000_000_000L, PipeOptions.HeartbeatOptions.OFF, Map.of());

    private static final RingOptions RING = new RingOptions(1 << 20, 64L << 20, 0, true);

    private final TestAgent agent;
    private final Runnable pump = this::pollPeer;
    private final BufferPool pool;
    private final HandshakeConfig handshake;
    private final PipeOptions options;
    private final MessageRing outlet;
    private final MessageHandler fromPeer = this::onPeerMessage;
    private final List<Received> received = new ArrayList<>();
    private final List<String> subscriptions = new ArrayList<>();
    private boolean recording = true;
    private long room = Long.MAX_VALUE;
    private long count;
    private long bytes;
    private int writableCount;
    private Carrier carrier;
    private PipeEnd direct;
    private List<PolledRing> incoming = List.of();
    private final Map<Dropped, Long> dropped = new EnumMap<>(Dropped.class);
    private boolean mayLose;
    private PeerMetadata peer;
    private int openCount;
    private int closedCount;
    private boolean polling = true;
    private CloseReason closeReason;
    private String closeDetail;
    private long unsent;
    private ConnectionAccount account;
    private Runnable onEach = () -> {};

    /**
     * Makes an end with default options.
     *
     * @param agent whose pool is used, and whose turns drain a direct peer.
     * @param type of the socket.
     */
    public TestPipeEnd(final TestAgent agent, final SocketType type) {
        this(agent, HandshakeConfig.builder(type).build(), OPTIONS);
    }

    /**
     * Makes an end.
     *
     * @param agent whose pool is used, and whose turns drain a direct peer.
     * @param handshake what it says of itself.
     * @param options its options.
     */
    public TestPipeEnd(final TestAgent agent, final HandshakeConfig handshake, final PipeOptions options) {
        this.pool = agent.buffers();
        this.handshake = handshake;
        this.options = agent.complete(options);
        this.outlet = new MessageRing(RING, pool, () -> {});
        this.agent = agent;
        agent.pump(pump);
    }

    /**
     * A message that was received.
     *
     * @param kind one of {@link MessageKind}.
     * @param bytes a copy.
     */
    public record Received(int kind, ByteBuffer bytes) {}

    /** Leaves what a carrier with a ring of its own brings to the test; else each turn of the agent takes it. */
    public void stopPolling() {
        polling = false;
    }

    /** Takes nothing any more, so that nothing is kept of it once it is closed. */
    public void retire() {
        agent.stopPump(pump);
    }

    private void pollPeer() {
        if (direct != null && room > 0) {
            direct.outlet().poll(fromPeer, Integer.MAX_VALUE);
        }
        if (polling) {
            incoming.forEach(ring -> ring.poll(fromPeer, Integer.MAX_VALUE));
        }
    }

    private boolean onPeerMessage(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        return onMessage(kind, buffer, offset, length);
    }

    /**
     * Sends a message.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message.
     * @param length of it, from index 0.
     * @return false when there is no room.
     */
    public boolean send(final int kind, final DirectBuffer buffer, final int length) {
        return direct != null ? outlet.offer(0, null, kind, buffer, 0, length) : carrier.offer(kind, buffer, 0, length);
    }

    /** Ends a batch of {@link #send}. */
    public void flush() {
        if (carrier != null) {
            carrier.flush();
        }
    }

    /**
     * Limits what is taken.
     *
     * @param messages that are still taken from now on.
     */
    public void room(final long messages) {
        room = messages;
        if (carrier != null && messages > 0 && closedCount == 0) {
            carrier.resumeReading();
        }
    }

    /** Only counts from now on, which allocates nothing. */
    public void countOnly() {
        recording = false;
    }

    /** Is the end of a socket whose messages may get lost from now on. */
    public void loseMessages() {
        mayLose = true;
    }

    /**
     * Runs something in each message's callback.
     *
     * @param action to run.
     */
    public void onEach(final Runnable action) {
        onEach = action;
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
    public void onOpen(final Carrier newCarrier, final PeerMetadata newPeer) {
        openCount++;
        carrier = newCarrier;
        peer = newPeer;
        if (newCarrier instanceof SharedCarrier shared) {
            incoming = shared.incoming();
            incoming.forEach(each -> each.listener(ring -> {}));
        }
    }

    @Override
    public boolean onMessage(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (room <= 0) {
            return false;
        }
        room--;
        count++;
        bytes += length;
        if (recording) {
            final byte[] copy = new byte[length];
            buffer.getBytes(offset, copy);
            received.add(new Received(kind, ByteBuffer.wrap(copy)));
        }
        onEach.run();
        return true;
    }

    @Override
    public boolean onLargeMessage(final int kind, final UnsafeBuffer buffer, final int offset, final int length) {
        if (!onMessage(kind, buffer, offset, length)) {
            return false;
        }
        pool.release(buffer);
        return true;
    }

    @Override
    public boolean onSubscription(
            final boolean subscribe, final DirectBuffer buffer, final int offset, final int length) {
        if (room <= 0) {
            return false;
        }
        final byte[] prefix = new byte[length];
        buffer.getBytes(offset, prefix);
        subscriptions.add((subscribe ? "+" : "-") + new String(prefix, StandardCharsets.ISO_8859_1));
        return true;
    }

    @Override
    public void onWritable() {
        writableCount++;
    }

    @Override
    public void onAccount(final ConnectionAccount newAccount) {
        account = newAccount;
    }

    @Override
    public void onDropped(final Dropped why, final long messages) {
        dropped.merge(why, messages, Long::sum);
    }

    @Override
    public boolean mayLose() {
        return mayLose;
    }

    @Override
    public String onReceivedEarlier(final long number, final long messages) {
        return null;
    }

    @Override
    public void onClosed(final CloseReason reason, final String detail, final long unsentMessages) {
        closedCount++;
        closeReason = reason;
        closeDetail = detail;
        unsent = unsentMessages;
    }

    @Override
    public MessageRing outlet() {
        return outlet;
    }

    @Override
    public void onDirect(final PeerMetadata newPeer, final PipeEnd peerEnd, final String address) {
        openCount++;
        peer = newPeer;
        direct = peerEnd;
        peerEnd.outlet().listener(ring -> {});
    }

    /**
     * Whether the peer has shaken hands, or is in this process.
     *
     * @return true after the first opening.
     */
    public boolean isOpen() {
        return openCount > 0;
    }

    /**
     * How often it was told to be open.
     *
     * @return a count.
     */
    public int openCount() {
        return openCount;
    }

    /**
     * The carrier of the last opening.
     *
     * @return the carrier, or null over a medium without one.
     */
    public Carrier carrier() {
        return carrier;
    }

    /**
     * Whom it talks to.
     *
     * @return what the peer told in the handshake.
     */
    public PeerMetadata peer() {
        return peer;
    }

    /**
     * What was received while recording.
     *
     * @return messages in order; the list grows.
     */
    public List<Received> received() {
        return received;
    }

    /**
     * Prefixes, each behind + or -.
     *
     * @return in order.
     */
    public List<String> subscriptions() {
        return subscriptions;
    }

    /**
     * Messages taken.
     *
     * @return a count.
     */
    public long count() {
        return count;
    }

    /**
     * Bytes of all messages taken.
     *
     * @return bytes.
     */
    public long bytes() {
        return bytes;
    }

    /**
     * How often it was told that there is room.
     *
     * @return a count.
     */
    public int writableCount() {
        return writableCount;
    }

    /**
     * How often it was told to be closed.
     *
     * @return a count.
     */
    public int closedCount() {
        return closedCount;
    }

    /**
     * Why it was closed last.
     *
     * @return the reason, or null.
     */
    public CloseReason closeReason() {
        return closeReason;
    }

    /**
     * The text of the last close.
     *
     * @return the text, or null.
     */
    public String closeDetail() {
        return closeDetail;
    }

    /**
     * What the last connection left.
     *
     * @return its account, or null over a medium without connections.
     */
    public ConnectionAccount account() {
        return account;
    }

    /**
     * Messages that the transport said are not delivered.
     *
     * @param why what became of them.
     * @return a count.
     */
    public long dropped(final Dropped why) {
        return dropped.getOrDefault(why, 0L);
    }

    /**
     * Messages reported unsent by the last close.
     *
     * @return a count.
     */
    public long unsent() {
        return unsent;
    }
}
