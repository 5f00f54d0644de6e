package io.sluicemq.stat;

import io.sluicemq.DropCause;
import java.util.EnumMap;
import java.util.List;

/**
 * The counters of one socket. Any thread may add and read; add once a batch rather than once a message.
 *
 * <p>After {@link #close}, or the close of the {@link StatFile}, adding does nothing and the numbers stay what they were.
 */
public final class SocketCounters implements AutoCloseable {
    final long socketId;
    final String socketType;
    /** Ids of the counters in the file; empty if they are not there. */
    final int[] counterIds;

    private final StatFile file;
    private final StatCounter[] counters;
    private final EnumMap<DropCause, StatCounter> drops = new EnumMap<>(DropCause.class);

    SocketCounters(
            final StatFile file,
            final long socketId,
            final String socketType,
            final int[] counterIds,
            final StatCounter[] counters) {
        this.file = file;
        this.socketId = socketId;
        this.socketType = socketType;
        this.counterIds = counterIds;
        this.counters = counters;
        for (int i = 0; i < StatLayout.DROP_CAUSES.size(); i++) {
            drops.put(StatLayout.DROP_CAUSES.get(i), counters[StatLayout.FIRST_DROP + i]);
        }
    }

    /** Adds messages, all their frames being one, that were handed to a peer. */
    public void addMessagesSent(final long count) {
        counters[0].add(count);
    }

    /** Adds bytes of messages as they lie in a ring, that were handed to a peer. */
    public void addBytesSent(final long bytes) {
        counters[1].add(bytes);
    }

    /** Adds messages, all their frames being one, that the application took. */
    public void addMessagesReceived(final long count) {
        counters[2].add(count);
    }

    /** Adds bytes of messages as they lie in a ring, that the application took. */
    public void addBytesReceived(final long bytes) {
        counters[3].add(bytes);
    }

    /** Adds messages that were not delivered, and why. */
    public void addDropped(final DropCause cause, final long count) {
        drops.get(cause).add(count);
    }

    /** Messages sent. */
    public long messagesSent() {
        return counters[0].value();
    }

    /** Bytes sent. */
    public long bytesSent() {
        return counters[1].value();
    }

    /** Messages received. */
    public long messagesReceived() {
        return counters[2].value();
    }

    /** Bytes received. */
    public long bytesReceived() {
        return counters[3].value();
    }

    /** Messages dropped for this cause. */
    public long dropped(final DropCause cause) {
        return drops.get(cause).value();
    }

    /**
     * Names the endpoints that readers show with this socket, those it is bound and connected to, say. At least 300 bytes of
     * them are kept, and three dots for the rest. Takes a lock.
     */
    public void endpoints(final List<String> endpoints) {
        file.relabel(this, endpoints);
    }

    /** Frees the counters for another socket. May be called twice. Takes a lock. */
    @Override
    public void close() {
        file.release(this);
    }

    void detach() {
        for (final StatCounter counter : counters) {
            counter.detach();
        }
    }
}
