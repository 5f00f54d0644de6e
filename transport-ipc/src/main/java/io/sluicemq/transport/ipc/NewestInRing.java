package io.sluicemq.transport.ipc;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Takes all messages out of a ring and keeps the newest, for the handler of a conflating socket. The consuming thread.
 */
final class NewestInRing implements MessageHandler {
    private final BufferPool pool;
    private UnsafeBuffer held;
    private int length;
    private int kind;
    private int tag;
    private boolean present;
    private long replaced;

    NewestInRing(final BufferPool pool) {
        this.pool = pool;
    }

    @Override
    public boolean onMessage(
            final int newTag, final int newKind, final DirectBuffer buffer, final int offset, final int newLength) {
        if (held == null || held.capacity() < newLength) {
            final UnsafeBuffer larger = pool.acquire(newLength);
            release();
            held = larger;
        }
        held.putBytes(0, buffer, offset, newLength);
        if (present) {
            replaced++;
        }
        length = newLength;
        kind = newKind;
        tag = newTag;
        present = true;
        return true;
    }

    boolean isPresent() {
        return present;
    }

    /** Hands the message over, if there is one; 1 if it was accepted. One that is refused is offered again. */
    int poll(final MessageHandler handler) {
        if (!present) {
            return 0;
        }
        boolean accepted = true;
        try {
            accepted = handler.onMessage(tag, kind, held, 0, length);
        } finally {
            // A message whose handler throws is consumed all the same.
            present = !accepted;
        }
        return accepted ? 1 : 0;
    }

    /** How many messages were replaced since the last call. */
    long takeReplaced() {
        final long count = replaced;
        replaced = 0;
        return count;
    }

    /** Gives the memory back; a message that is still there counts as replaced. */
    void drop() {
        if (present) {
            replaced++;
            present = false;
        }
        release();
    }

    private void release() {
        if (held != null) {
            pool.release(held);
            held = null;
        }
    }
}
