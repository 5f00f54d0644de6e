package io.sluicemq.transport.quic;

import io.sluicemq.transport.stream.StreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One stream of messages as their reader or writer sees it: no more is written than the peer has given credit for. Agent. */
final class LaneChannel implements StreamChannel {
    private final QuicConnection connection;
    private final StreamInput input;
    private final StreamOutput output;
    private long creditBytes;
    private long readBytes;
    private long writtenBytes;

    private LaneChannel(
            final QuicConnection connection,
            final StreamInput input,
            final StreamOutput output,
            final long creditBytes) {
        this.connection = connection;
        this.input = input;
        this.output = output;
        this.creditBytes = creditBytes;
    }

    static LaneChannel of(final QuicConnection connection, final StreamInput input) {
        return new LaneChannel(connection, input, null, 0);
    }

    static LaneChannel of(final QuicConnection connection, final StreamOutput output, final long creditBytes) {
        return new LaneChannel(connection, null, output, creditBytes);
    }

    /** The peer takes so much from the beginning of the stream; a smaller number than before changes nothing. */
    void credit(final long bytes) {
        creditBytes = Math.max(creditBytes, bytes);
    }

    long readBytes() {
        return readBytes;
    }

    /** Bytes that can be written now. */
    int room() {
        return (int) Math.min(output.room(), creditBytes - writtenBytes);
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        final int count = input.read(target, Long.MAX_VALUE);
        readBytes += count;
        if (count == 0 && input.failure() != null) {
            throw input.failure();
        }
        return count == 0 && input.hasEnded() ? -1 : count;
    }

    @Override
    public boolean hasBuffered() {
        return input.available() > 0 || input.hasEnded() || input.failure() != null;
    }

    @Override
    public int write(final ByteBuffer source) {
        final int count = Math.min(room(), source.remaining());
        if (count > 0) {
            output.write(source, source.position() + count);
            writtenBytes += count;
            connection.onLaneWritten();
        }
        return count;
    }

    @Override
    public void shutdownOutput() {
        output.end();
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public void interest(final int ops) {
        // The connection sees by itself.
    }

    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public void close() {
        // With the connection.
    }
}
