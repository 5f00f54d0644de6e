package io.sluicemq.transport.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Arrays;
import java.util.Random;

/** One side of a connection in memory that splits reads and writes as its script, a random sequence, says. */
public final class MemoryChannel implements StreamChannel {
    private final Random random;
    private MemoryChannel peer;
    private byte[] incoming = new byte[64];
    private int start;
    private int end;
    private boolean incomingEnded;
    private int windowBytes = Integer.MAX_VALUE;
    private boolean splitting;
    private boolean closed;
    private IOException writeFailure;
    private IOException readFailure;
    private boolean lacksMemory;
    private int ops;
    private int writes;
    private boolean polled;
    private boolean eager;
    private boolean takesMessageEarly;

    private MemoryChannel(final Random random) {
        this.random = random;
    }

    public static MemoryChannel[] pair(final Random random) {
        final MemoryChannel left = new MemoryChannel(random);
        final MemoryChannel right = new MemoryChannel(random);
        left.peer = right;
        right.peer = left;
        return new MemoryChannel[] {left, right};
    }

    /** Most bytes under way from this side. */
    public void window(final int bytes) {
        windowBytes = bytes;
    }

    public void split(final boolean splits) {
        splitting = splits;
    }

    void eager() {
        eager = true;
    }

    @Override
    public boolean isEager() {
        return eager;
    }

    void takeMessageEarly() {
        takesMessageEarly = true;
    }

    @Override
    public boolean takesMessageEarly() {
        return takesMessageEarly;
    }

    void failWrites(final IOException failure) {
        writeFailure = failure;
    }

    /** Each write finds no memory. */
    void lackMemory(final boolean lacks) {
        lacksMemory = lacks;
    }

    public void failReads(final IOException failure) {
        readFailure = failure;
    }

    public boolean isClosed() {
        return closed;
    }

    public int writes() {
        return writes;
    }

    public int ops() {
        return ops;
    }

    boolean isPolled() {
        return polled;
    }

    @Override
    public void polled(final boolean now) {
        polled = now;
    }

    public int readyOps() {
        final int readable = !polled && (end > start || incomingEnded) ? SelectionKey.OP_READ : 0;
        final int writable = peer.end - peer.start < windowBytes ? SelectionKey.OP_WRITE : 0;
        return closed ? 0 : ops & (readable | writable);
    }

    /** Everything that has come, for a test that plays the peer itself. */
    public byte[] takeAll() {
        final byte[] taken = Arrays.copyOfRange(incoming, start, end);
        start = 0;
        end = 0;
        return taken;
    }

    /** Bytes that have come and were not read. */
    public int unread() {
        return end - start;
    }

    public void send(final byte[] bytes) {
        peer.append(ByteBuffer.wrap(bytes), bytes.length);
    }

    private void append(final ByteBuffer source, final int length) {
        if (end + length > incoming.length) {
            final int kept = end - start;
            final byte[] larger = new byte[Math.max(2 * incoming.length, kept + length)];
            System.arraycopy(incoming, start, larger, 0, kept);
            incoming = larger;
            start = 0;
            end = kept;
        }
        source.get(incoming, end, length);
        end += length;
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    private int some(final int most) {
        if (!splitting || most <= 1) {
            return most;
        }
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(Math.min(most, 12) + 1);
            case 1 -> random.nextInt(Math.min(most, 3_000) + 1);
            default -> random.nextInt(most + 1);
        };
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        if (readFailure != null) {
            throw readFailure;
        }
        if (start == end) {
            return incomingEnded ? -1 : 0;
        }
        final int count = some(Math.min(target.remaining(), end - start));
        target.put(incoming, start, count);
        start += count;
        return count;
    }

    @Override
    public int write(final ByteBuffer source) throws IOException {
        if (lacksMemory) {
            throw new OutOfMemoryError("as the test wants it");
        }
        if (writeFailure != null) {
            throw writeFailure;
        }
        writes++;
        final int room = Math.max(0, windowBytes - (peer.end - peer.start));
        final int count = some(Math.min(source.remaining(), room));
        peer.append(source, count);
        return count;
    }

    @Override
    public long write(final ByteBuffer[] sources, final int count) throws IOException {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += write(sources[i]);
            if (sources[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    @Override
    public void interest(final int newOps) {
        ops = newOps;
    }

    @Override
    public void shutdownOutput() {
        peer.incomingEnded = true;
    }

    @Override
    public String remoteAddress() {
        return "memory://peer";
    }

    @Override
    public void close() {
        closed = true;
        peer.incomingEnded = true;
    }
}
