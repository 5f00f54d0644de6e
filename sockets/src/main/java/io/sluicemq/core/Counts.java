package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.SocketStats;
import io.sluicemq.stat.PeerRecord;
import io.sluicemq.stat.PeerState;
import io.sluicemq.stat.SocketCounters;
import io.sluicemq.stat.StatFile;
import io.sluicemq.transport.SocketType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The account of one socket, in the mapped file that other processes read. Added to once a batch. */
final class Counts {
    private final StatFile file;
    private final long socketId;
    private final SocketCounters socket;

    /** Set by the agent, read by threads that take messages: from then on the file has no room for this socket. */
    private volatile boolean closed;

    private final AtomicLong lateMessages = new AtomicLong();
    private final AtomicLong lateBytes = new AtomicLong();

    Counts(final StatFile file, final long socketId, final SocketType type) {
        this.file = file;
        this.socketId = socketId;
        this.socket = file.openSocket(socketId, type.wireName(), List.of());
    }

    void endpoints(final List<String> endpoints) {
        socket.endpoints(endpoints);
    }

    void sent(final long messages, final long bytes) {
        if (closed) {
            // A peer in this process goes on reading what waits in our ring.
            lateMessages.addAndGet(messages);
            lateBytes.addAndGet(bytes);
            return;
        }
        socket.addMessagesSent(messages);
        socket.addBytesSent(bytes);
    }

    void received(final long messages, final long bytes) {
        socket.addMessagesReceived(messages);
        socket.addBytesReceived(bytes);
    }

    void dropped(final DropCause cause, final long messages) {
        socket.addDropped(cause, messages);
    }

    SocketStats snapshot() {
        final Map<DropCause, Long> dropped = new EnumMap<>(DropCause.class);
        for (final DropCause cause : DropCause.values()) {
            final long count = socket.dropped(cause);
            if (count != 0) {
                dropped.put(cause, count);
            }
        }
        return new SocketStats(
                socket.messagesSent() + lateMessages.get(),
                socket.bytesSent() + lateBytes.get(),
                socket.messagesReceived(),
                socket.bytesReceived(),
                dropped);
    }

    /** A record for a pipe that is being made. */
    PeerRecord newPeer(final int pipeId) {
        return file.openPeer(socketId, pipeId);
    }

    void connecting(final Pipe pipe) {
        pipe.record().describe("", pipe.dialer().endpoint().toString());
    }

    void accepted(final Pipe pipe, final String remoteAddress) {
        pipe.record().describe("", remoteAddress);
        pipe.record().state(PeerState.HANDSHAKING);
    }

    void opened(final Pipe pipe) {
        pipe.record().describe(pipe.peer().socketType().wireName(), pipe.address());
        pipe.record().state(PeerState.READY);
    }

    void lost(final Pipe pipe) {
        pipe.record().state(PeerState.CONNECTING);
    }

    void closed(final Pipe pipe) {
        pipe.record().close();
    }

    void close() {
        closed = true;
        socket.close();
    }
}
