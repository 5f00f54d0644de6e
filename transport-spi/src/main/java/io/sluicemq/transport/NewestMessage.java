package io.sluicemq.transport;

import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The content of a conflating {@link MessageRing}: one message, replaced by each newer one. Two buffers take turns, so that a
 * producer never waits for the consumer's handler, only for the copy of another producer.
 */
final class NewestMessage {
    private final ReentrantLock turn = new ReentrantLock();
    private final BufferPool pool;
    private final Claims claims;

    // Under the turn.
    private UnsafeBuffer incoming;
    private int length;
    private int kind;
    private int tag;
    private boolean present;
    private long replaced;

    // Consumer only.
    private UnsafeBuffer outgoing;
    private int outgoingLength;
    private int outgoingKind;
    private int outgoingTag;

    /** Whether {@link #outgoing} holds a message that was not handed over yet, or was refused. */
    private boolean pending;

    NewestMessage(final BufferPool pool, final Claims claims) {
        this.pool = pool;
        this.claims = claims;
    }

    /** Keeps this message, which was admitted and is within the bounds of its buffer, and forgets the one before. */
    void put(
            final int newTag,
            final DirectBuffer prefix,
            final int newKind,
            final DirectBuffer body,
            final int offset,
            final int bodyLength) {
        final int total = Math.toIntExact(Records.length(prefix, newKind, bodyLength));
        turn.lock();
        try {
            if (incoming == null || incoming.capacity() < total) {
                // First, as it may fail.
                final UnsafeBuffer larger = pool.acquire(total);
                release(incoming);
                incoming = larger;
            }
            incoming.putBytes(Records.putHead(incoming, 0, prefix, newKind, bodyLength), body, offset, bodyLength);
            length = total;
            kind = Records.kind(prefix, newKind);
            tag = newTag;
            if (present) {
                replaced++;
                claims.dismiss();
            }
            present = true;
        } finally {
            turn.unlock();
        }
    }

    /** Consumer: hands the newest that was fetched over; 1 if it was accepted, 0 if it is to be offered again. */
    int poll(final MessageHandler handler) {
        if (!pending) {
            return 0;
        }
        boolean accepted = true;
        try {
            accepted = handler.onMessage(outgoingTag, outgoingKind, outgoing, 0, outgoingLength);
        } finally {
            // A message whose handler throws is consumed all the same.
            pending = !accepted;
            claims.release(0, accepted ? 1 : 0);
        }
        return accepted ? 1 : 0;
    }

    /**
     * Consumer: takes over what came last. One that is still pending stays: a part of it may have gone to a carrier, which must
     * be offered that very message again.
     */
    void fetch() {
        turn.lock();
        try {
            if (!present || pending) {
                return;
            }
            final UnsafeBuffer free = outgoing;
            outgoing = incoming;
            outgoingLength = length;
            outgoingKind = kind;
            outgoingTag = tag;
            incoming = free;
            present = false;
            pending = true;
        } finally {
            turn.unlock();
        }
    }

    /** Consumer: how many messages were replaced since the last call. */
    long takeReplaced() {
        turn.lock();
        try {
            final long count = replaced;
            replaced = 0;
            return count;
        } finally {
            turn.unlock();
        }
    }

    private void release(final UnsafeBuffer buffer) {
        if (buffer != null) {
            pool.release(buffer);
        }
    }
}
