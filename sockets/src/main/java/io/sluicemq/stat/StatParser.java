package io.sluicemq.stat;

import static io.sluicemq.stat.StatLayout.FIRST_DROP;
import static io.sluicemq.stat.StatLayout.HEADER_LENGTH;
import static io.sluicemq.stat.StatLayout.PEER_LENGTH;
import static io.sluicemq.stat.StatLayout.SOCKET_COUNTERS;

import io.sluicemq.DropCause;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/** Takes one file apart. Trusts no byte of it. One thread. */
final class StatParser implements AutoCloseable {
    /** A writer that is always at it, or that does not get to run in the middle of a change, is waited for so long. */
    private static final long MAX_WAIT_NS = 2_000_000_000L;

    /** The same, for one peer's record. */
    private static final long MAX_PEER_WAIT_NS = 100_000_000L;

    private static final long RETRY_DELAY_NS = 10_000;

    private final Path path;
    // Not a FileChannel: an interrupt would close it.
    private final RandomAccessFile file;
    private final Map<Long, SocketBuilder> sockets = new TreeMap<>();

    StatParser(final Path path) throws IOException {
        this.path = path;
        this.file = new RandomAccessFile(path.toFile(), "r");
    }

    /** A socket whose counters are being gathered. */
    private static final class SocketBuilder {
        final long[] counts = new long[SOCKET_COUNTERS.size()];
        String type = "";
        List<String> endpoints = List.of();

        SocketStat build(final long socketId) {
            final Map<DropCause, Long> dropped = new EnumMap<>(DropCause.class);
            for (int i = 0; i < StatLayout.DROP_CAUSES.size(); i++) {
                dropped.put(StatLayout.DROP_CAUSES.get(i), counts[FIRST_DROP + i]);
            }
            return new SocketStat(
                    socketId,
                    type,
                    endpoints,
                    counts[0],
                    counts[1],
                    counts[2],
                    counts[3],
                    Collections.unmodifiableMap(dropped));
        }
    }

    StatSnapshot parse() throws IOException {
        final UnsafeBuffer header = read(0, HEADER_LENGTH);
        if (header.getLong(StatLayout.MAGIC_OFFSET) != StatLayout.MAGIC) {
            throw new IOException("magic(" + path + ")=" + Long.toHexString(header.getLong(StatLayout.MAGIC_OFFSET))
                    + ", limit=" + Long.toHexString(StatLayout.MAGIC) + ", name a statistics file");
        }
        if (header.getInt(StatLayout.VERSION_OFFSET) != StatLayout.VERSION) {
            throw new IOException("version(" + path + ")=" + header.getInt(StatLayout.VERSION_OFFSET) + ", limit="
                    + StatLayout.VERSION + ", use the reader of the library version that writes this file");
        }
        readCounters();
        final List<PeerStat> peers = readPeers();
        final List<SocketStat> socketStats = new ArrayList<>();
        sockets.forEach((socketId, socket) -> socketStats.add(socket.build(socketId)));
        return new StatSnapshot(
                header.getLong(StatLayout.PID_OFFSET),
                header.getLong(StatLayout.START_OFFSET),
                List.copyOf(socketStats),
                List.copyOf(peers));
    }

