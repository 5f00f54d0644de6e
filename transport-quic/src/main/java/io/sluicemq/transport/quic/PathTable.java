package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.sluicemq.transport.TransportContext;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hides from QUIC that clients of a port move: to it each of them stays where it was first. Datagrams tell by their connection id whose
 * they are. To an address that is new goes a question, and the client moves there once it has answered (RFC 9000, 8.2 and 9.3); until
 * then copies go there of what is sent to the address before, up to three times what came, so that nobody can divert a connection by
 * sending datagrams in its name. Datagrams of connections that nobody knows are answered by a stateless reset (RFC 9000, 10.3). In front
 * of QUIC. Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram may be lost
final class PathTable extends ChannelDuplexHandler {
    /** Of each connection id of ours. */
    static final int ID_BYTES = Long.BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(PathTable.class);

    private static final int LONG_HEADER = 0x80;
    private static final int FIXED_BIT = 0x40;
    private static final int LONG_ID_LENGTH_AT = 5;

    /** Short header, id, and what a packet has at least (RFC 9001, 5.4.2). */
    private static final int MIN_SHORT_BYTES = 1 + ID_BYTES + 4 + 16;

    /** Resets that are sent in such a time at the most: who sends datagrams of no connection gets no more work out of us. */
    static final int MAX_RESETS = 1_000;

    private static final long RESET_INTERVAL_NS = 100_000_000L;

    private final TransportContext context;
    private final SecureRandom random = new SecureRandom();
    private final RetryTokens tokens = new RetryTokens();
    private final PathCheck check = new PathCheck();
    private final Long2ObjectHashMap<PeerPath> byId = new Long2ObjectHashMap<>();
    private final Map<InetSocketAddress, List<PeerPath>> byKnown = new HashMap<>();
    private int diverted;
    private ResetTokens resets;
    private long resetsSinceNs;
    private int resetsSince;

    private DatagramPacket arriving;
    private long newestId;
    private boolean hasNewestId;

    PathTable(final TransportContext context) {
        this.context = context;
    }

    /** For datagrams of connections that were lost with an earlier process. */
    void resets(final ResetTokens tokensOfThePort) {
        resets = tokensOfThePort;
        resetsSinceNs = context.nowNs();
    }

    // Connections.

    /** Makes the ids of the port's connections: each of them random and another one. */
    QuicConnectionIdGenerator ids() {
        return new Ids();
    }

    private final class Ids implements QuicConnectionIdGenerator {
        @Override
        public ByteBuffer newId(final int length) {
            long id = random.nextLong();
            while (byId.containsKey(id)) {
                id = random.nextLong();
            }
            newestId = id;
            hasNewestId = true;
            return ByteBuffer.allocate(ID_BYTES).putLong(0, id);
        }

        /** For one that has an id; else from the ids of a client. */
        @Override
        public ByteBuffer newId(final ByteBuffer input, final int length) {
            final ByteBuffer made = newId(length);
            final PeerPath path = input.remaining() == ID_BYTES ? byId.get(input.getLong(input.position())) : null;
            if (path != null) {
                addId(path, newestId);
            }
            return made;
        }

        @Override
        public ByteBuffer newId(final ByteBuffer clientId, final ByteBuffer firstId, final int length) {
            return newId(length);
        }

        @Override
        public int maxConnectionIdLength() {
            return ID_BYTES;
        }

        @Override
        public boolean isIdempotent() {
            return false;
        }
    }

    private void addId(final PeerPath path, final long id) {
        final long forgotten = path.addId(id);
        if (forgotten != id) {
            byId.remove(forgotten);
        }
        byId.put(id, path);
    }

    /** Whether a client that was given an id by a Retry may have it for its connection. */
    boolean isFreeId(final ByteBuf id) {
        return id.readableBytes() == ID_BYTES && !byId.containsKey(id.getLong(id.readerIndex()));
    }

    /** A connection begins with the datagram that is just arriving. */
    PeerPath add() {
        final ByteBuf bytes = arriving.content();
        final int idAt = bytes.readerIndex() + LONG_ID_LENGTH_AT + 1;
        final int clientIdAt = idAt + bytes.getUnsignedByte(idAt - 1) + 1;
        final byte[] clientId = new byte[bytes.getUnsignedByte(clientIdAt - 1)];
        bytes.getBytes(clientIdAt, clientId);
        final byte[] key = new byte[PathCheck.KEY_BYTES];
        random.nextBytes(key);
        final PeerPath path = new PeerPath(arriving.sender(), clientId, key, context.nowNs());
        addId(path, hasNewestId ? newestId : bytes.getLong(idAt));
        byKnown.computeIfAbsent(path.known(), address -> new ArrayList<>(1)).add(path);
        return path;
    }

    /** A connection has ended. */
    void remove(final PeerPath path) {
        for (final long id : path.ids()) {
            byId.remove(id);
        }
        byKnown.computeIfPresent(path.known(), (address, paths) -> {
            paths.remove(path);
            return paths.isEmpty() ? null : paths;
        });
        diverted -= path.isDiverted() ? 1 : 0;
    }

    // In.

