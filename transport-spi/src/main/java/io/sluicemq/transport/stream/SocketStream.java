package io.sluicemq.transport.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Map;

/** A connected socket of the JDK, of the internet or of the Unix domain. Agent thread. */
public final class SocketStream implements StreamChannel {
    private final SocketChannel channel;
    private final String remoteAddress;
    private final Map<String, String> attributes;
    private SelectionKey key;

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
        return channel.read(target);
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
        if (key.isValid()) {
            key.interestOps(ops);
        }
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
