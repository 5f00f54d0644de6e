package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Has other threads compute what a handshake needs, and keeps what comes from its peer meanwhile: quiche drops what it has no keys
 * for yet, and the peer would send it again a round trip later. Netty looks whether a handshake is done when a datagram comes, so the side that
 * dialed, to which none may come for a round trip, is shown the last one again, which quiche knows to be a copy. In front of QUIC at a UDP
 * socket. Agent.
 */
final class HandshakeTurns extends ChannelInboundHandlerAdapter implements Executor {
    /** Most datagrams that wait here, of all peers. What is above is for quiche to keep or to drop. */
    static final int MAX_WAITING = 256;

    private static final int LONG_HEADER = 0x80;

    private final AgentLoop loop;
    private final Executor threads;
    private final boolean dialed;
    private final Map<InetSocketAddress, Turn> turns = new HashMap<>();
    private ChannelHandlerContext context;
    private int waiting;

    /** Whose datagram QUIC is looking at; at the side that dialed, which has one peer, also afterwards. */
    private InetSocketAddress sender;

    /** At the side that dialed, until the peer has no more to say in the handshake. */
    private DatagramPacket last;

    /** One peer's. */
    private static final class Turn {
        private final Queue<DatagramPacket> waiting = new ArrayDeque<>();
        private int tasks;
    }

    /**
     * Makes one for a UDP socket.
     *
     * @param loop of the socket.
     * @param threads that compute.
     * @param dialed whether this side connects.
     */
    HandshakeTurns(final AgentLoop loop, final Executor threads, final boolean dialed) {
        this.loop = loop;
        this.threads = threads;
        this.dialed = dialed;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext added) {
        context = added;
    }

    /** For QUIC, which does so while it looks at a datagram or goes on with what was computed for one. */
    @Override
    public void execute(final Runnable task) {
        final InetSocketAddress peer = sender;
        threads.execute(() -> {
            task.run();
            // Behind what QUIC has asked the loop for in the task.
            loop.execute(() -> onComputed(peer));
        });
        if (peer != null) {
            turns.computeIfAbsent(peer, key -> new Turn()).tasks++;
        }
    }

    @Override
    public void channelRead(final ChannelHandlerContext from, final Object message) {
        final DatagramPacket datagram = (DatagramPacket) message;
        final Turn turn = turns.isEmpty() ? null : turns.get(datagram.sender());
        if (turn != null && waiting < MAX_WAITING) {
            turn.waiting.add(datagram);
            waiting++;
        } else {
            pass(datagram);
        }
    }

    private void pass(final DatagramPacket datagram) {
        sender = datagram.sender();
        if (dialed) {
            keep(datagram);
        }
        context.fireChannelRead(datagram);
        if (!dialed) {
            sender = null;
        }
    }

    /** A copy, as QUIC decrypts in place. */
    private void keep(final DatagramPacket datagram) {
        final ByteBuf bytes = datagram.content();
        final boolean isLong = bytes.isReadable() && (bytes.getByte(bytes.readerIndex()) & LONG_HEADER) != 0;
        if (isLong || turns.isEmpty()) {
            forget();
        }
        last = isLong ? datagram.copy() : last;
    }

    private void forget() {
        if (last != null) {
            last.release();
            last = null;
        }
    }

    private void onComputed(final InetSocketAddress peer) {
        final Turn turn = turns.get(peer);
        if (turn == null) {
            return;
        }
        turn.tasks--;
        if (turn.tasks > 0) {
            return;
        }
        turns.remove(peer);
        waiting -= turn.waiting.size();
        if (turn.waiting.isEmpty() && last != null) {
            final DatagramPacket again = last;
            last = null;
            context.fireChannelRead(again);
        }
        // One of them can begin another turn, which the rest then wait for.
        turn.waiting.forEach(datagram -> channelRead(context, datagram));
        context.fireChannelReadComplete();
    }

    /** At the side that dialed: the handshake is done, and there is no other. */
    void end() {
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext removed) {
        turns.values().forEach(turn -> turn.waiting.forEach(DatagramPacket::release));
        turns.clear();
        waiting = 0;
        forget();
    }
}
