package io.sluicemq.stat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The statistics of one context, in a file that {@link StatReader} reads from any process of the same user:
 * {@code <tmp>/sluicemq-<user>/<pid>}, owner-only. Room for 4,096 sockets and 65,536 peers; the file is sparse, an empty one
 * takes some 4 KiB of the disk, and a socket 9 KB more.
 *
 * <p>Counting always works: where the file cannot be made, or is full, counters live in this process only, and a warning is
 * logged once. All methods may be called on any thread; opening and closing take a lock, counting does not.
 */
public final class StatFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatFile.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<SocketCounters> sockets = new HashSet<>();
    private final Set<PeerRecord> peers = new HashSet<>();
    private final Optional<Path> path;
    // Empty if there is no file, or none any more.
    private Optional<MappedStats> mapped;
    private boolean warned;

    private StatFile(final Optional<MappedStats> mapped) {
        this.mapped = mapped;
        this.path = mapped.map(MappedStats::path);
        this.warned = mapped.isEmpty();
    }

    /** Creates the file in {@code java.io.tmpdir}, and removes those of dead processes. */
    public static StatFile create() {
        return create(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Creates the file in another temporary folder, and removes those of dead processes there. */
    public static StatFile create(final Path temporaryDirectory) {
        try {
            return new StatFile(Optional.of(MappedStats.create(temporaryDirectory)));
        } catch (final IOException | RuntimeException e) {
            LOG.warn("No statistics file, counters stay in this process: {}", e.toString());
            return new StatFile(Optional.empty());
        }
    }

    /** The file; empty if it could not be created. */
    public Optional<Path> path() {
        return path;
    }

    /**
     * Counters for a socket, all zero.
     *
     * @param socketId unique in this context.
     * @param socketType its name, such as PUSH; 15 bytes are kept.
     * @param endpoints shown with the socket until {@link SocketCounters#endpoints}; may be empty.
     * @return the counters; after the close of this file they count in this process only.
     */
    public SocketCounters openSocket(final long socketId, final String socketType, final List<String> endpoints) {
        final int count = StatLayout.SOCKET_COUNTERS.size();
        final StatCounter[] counters = new StatCounter[count];
        final int[] ids = new int[count];
        final String names = StatLayout.endpointsText(endpoints);
        lock.lock();
        try {
            final boolean inFile = reserve(count);
            if (inFile) {
                final MappedStats stats = mapped.orElseThrow();
                stats.beginChange();
                for (int i = 0; i < count; i++) {
                    final byte[] label = StatLayout.label(i, socketId, socketType, names);
                    ids[i] = stats.allocateCounter(StatLayout.SOCKET_COUNTER, key(i, socketId, socketType), label);
                    counters[i] = stats.counter(ids[i]);
                }
                stats.endChange();
            } else {
                for (int i = 0; i < count; i++) {
                    counters[i] = new StatCounter(StatCounter.newBuffer(Long.BYTES), 0);
                }
            }
            final SocketCounters socket =
                    new SocketCounters(this, socketId, socketType, inFile ? ids : new int[0], counters);
            sockets.add(socket);
            return socket;
        } finally {
            lock.unlock();
        }
    }

    /** A record for a peer of a socket, in state CONNECTING and not described. */
    public PeerRecord openPeer(final long socketId, final long pipeId) {
        lock.lock();
        try {
            final int index = allocatePeer();
            final PeerRecord peer = index < 0
                    ? new PeerRecord(this, index, StatCounter.newBuffer(StatLayout.PEER_LENGTH), 0)
                    : new PeerRecord(this, index, mapped.orElseThrow().memory(), MappedStats.peerOffset(index));
            peer.open(socketId, pipeId);
            peers.add(peer);
            return peer;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes all counters and records and deletes the file. May be called twice. The mapping is left to the collector, since
     * another thread may be inside an add.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            sockets.forEach(SocketCounters::detach);
            peers.forEach(PeerRecord::detach);
            sockets.clear();
            peers.clear();
            if (mapped.isPresent()) {
                mapped.get().close();
            }
        } catch (final IOException e) {
            LOG.warn("Statistics file {} not removed: {}", path.orElseThrow(), e.toString());
        } finally {
            mapped = Optional.empty();
            lock.unlock();
        }
    }

    void relabel(final SocketCounters socket, final List<String> endpoints) {
        final String names = StatLayout.endpointsText(endpoints);
        lock.lock();
        try {
            if (mapped.isEmpty() || !sockets.contains(socket)) {
                return;
            }
            final MappedStats stats = mapped.get();
            stats.beginChange();
            for (int i = 0; i < socket.counterIds.length; i++) {
                stats.relabelCounter(
                        socket.counterIds[i], StatLayout.label(i, socket.socketId, socket.socketType, names));
            }
            stats.endChange();
        } finally {
            lock.unlock();
        }
    }

    void release(final SocketCounters socket) {
        lock.lock();
        try {
            socket.detach();
            if (!sockets.remove(socket) || mapped.isEmpty()) {
                return;
            }
            final MappedStats stats = mapped.get();
            stats.beginChange();
            for (final int id : socket.counterIds) {
                stats.freeCounter(id);
            }
            stats.endChange();
        } finally {
            lock.unlock();
        }
    }

    void release(final PeerRecord peer) {
        lock.lock();
        try {
            if (peer.detach() && peers.remove(peer) && peer.index >= 0) {
                mapped.ifPresent(stats -> stats.freePeer(peer.index));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean reserve(final int count) {
        if (mapped.isEmpty()) {
            return false;
        }
        try {
            if (mapped.get().reserveCounters(count)) {
                return true;
            }
            warnOnce("counters=" + StatLayout.MAX_COUNTERS + ", limit=" + StatLayout.MAX_COUNTERS);
        } catch (final IOException e) {
            warnOnce(e.toString());
        }
        return false;
    }

    private int allocatePeer() {
        if (mapped.isEmpty()) {
            return -1;
        }
        try {
            final int index = mapped.get().allocatePeer();
            if (index < 0) {
                warnOnce("peers=" + StatLayout.MAX_PEERS + ", limit=" + StatLayout.MAX_PEERS);
            }
            return index;
        } catch (final IOException e) {
            warnOnce(e.toString());
            return -1;
        }
    }

    private void warnOnce(final String reason) {
        if (!warned) {
            warned = true;
            LOG.warn(
                    "No room in statistics file {}, some counters stay in this process: {}",
                    path.orElseThrow(),
                    reason);
        }
    }

    private static byte[] key(final int index, final long socketId, final String socketType) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[StatLayout.KEY_LENGTH]);
        final byte[] type = StatLayout.utf8(socketType, StatLayout.MAX_SOCKET_TYPE_BYTES);
        key.putLong(StatLayout.KEY_SOCKET_ID, socketId);
        key.putInt(StatLayout.KEY_INDEX, index);
        key.putByte(StatLayout.KEY_SOCKET_TYPE, (byte) type.length);
        key.putBytes(StatLayout.KEY_SOCKET_TYPE + 1, type);
        return key.byteArray();
    }
}
