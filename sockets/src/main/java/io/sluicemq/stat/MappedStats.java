package io.sluicemq.stat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * A statistics file that is mapped: gives out counters and peer records, and takes them back. One thread at a time.
 *
 * <p>The file is sparse, and storing into a hole of a mapped file kills the process if the disk is full. So blocks are taken
 * by writing zeros to the file before the mapping is used there: a full disk is then an IOException.
 *
 * <p>The mapping is never unmapped by hand: a thread may be about to add to a counter. The collector unmaps it when no
 * counter refers to it any more, which {@link StatCounter} sees to at its close.
 */
final class MappedStats {
    /** A freed counter rests, so that a late add does not go to its next owner. */
    private static final long REUSE_DELAY_MS = 1_000;

    private static final int BLOCK_LENGTH = 16 * 1024;

    private final Path path;
    private final RandomAccessFile file;
    private final UnsafeBuffer memory;
    private final CountersManager counters;
    private final Area values = new Area(StatLayout.VALUES_OFFSET, StatLayout.METADATA_OFFSET);
    private final Area metadata = new Area(StatLayout.METADATA_OFFSET, StatLayout.PEERS_OFFSET);
    private final Area peers = new Area(StatLayout.PEERS_OFFSET, StatLayout.FILE_LENGTH);
    // First in, first out: a record rests as long as can be before it is used again.
    private final ArrayDeque<Integer> freePeers = new ArrayDeque<>();
    private int countersUsed;
    private int peersUsed;

    private MappedStats(final Path path, final RandomAccessFile file) throws IOException {
        this.path = path;
        this.file = file;
        file.setLength(StatLayout.FILE_LENGTH);
        new Area(0, StatLayout.HEADER_LENGTH).reserve(StatLayout.HEADER_LENGTH);
        memory = new UnsafeBuffer(file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, StatLayout.FILE_LENGTH));
        counters = new CountersManager(
                new UnsafeBuffer(memory, StatLayout.METADATA_OFFSET, StatLayout.METADATA_LENGTH),
                new UnsafeBuffer(memory, StatLayout.VALUES_OFFSET, StatLayout.VALUES_LENGTH),
                StandardCharsets.UTF_8,
                SystemEpochClock.INSTANCE,
                REUSE_DELAY_MS);
        memory.putInt(StatLayout.VERSION_OFFSET, StatLayout.VERSION);
        memory.putLong(StatLayout.PID_OFFSET, ProcessHandle.current().pid());
        memory.putLong(StatLayout.START_OFFSET, StatDirectory.startOfThisProcessMs());
        memory.putLongRelease(StatLayout.MAGIC_OFFSET, StatLayout.MAGIC);
    }

    /** A part of the file, of which the first bytes, a multiple of the block length, have blocks. */
    private final class Area {
        private final int end;
        private int reserved;

        Area(final int start, final int end) {
            this.end = end;
            reserved = start;
        }

        void reserve(final int to) throws IOException {
            while (reserved < to) {
                final int length = Math.min(BLOCK_LENGTH, end - reserved);
                file.seek(reserved);
                file.write(new byte[length]);
                reserved += length;
            }
        }
    }

    /** Creates the file; an interrupt, which would close its channel, is put off. */
    static MappedStats create(final Path temporaryDirectory) throws IOException {
        final boolean interrupted = Thread.interrupted();
        try {
            final Path path = new StatDirectory(temporaryDirectory).createFile();
            final RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
            try {
                return new MappedStats(path, file);
            } catch (final IOException | RuntimeException e) {
                file.close();
                Files.deleteIfExists(path);
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    Path path() {
        return path;
    }

    AtomicBuffer memory() {
        return memory;
    }

    /** Begins a change of counters that readers see as a whole or not at all. */
    void beginChange() {
        memory.putIntRelease(StatLayout.COUNTERS_VERSION_OFFSET, memory.getInt(StatLayout.COUNTERS_VERSION_OFFSET) + 1);
        VarHandle.releaseFence();
    }

    void endChange() {
        memory.putInt(StatLayout.COUNTERS_USED_OFFSET, countersUsed);
        memory.putIntRelease(StatLayout.COUNTERS_VERSION_OFFSET, memory.getInt(StatLayout.COUNTERS_VERSION_OFFSET) + 1);
    }

    /** Whether so many counters are left; takes their blocks. */
    boolean reserveCounters(final int count) throws IOException {
        if (counters.available() < count) {
            return false;
        }
        final int highest = Math.min(countersUsed + count, StatLayout.MAX_COUNTERS);
        values.reserve(StatLayout.VALUES_OFFSET + highest * CountersReader.COUNTER_LENGTH);
        metadata.reserve(StatLayout.METADATA_OFFSET + highest * CountersReader.METADATA_LENGTH);
        return true;
    }

    /** Gives out a reserved counter; between beginChange and endChange. */
    int allocateCounter(final int type, final byte[] key, final byte[] label) {
        final int id =
                counters.allocate(type, new UnsafeBuffer(key), 0, key.length, new UnsafeBuffer(label), 0, label.length);
        countersUsed = Math.max(countersUsed, id + 1);
        return id;
    }

    StatCounter counter(final int id) {
        return new StatCounter(memory, StatLayout.VALUES_OFFSET + CountersReader.counterOffset(id));
    }

    void relabelCounter(final int id, final byte[] label) {
        counters.setCounterLabel(id, new String(label, StandardCharsets.UTF_8));
    }

    void freeCounter(final int id) {
        counters.free(id);
    }

    /** The number of a peer record, or -1 if all are taken. */
    int allocatePeer() throws IOException {
        if (!freePeers.isEmpty()) {
            return freePeers.remove();
        }
        if (peersUsed == StatLayout.MAX_PEERS) {
            return -1;
        }
        peers.reserve(peerOffset(peersUsed + 1));
        peersUsed++;
        memory.putIntRelease(StatLayout.PEERS_USED_OFFSET, peersUsed);
        return peersUsed - 1;
    }

    void freePeer(final int index) {
        freePeers.add(index);
    }

    static int peerOffset(final int index) {
        return StatLayout.PEERS_OFFSET + index * StatLayout.PEER_LENGTH;
    }

    /** Deletes the file. */
    void close() throws IOException {
        try {
            file.close();
        } finally {
            Files.deleteIfExists(path);
        }
    }
}
