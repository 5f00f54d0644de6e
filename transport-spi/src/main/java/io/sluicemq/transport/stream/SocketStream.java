package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.function.LongSupplier;

/** A connected socket of the JDK, of the internet or of the Unix domain. Agent thread. */
public final class SocketStream implements StreamChannel {
    private final SocketChannel channel;
    private final String remoteAddress;
    private final Map<String, String> attributes;
    private SelectionKey key;
    private int wantedOps = SelectionKey.OP_READ;
    private int polledOps;

    /** Until the first byte of one who may only look whether anybody listens; null else. */
    private Visit visit;

    /**
     * Wraps a channel, which belongs to this object from now on.
     *
     * @param channel connected and in non-blocking mode.
     * @param remoteAddress for people.
     * @param attributes as in {@link StreamChannel#attributes()}.
     */
    public SocketStream(final SocketChannel channel, final String remoteAddress, final Map<String, String> attributes) {
        this.channel = channel;
        this.remoteAddress = remoteAddress;
        this.attributes = attributes;
    }

    /**
     * Takes a peer that leaves before its first byte, and at once, for one that only looked whether anybody listens: the
     * connection then ends for {@link CloseReason#ONLY_LOOKED}. For who listens where this is an everyday event; before the first
     * read.
     *
     * @param nowNs the clock of the agent.
     */
    public void expectVisits(final LongSupplier nowNs) {
        visit = new Visit(nowNs);
    }

    SocketChannel channel() {
        return channel;
    }

    void key(final SelectionKey registered) {
        key = registered;
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        return visit == null ? channel.read(target) : readFirst(target);
    }

    private int readFirst(final ByteBuffer target) throws IOException {
        int count = -1;
        IOException failure = null;
        try {
            count = channel.read(target);
        } catch (final IOException e) {
            // The system says so of one who left without reading what we had said.
            failure = e;
        }
        if (count < 0 && visit.isShort()) {
            throw new StreamException(CloseReason.ONLY_LOOKED, Visit.TEXT, failure);
        }
        if (failure != null) {
            throw failure;
        }
        visit = count == 0 ? visit : null;
        return count;
    }

    @Override
    public int write(final ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    @Override
    public long write(final ByteBuffer[] sources, final int count) throws IOException {
        return channel.write(sources, 0, count);
    }

    @Override
    public void interest(final int ops) {
        wantedOps = ops;
        if (key.isValid()) {
            key.interestOps(ops & ~polledOps);
        }
    }

    @Override
    public void polled(final boolean now) {
        polledOps = now ? SelectionKey.OP_READ : 0;
        interest(wantedOps);
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public Map<String, String> attributes() {
        return attributes;
    }

    @Override
    public void close() {
        Channels.closeQuietly(channel);
    }
}
