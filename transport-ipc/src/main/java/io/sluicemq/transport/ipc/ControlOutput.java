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
    private static final int NOT_WAITING = -1;

    /** So much is written at a time: each write of a heap buffer is copied to one outside it. */
    private static final int MAX_WRITE_BYTES = 64 * 1024;

    private final SocketChannel channel;

    /** Told when something waits that the agent must write once the socket takes it; any thread, without the lock. */
    private final Runnable onBlocked;

    private final ReentrantLock lock = new ReentrantLock();
    private final ByteBuffer signal = ByteBuffer.allocateDirect(1);
    private byte[] waiting = new byte[INITIAL_BYTES];
    private int start;
    private int end;

    /** Where the last signal of a kind was put; it waits still while that is not before {@link #start}. */
    private int wakeAt = NOT_WAITING;

    private int roomAt = NOT_WAITING;

    /** The socket took nothing more when it was asked last. */
    private boolean blocked;

    private boolean ended;

    ControlOutput(final SocketChannel channel, final Runnable onBlocked) {
        this.channel = channel;
        this.onBlocked = onBlocked;
    }

    /** Any thread: sends {@link ControlFrame#WAKE} or {@link ControlFrame#ROOM}. A failure is found by whoever reads. */
    void signal(final int type) {
        boolean tell = false;
        lock.lock();
        try {
            if (!ended && (start < end || !writeSignal(type))) {
                tell = start == end;
                addSignal(type);
            }
        } finally {
            lock.unlock();
        }
        if (tell) {
            onBlocked.run();
        }
    }

    private boolean writeSignal(final int type) {
        signal.clear().put(0, (byte) type);
        try {
            return channel.write(signal) == 1;
        } catch (final IOException e) {
            end();
            return true;
        }
    }

    private void addSignal(final int type) {
        final boolean isWake = type == ControlFrame.WAKE;
        if ((isWake ? wakeAt : roomAt) >= start) {
            return;
        }
        reserve(1).put((byte) type);
        if (isWake) {
            wakeAt = end;
        } else {
            roomAt = end;
        }
        end++;
    }

    /** Agent: adds a frame with a body. {@link #flush()} follows. */
    void put(final int type, final byte[] body) {
        lock.lock();
        try {
            reserve(ControlFrame.HEADER_BYTES + body.length)
                    .put((byte) type)
                    .putInt(body.length)
                    .put(body);
            end += ControlFrame.HEADER_BYTES + body.length;
        } finally {
            lock.unlock();
        }
    }

    /** Agent: adds bytes as they are. {@link #flush()} follows. */
    void putRaw(final byte[] bytes, final int length) {
        lock.lock();
        try {
            reserve(length).put(bytes, 0, length);
            end += length;
        } finally {
            lock.unlock();
        }
    }

    /** Room behind what waits, for the caller to put into. What waits is moved only once as much has been written. */
    private ByteBuffer reserve(final int bytes) {
        final int length = end - start;
        if (waiting.length - end < bytes) {
            final boolean fits = length + bytes <= waiting.length && start >= length;
            final byte[] target = fits ? waiting : new byte[Math.max(2 * waiting.length, length + bytes)];
            System.arraycopy(waiting, start, target, 0, length);
            waiting = target;
            wakeAt = Math.max(NOT_WAITING, wakeAt - start);
            roomAt = Math.max(NOT_WAITING, roomAt - start);
            start = 0;
            end = length;
        }
        return ByteBuffer.wrap(waiting, end, waiting.length - end);
    }

    /** Agent: whether something waits until the socket takes it. */
    boolean isBlocked() {
        lock.lock();
        try {
            return start < end;
        } finally {
            lock.unlock();
        }
    }

    /** Any thread: whether a write has failed, as the peer is gone. */
    boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Agent: the socket takes more. */
    void onWritable() throws IOException {
        lock.lock();
        try {
            blocked = false;
        } finally {
            lock.unlock();
        }
        flush();
    }

    /** Agent: writes what the socket takes, unless it is known to take nothing; whether all went. */
    boolean flush() throws IOException {
        lock.lock();
        try {
            while (start < end && !blocked) {
                write();
            }
            if (start == end) {
                empty();
                if (waiting.length > MAX_WRITE_BYTES) {
                    waiting = new byte[INITIAL_BYTES];
                }
            }
            return start == end;
        } finally {
            lock.unlock();
        }
    }

    private void write() throws IOException {
        final int bytes = Math.min(end - start, MAX_WRITE_BYTES);
        int written = -1;
        try {
            written = channel.write(ByteBuffer.wrap(waiting, start, bytes));
        } finally {
            if (written < 0) {
                end();
            }
        }
        start += written;
        blocked = written < bytes;
    }

    /** Agent: nothing is sent any more, and nothing kept. */
    void close() {
        lock.lock();
        try {
            end();
            waiting = new byte[0];
        } finally {
            lock.unlock();
        }
    }

    /** After a failure nothing waits any more: a selector would tell for ever that the socket takes more. */
    private void end() {
        ended = true;
        empty();
    }

    private void empty() {
        start = 0;
        end = 0;
        wakeAt = NOT_WAITING;
        roomAt = NOT_WAITING;
    }
}
