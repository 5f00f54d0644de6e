package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What goes to the peer over the control socket: frames of the agent, and signals of any thread, which are written at once.
 * What the socket does not take waits here; a signal that waits already is not added again, so that it is bounded.
 */
final class ControlOutput {
    private static final int INITIAL_BYTES = 256;

    private final SocketChannel channel;

    /** Told when something waits that the agent must write once the socket takes it; any thread, without the lock. */
    private final Runnable onBlocked;

    private final ReentrantLock lock = new ReentrantLock();
    private final ByteBuffer signal = ByteBuffer.allocateDirect(1);
    private ByteBuffer pending = ByteBuffer.allocate(INITIAL_BYTES).limit(0);
    private boolean wakePending;
    private boolean roomPending;
    private boolean ended;

    ControlOutput(final SocketChannel channel, final Runnable onBlocked) {
        this.channel = channel;
        this.onBlocked = onBlocked;
    }

    /** Any thread: sends {@link ControlFrame#WAKE} or {@link ControlFrame#ROOM}. A failure is found by whoever reads. */
    void signal(final int type) {
        final boolean blocked;
        lock.lock();
        try {
            blocked = !ended && !pending.hasRemaining() && !writeSignal(type);
            if (blocked || pending.hasRemaining()) {
                addSignal(type);
            }
        } finally {
            lock.unlock();
        }
        if (blocked) {
            onBlocked.run();
        }
    }

    private boolean writeSignal(final int type) {
        signal.clear().put(0, (byte) type);
        try {
            return channel.write(signal) == 1;
        } catch (final IOException e) {
            ended = true;
            return true;
        }
    }

    private void addSignal(final int type) {
        final boolean isWake = type == ControlFrame.WAKE;
        if (isWake ? wakePending : roomPending) {
            return;
        }
        wakePending |= isWake;
        roomPending |= !isWake;
        reserve(1).put((byte) type);
        pending.flip();
    }

    /** Agent: adds a frame with a body. {@link #flush()} follows. */
    void put(final int type, final byte[] body) {
        lock.lock();
        try {
            reserve(ControlFrame.HEADER_BYTES + body.length)
                    .put((byte) type)
                    .putInt(body.length)
                    .put(body);
            pending.flip();
        } finally {
            lock.unlock();
        }
    }

    /** Agent: adds bytes as they are. {@link #flush()} follows. */
    void putRaw(final byte[] bytes, final int length) {
        lock.lock();
        try {
            reserve(length).put(bytes, 0, length);
            pending.flip();
        } finally {
            lock.unlock();
        }
    }

    /** Makes room behind what waits; the caller puts, and flips. */
    private ByteBuffer reserve(final int bytes) {
        final int waiting = pending.remaining();
        if (pending.capacity() - waiting >= bytes) {
            return pending.compact();
        }
        final ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * pending.capacity(), waiting + bytes));
        pending = larger.put(pending);
        return pending;
    }

    /** Agent: whether something waits until the socket takes it. */
    boolean isBlocked() {
        lock.lock();
        try {
            return pending.hasRemaining();
        } finally {
            lock.unlock();
        }
    }

    /** After a failure nothing waits any more: a selector would tell for ever that the socket takes more. */
    private void write() throws IOException {
        boolean written = false;
        try {
            channel.write(pending);
            written = true;
        } finally {
            if (!written) {
                ended = true;
                pending.limit(pending.position());
            }
        }
    }

    /** Agent: writes what the socket takes; whether all went. */
    boolean flush() throws IOException {
        lock.lock();
        try {
            if (pending.hasRemaining()) {
                write();
            }
            if (!pending.hasRemaining()) {
                wakePending = false;
                roomPending = false;
            }
            return !pending.hasRemaining();
        } finally {
            lock.unlock();
        }
    }
}
