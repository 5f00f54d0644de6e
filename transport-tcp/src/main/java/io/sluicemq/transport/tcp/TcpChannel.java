package io.sluicemq.transport.tcp;

import io.sluicemq.transport.stream.StreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A connected socket. */
final class TcpChannel implements StreamChannel {
    private final SocketChannel channel;
    private final String remoteAddress;
    private SelectionKey key;

    TcpChannel(final SocketChannel channel, final String remoteAddress) {
        this.channel = channel;
        this.remoteAddress = remoteAddress;
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
    public void close() {
        Channels.closeQuietly(channel);
    }
}