    @Override
    public void channelRead(final ChannelHandlerContext udp, final Object message) {
        final DatagramPacket datagram = (DatagramPacket) message;
        final ByteBuf bytes = datagram.content();
        final int first = bytes.isReadable() ? bytes.getUnsignedByte(bytes.readerIndex()) : 0;
        if ((first & LONG_HEADER) != 0) {
            arriving = datagram;
            hasNewestId = false;
            udp.fireChannelRead(datagram);
            arriving = null;
        } else if ((first & FIXED_BIT) != 0 && bytes.readableBytes() >= MIN_SHORT_BYTES) {
            onShort(udp, datagram);
        } else {
            if (PathCheck.is(PathCheck.ANSWER, bytes)) {
                onAnswer(datagram);
            }
            datagram.release();
        }
    }

    private void onShort(final ChannelHandlerContext udp, final DatagramPacket datagram) {
        final ByteBuf bytes = datagram.content();
        final long id = bytes.getLong(bytes.readerIndex() + 1);
        final PeerPath path = byId.get(id);
        if (path == null) {
            if (mayReset()) {
                final ByteBuf reset = resets.reset(udp.alloc(), id, bytes.readableBytes());
                udp.writeAndFlush(new DatagramPacket(reset, datagram.sender()));
            }
            datagram.release();
            return;
        }
        path.onId(id);
        final boolean isKnown = datagram.sender().equals(path.known());
        if (!(path.hasMoved() ? datagram.sender().equals(path.current()) : isKnown)) {
            onElsewhere(udp, path, datagram.sender(), bytes.readableBytes());
        }
        udp.fireChannelRead(isKnown ? datagram : new DatagramPacket(bytes, datagram.recipient(), path.known()));
    }

    private boolean mayReset() {
        final long nowNs = context.nowNs();
        if (nowNs - resetsSinceNs >= RESET_INTERVAL_NS) {
            resetsSinceNs = nowNs;
            resetsSince = 0;
        }
        resetsSince++;
        return resetsSince <= MAX_RESETS;
    }

    private void onElsewhere(
            final ChannelHandlerContext udp, final PeerPath path, final InetSocketAddress from, final int bytes) {
        if (!mayMove(path)) {
            return;
        }
        final long nowNs = context.nowNs();
        final boolean wasDiverted = path.isDiverted();
        final boolean asks = path.onElsewhere(from, bytes, nowNs);
        diverted += wasDiverted ? 0 : 1;
        if (asks) {
            final ByteBuf question = udp.alloc().directBuffer(PathCheck.BYTES, PathCheck.BYTES);
            final ByteBuf id = udp.alloc().directBuffer(ID_BYTES, ID_BYTES).writeLong(path.usedId());
            PathCheck.begin(question, PathCheck.QUESTION);
            tokens.mint(question, id, from, nowNs);
            id.release();
            check.seal(question, path.key());
            udp.writeAndFlush(new DatagramPacket(question, from));
        }
    }

    /** Only who can be told by its id from all others behind the same address. */
    private boolean mayMove(final PeerPath path) {
        final List<PeerPath> neighbours = byKnown.get(path.known());
        boolean isAlone = path.isDistinct();
        for (int i = 0; i < neighbours.size(); i++) {
            isAlone &= neighbours.get(i) == path || !neighbours.get(i).hasClientIdOf(path);
        }
        return isAlone;
    }

    private void onAnswer(final DatagramPacket answer) {
        final ByteBuf bytes = answer.content();
        final ByteBuf token = bytes.slice(bytes.readerIndex() + 1, PathCheck.TOKEN_BYTES);
        final PeerPath path = byId.get(token.getLong(PathCheck.TOKEN_BYTES - ID_BYTES));
        final long nowNs = context.nowNs();
        if (path == null
                || tokens.connectionIdAt(token, answer.sender(), nowNs) < 0
                || token.getLong(0) - path.movedNs() <= 0
                || !check.isSealed(bytes, path.key())) {
            return;
        }
        final boolean wasDiverted = path.isDiverted();
        LOG.debug("a client has moved from {} to {}", path.current(), answer.sender());
        path.moveTo(answer.sender(), nowNs);
        diverted += (path.isDiverted() ? 1 : 0) - (wasDiverted ? 1 : 0);
    }

    // Out.

    @Override
    public void write(final ChannelHandlerContext udp, final Object message, final ChannelPromise promise) {
        final DatagramPacket datagram = (DatagramPacket) message;
        final PeerPath path = diverted == 0 ? null : divertedFrom(datagram.recipient(), datagram.content());
        if (path == null) {
            udp.write(datagram, promise);
            return;
        }
        final InetSocketAddress candidate =
                path.takeCandidate(datagram.content().readableBytes());
        if (candidate != null) {
            udp.write(new DatagramPacket(datagram.content().retainedDuplicate(), candidate));
        }
        udp.write(path.hasMoved() ? new DatagramPacket(datagram.content(), path.current()) : datagram, promise);
    }

    private PeerPath divertedFrom(final InetSocketAddress known, final ByteBuf datagram) {
        final List<PeerPath> paths = byKnown.get(known);
        for (int i = 0; paths != null && i < paths.size(); i++) {
            final PeerPath path = paths.get(i);
            if (path.isDiverted() && path.isFor(datagram)) {
                return path;
            }
        }
        return null;
    }
}