    /** Copies metadata, then values, until nothing was opened or closed meanwhile. */
    private void readCounters() throws IOException {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < MAX_WAIT_NS) {
            final UnsafeBuffer before = read(StatLayout.COUNTERS_VERSION_OFFSET, 8);
            final int version = before.getInt(0);
            if ((version & 1) != 0) {
                LockSupport.parkNanos(RETRY_DELAY_NS);
                continue;
            }
            final int used = count("counters", before.getInt(4), StatLayout.MAX_COUNTERS);
            final UnsafeBuffer metadata = read(StatLayout.METADATA_OFFSET, used * CountersReader.METADATA_LENGTH);
            final UnsafeBuffer values = read(StatLayout.VALUES_OFFSET, used * CountersReader.COUNTER_LENGTH);
            if (read(StatLayout.COUNTERS_VERSION_OFFSET, 4).getInt(0) == version) {
                for (int id = 0; id < used; id++) {
                    addCounter(
                            metadata,
                            CountersReader.metaDataOffset(id),
                            values.getLong(CountersReader.counterOffset(id)));
                }
                return;
            }
        }
        throw new IOException("changing(" + path + ")=for " + MAX_WAIT_NS / 1_000_000 + " ms, limit="
                + MAX_WAIT_NS / 1_000_000 + " ms, try again; if it stays, the process died in the middle of a change");
    }

    private void addCounter(final UnsafeBuffer metadata, final int offset, final long value) throws IOException {
        if (metadata.getInt(offset) != CountersReader.RECORD_ALLOCATED) {
            return;
        }
        final int labelLength =
                count("label", metadata.getInt(offset + CountersReader.LABEL_OFFSET), CountersReader.MAX_LABEL_LENGTH);
        final String label = text(metadata, offset + CountersReader.LABEL_OFFSET + Integer.BYTES, labelLength);
        final int type = metadata.getInt(offset + CountersReader.TYPE_ID_OFFSET);
        final int key = offset + CountersReader.KEY_OFFSET;
        final int index = metadata.getInt(key + StatLayout.KEY_INDEX);
        if (type != StatLayout.SOCKET_COUNTER || index < 0 || index >= SOCKET_COUNTERS.size()) {
            return;
        }
        final long socketId = metadata.getLong(key + StatLayout.KEY_SOCKET_ID);
        final SocketBuilder socket = sockets.computeIfAbsent(socketId, id -> new SocketBuilder());
        socket.counts[index] = value;
        socket.type = shortText(metadata, key + StatLayout.KEY_SOCKET_TYPE, StatLayout.MAX_SOCKET_TYPE_BYTES);
        if (index == 0) {
            final String start = StatLayout.labelStart(0, socketId, socket.type);
            final String text = label.startsWith(start) ? label.substring(start.length()) : label;
            socket.endpoints = text.isEmpty() ? List.of() : List.of(text.split(StatLayout.ENDPOINT_SEPARATOR));
        }
    }

    private List<PeerStat> readPeers() throws IOException {
        final int used = count("peers", read(StatLayout.PEERS_USED_OFFSET, 4).getInt(0), StatLayout.MAX_PEERS);
        final List<PeerStat> peers = new ArrayList<>();
        for (int i = 0; i < used; i++) {
            readPeer(StatLayout.PEERS_OFFSET + i * PEER_LENGTH, peers);
        }
        return peers;
    }

    /** A record whose text never holds still is left out, rather than shown torn. */
    private void readPeer(final int offset, final List<PeerStat> peers) throws IOException {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < MAX_PEER_WAIT_NS) {
            // Three reads of the file, in this order, whatever the order of bytes within one.
            final int version = read(offset, 4).getInt(0);
            final UnsafeBuffer peer = read(offset, PEER_LENGTH);
            final boolean unchanged = read(offset, 4).getInt(0) == version;
            if (unchanged && (version & 1) == 0) {
                PeerState.ofCode(peer.getInt(StatLayout.PEER_STATE)).ifPresent(state -> peers.add(peer(peer, state)));
                return;
            }
            LockSupport.parkNanos(RETRY_DELAY_NS);
        }
    }

    private static PeerStat peer(final UnsafeBuffer peer, final PeerState state) {
        return new PeerStat(
                peer.getLong(StatLayout.PEER_SOCKET_ID),
                peer.getLong(StatLayout.PEER_PIPE_ID),
                state,
                shortText(peer, StatLayout.PEER_SOCKET_TYPE, StatLayout.MAX_SOCKET_TYPE_BYTES),
                shortText(peer, StatLayout.PEER_ENDPOINT, StatLayout.MAX_PEER_ENDPOINT_BYTES),
                peer.getLong(StatLayout.PEER_SENT),
                peer.getLong(StatLayout.PEER_RECEIVED),
                peer.getLong(StatLayout.PEER_DROPPED),
                peer.getLong(StatLayout.PEER_QUEUED));
    }

    private static String shortText(final UnsafeBuffer buffer, final int offset, final int maxBytes) {
        return text(buffer, offset + 1, Math.min(buffer.getByte(offset) & 0xff, maxBytes));
    }

    private static String text(final UnsafeBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int count(final String name, final int value, final int limit) throws IOException {
        if (value < 0 || value > limit) {
            throw new IOException(name + "(" + path + ")=" + value + ", limit=0.." + limit + ", the file is damaged");
        }
        return value;
    }

    private UnsafeBuffer read(final int offset, final int length) throws IOException {
        if (file.length() < (long) offset + length) {
            throw new IOException("length(" + path + ")=" + file.length() + ", limit=" + ((long) offset + length)
                    + " or more, the file is cut short, or not a statistics file");
        }
        final byte[] bytes = new byte[length];
        file.seek(offset);
        file.readFully(bytes);
        return new UnsafeBuffer(bytes);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
