package io.sluicemq.stat;

import static io.sluicemq.stat.StatLayout.PEER_DROPPED;
import static io.sluicemq.stat.StatLayout.PEER_ENDPOINT;
import static io.sluicemq.stat.StatLayout.PEER_LENGTH;
import static io.sluicemq.stat.StatLayout.PEER_PIPE_ID;
import static io.sluicemq.stat.StatLayout.PEER_QUEUED;
import static io.sluicemq.stat.StatLayout.PEER_RECEIVED;
import static io.sluicemq.stat.StatLayout.PEER_SENT;
import static io.sluicemq.stat.StatLayout.PEER_SOCKET_ID;
import static io.sluicemq.stat.StatLayout.PEER_SOCKET_TYPE;
import static io.sluicemq.stat.StatLayout.PEER_STATE;
import static io.sluicemq.stat.StatLayout.PEER_VERSION;

import java.lang.invoke.VarHandle;
import org.agrona.concurrent.AtomicBuffer;

/**
 * What readers see of one peer. Numbers may be added on any thread, once a batch; state, queue length and description have
 * one writer, the agent that owns the peer.
 *
 * <p>After {@link #close}, or the close of the {@link StatFile}, nothing is written any more.
 *
 * <p>Memory order: text and ids change between an odd and an even version, both stored with release, so that a reader that
 * sees the same even version before and after has not read half a change. Numbers and state are single aligned stores.
 */
public final class PeerRecord implements AutoCloseable {
    /** The record's number in the file, or -1 if it is not there. */
    final int index;

    private final StatFile file;
    private final int base;
    private volatile AtomicBuffer buffer;

    PeerRecord(final StatFile file, final int index, final AtomicBuffer buffer, final int base) {
        this.file = file;
        this.index = index;
        this.buffer = buffer;
        this.base = base;
    }

    /** Adds messages sent to the peer. */
    public void addSent(final long count) {
        add(PEER_SENT, count);
    }

    /** Adds messages received from the peer. */
    public void addReceived(final long count) {
        add(PEER_RECEIVED, count);
    }

    /** Adds messages for the peer, or from it, that were dropped. */
    public void addDropped(final long count) {
        add(PEER_DROPPED, count);
    }

    /** Sets how many messages wait for the peer. The agent that owns the peer. */
    public void queued(final long count) {
        final AtomicBuffer target = buffer;
        if (target != StatCounter.CLOSED) {
            target.putLongRelease(base + PEER_QUEUED, count);
        }
    }

    /** Sets where the connection stands. */
    public void state(final PeerState state) {
        final AtomicBuffer target = buffer;
        if (target != StatCounter.CLOSED) {
            target.putIntRelease(base + PEER_STATE, state.code);
        }
    }

    /** Sets what is known of the peer now: its socket type (at most 15 bytes kept) and address (183 bytes kept). */
    public void describe(final String socketType, final String endpoint) {
        final AtomicBuffer target = buffer;
        if (target != StatCounter.CLOSED) {
            final int version = beginChange(target);
            putText(target, PEER_SOCKET_TYPE, socketType, StatLayout.MAX_SOCKET_TYPE_BYTES);
            putText(target, PEER_ENDPOINT, endpoint, StatLayout.MAX_PEER_ENDPOINT_BYTES);
            endChange(target, version);
        }
    }

    /** Frees the record for another peer. May be called twice. Takes a lock. */
    @Override
    public void close() {
        file.release(this);
    }

    /** Makes a recycled or fresh record that of a new peer. */
    void open(final long socketId, final long pipeId) {
        final AtomicBuffer target = buffer;
        final int version = beginChange(target);
        target.setMemory(base + PEER_STATE, PEER_LENGTH - PEER_STATE, (byte) 0);
        target.putLong(base + PEER_SOCKET_ID, socketId);
        target.putLong(base + PEER_PIPE_ID, pipeId);
        target.putIntRelease(base + PEER_STATE, PeerState.CONNECTING.code);
        endChange(target, version);
    }

    /** Lets go of the memory; returns false if that was done before. Serialised by the file. */
    boolean detach() {
        final AtomicBuffer target = buffer;
        if (target == StatCounter.CLOSED) {
            return false;
        }
        buffer = StatCounter.CLOSED;
        target.putIntRelease(base + PEER_STATE, 0);
        return true;
    }

    private void add(final int field, final long count) {
        final AtomicBuffer target = buffer;
        if (target != StatCounter.CLOSED) {
            target.getAndAddLong(base + field, count);
        }
    }

    private int beginChange(final AtomicBuffer target) {
        final int version = target.getInt(base + PEER_VERSION);
        target.putIntRelease(base + PEER_VERSION, version + 1);
        // No store of the change may become visible before the odd version.
        VarHandle.releaseFence();
        return version;
    }

    private void endChange(final AtomicBuffer target, final int version) {
        target.putIntRelease(base + PEER_VERSION, version + 2);
    }

    private void putText(final AtomicBuffer target, final int field, final String text, final int maxBytes) {
        final byte[] bytes = StatLayout.utf8(text, maxBytes);
        target.putByte(base + field, (byte) bytes.length);
        target.putBytes(base + field + 1, bytes);
    }
}
