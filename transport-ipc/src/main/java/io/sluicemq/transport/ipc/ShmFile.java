package io.sluicemq.transport.ipc;

import io.sluicemq.transport.stream.Channels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A file of two rings, mapped into this process; see {@link ShmLayout}. One process creates it and another opens it; then its name
 * may go, and the memory lives until both have unmapped it. One thread at a time.
 *
 * <p>Each ring is mapped by itself, as both together may be larger than one mapping can be. Where a peer has
 * truncated the file, who touches the memory gets an {@link InternalError}, from this call or from one of its next: from compiled code
 * too late for any handler nearby. So the file stays open, and {@link #isTruncated()} tells without a touch.
 */
final class ShmFile {
    /** Permissions of a file for one user alone. */
    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Raised when anything in {@link ShmLayout} changes its meaning. */
    static final int VERSION = 1;

    static final int MAGIC_AT = 0;
    static final int BYTE_ORDER_AT = 8;
    static final int VERSION_AT = 16;
    static final int RING_BYTES_AT = 24;

    /** In big-endian order, so that the other order is told by its own field: "SLUICSHM". */
    private static final long MAGIC = 0x534c_5549_4353_484dL;

    private static final long BYTE_ORDER = 0x0102_0304_0506_0708L;
    private static final int FILL_BYTES = 64 * 1024;

    private final Path path;
    private final FileChannel channel;
    private final MappedByteBuffer[] mappings;
    private final UnsafeBuffer[] rings;
    private final AtomicBoolean unmapped = new AtomicBoolean();

    private ShmFile(final Path path, final FileChannel channel, final MappedByteBuffer[] mappings) {
        this.path = path;
        this.channel = channel;
        this.mappings = mappings;
        this.rings = new UnsafeBuffer[] {new UnsafeBuffer(mappings[0]), new UnsafeBuffer(mappings[1])};
    }

    /** Writes zeros to a new file; a test replaces it. */
    @FunctionalInterface
    interface Filler {
        void fill(WritableByteChannel channel, long bytes) throws IOException;
    }

    /**
     * Makes a file. All of it is written before it is mapped, so that memory that is not there is an exception here, and no
     * signal later. A failure leaves no file.
     *
     * @param path of the file, which must not exist.
     * @param ringBytes of direction 0, a power of two from 4 KiB to 1 GiB.
     * @param otherRingBytes of direction 1, likewise.
     * @param permissions of the file from its first moment; never more than the umask allows until it is complete.
     * @throws IOException with the remedy, if it exists, or there is no room.
     */
    static ShmFile create(
            final Path path, final int ringBytes, final int otherRingBytes, final Set<PosixFilePermission> permissions)
            throws IOException {
        return create(path, new int[] {ringBytes, otherRingBytes}, permissions, ShmFile::fill);
    }

    static ShmFile create(
            final Path path, final int[] ringBytes, final Set<PosixFilePermission> permissions, final Filler filler)
            throws IOException {
        for (final int each : ringBytes) {
            ShmLayout.ringBytes(ShmLayout.CONTROL_BYTES + each);
        }
        final FileChannel channel = FileChannel.open(
                path,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(permissions));
        boolean created = false;
        try {
            fill(channel, path, ringBytes, filler);
            // The umask may have taken some away.
            Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setPermissions(permissions);
            final ShmFile file = new ShmFile(path, channel, map(channel, ringBytes));
            created = true;
            return file;
        } finally {
            if (!created) {
                Channels.closeQuietly(channel);
                Files.deleteIfExists(path);
            }
        }
    }

    private static void fill(final FileChannel channel, final Path path, final int[] ringBytes, final Filler filler)
            throws IOException {
        final long bytes = fileBytes(ringBytes);
        try {
            filler.fill(channel, bytes);
            final ByteBuffer header = headerBuffer();
            header.order(ByteOrder.BIG_ENDIAN).putLong(MAGIC_AT, MAGIC).order(ByteOrder.nativeOrder());
            header.putLong(BYTE_ORDER_AT, BYTE_ORDER).putInt(VERSION_AT, VERSION);
            header.putInt(RING_BYTES_AT, ringBytes[0]).putInt(RING_BYTES_AT + Integer.BYTES, ringBytes[1]);
            while (header.hasRemaining()) {
                channel.write(header, header.position());
            }
        } catch (final IOException e) {
            throw new IOException(
                    "shm fileBytes=" + bytes + ", limit=" + usableBytes(path) + " free, path=" + path
                            + ", make room there or use smaller rings: " + e.getMessage(),
                    e);
        }
    }

    private static String usableBytes(final Path path) {
        try {
            return Long.toString(Files.getFileStore(path).getUsableSpace());
        } catch (final IOException e) {
            return "unknown";
        }
    }

    static void fill(final WritableByteChannel channel, final long bytes) throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
        long left = bytes;
        while (left > 0) {
            zeros.clear().limit((int) Math.min(left, FILL_BYTES));
            final int written = channel.write(zeros);
            if (written <= 0) {
                throw new IOException("nothing more can be written, leftBytes=" + left);
            }
            left -= written;
        }
    }

    /**
     * Opens a file that another process made. Everything is checked before it is mapped.
     *
     * @param path of the file; a symbolic link is not followed.
     * @param owner whom it must belong to.
     * @throws IOException that says which check failed.
     */
    static ShmFile open(final Path path, final UserPrincipal owner) throws IOException {
        final PosixFileAttributes before = attributes(path);
        // Before it is opened: to open a device or a pipe may do or wait for something.
        check(before.isRegularFile(), path, "regular=false", "true", "name a file that a SluiceMQ process made");
        check(before.owner().equals(owner), path, "owner=" + before.owner(), owner, "let that user make the file");
        final FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        boolean opened = false;
        try {
            final Object key = attributes(path).fileKey();
            check(
                    Objects.equals(before.fileKey(), key),
                    path,
                    "file=" + key,
                    before.fileKey(),
                    "it was replaced, try again");
            final ShmFile file = new ShmFile(path, channel, map(channel, readHeader(channel, path)));
            opened = true;
            return file;
        } finally {
            if (!opened) {
                Channels.closeQuietly(channel);
            }
        }
    }

    private static PosixFileAttributes attributes(final Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static int[] readHeader(final FileChannel channel, final Path path) throws IOException {
        final long bytes = channel.size();
        check(bytes >= ShmLayout.FILE_HEADER_BYTES, path, "fileBytes=" + bytes, "at least 4096", "it is not complete");
        final ByteBuffer header = headerBuffer();
        while (header.hasRemaining() && channel.read(header, header.position()) > 0) {
            // Until all of it is there.
        }
        check(!header.hasRemaining(), path, "headerBytes=" + header.position(), "4096", "it was truncated");
        final long magic = header.order(ByteOrder.BIG_ENDIAN).getLong(MAGIC_AT);
        check(magic == MAGIC, path, "magic=" + Long.toHexString(magic), Long.toHexString(MAGIC), "it is no shm file");
        final long order = header.order(ByteOrder.nativeOrder()).getLong(BYTE_ORDER_AT);
        check(order == BYTE_ORDER, path, "byteOrder=" + Long.toHexString(order), "this machine's", "make it here");
        final int version = header.getInt(VERSION_AT);
        check(version == VERSION, path, "version=" + version, VERSION, "use the same SluiceMQ on both sides");
        final int[] ringBytes = {header.getInt(RING_BYTES_AT), header.getInt(RING_BYTES_AT + Integer.BYTES)};
        for (final int each : ringBytes) {
            check(
                    ShmLayout.isRingSize(each),
                    path,
                    "ringBytes=" + each,
                    "a power of two, 4096..1073741824",
                    "it is damaged");
        }
        check(bytes == fileBytes(ringBytes), path, "fileBytes=" + bytes, fileBytes(ringBytes), "it was truncated");
        return ringBytes;
    }

    private static void check(
            final boolean holds, final Path path, final String value, final Object limit, final String remedy)
            throws IOException {
        if (!holds) {
            throw new IOException("shm " + value + ", limit=" + limit + ", path=" + path + ", " + remedy);
        }
    }

    private static ByteBuffer headerBuffer() {
        return ByteBuffer.allocateDirect(ShmLayout.FILE_HEADER_BYTES).order(ByteOrder.nativeOrder());
    }

    private static long fileBytes(final int[] ringBytes) {
        return ShmLayout.FILE_HEADER_BYTES + 2L * ShmLayout.CONTROL_BYTES + ringBytes[0] + ringBytes[1];
    }

    private static MappedByteBuffer[] map(final FileChannel channel, final int[] ringBytes) throws IOException {
        final int bytes = ShmLayout.CONTROL_BYTES + ringBytes[0];
        final MappedByteBuffer first = channel.map(MapMode.READ_WRITE, ShmLayout.FILE_HEADER_BYTES, bytes);
        boolean both = false;
        try {
            final long secondAt = (long) ShmLayout.FILE_HEADER_BYTES + bytes;
            final MappedByteBuffer second =
                    channel.map(MapMode.READ_WRITE, secondAt, ShmLayout.CONTROL_BYTES + ringBytes[1]);
            both = true;
            return new MappedByteBuffer[] {first, second};
        } finally {
            if (!both) {
                IoUtil.unmap(first);
            }
        }
    }

    /**
     * The words and records of one direction, for a {@link ShmWriter} on one side and a {@link ShmReader} on the other.
     *
     * @param direction 0 or 1.
     */
    UnsafeBuffer ring(final int direction) {
        return rings[direction];
    }

    /**
     * Whether a process has truncated the file, so that its memory may not be touched. Nothing is told once {@link #stopWatching()} was
     * called.
     */
    boolean isTruncated() {
        // It would close the channel.
        final boolean interrupted = Thread.interrupted();
        try {
            return channel.isOpen() && channel.size() < mappedBytes();
        } catch (final IOException e) {
            // Nothing is known: the memory itself will tell.
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    long mappedBytes() {
        return (long) ShmLayout.FILE_HEADER_BYTES + mappings[0].capacity() + mappings[1].capacity();
    }

    /** Lets go of the descriptor; the memory stays. */
    void stopWatching() {
        Channels.closeQuietly(channel);
    }

    /** Removes the file's name; the memory stays with those who have mapped it. Nothing if it is gone. */
    void deleteName() throws IOException {
        Files.deleteIfExists(path);
    }

    /**
     * Unmaps the memory, once however often it is called. Not before both writer and reader of this process are done with it: a
     * touch afterwards kills the JVM. Without it, the collector does the same once nobody refers to the memory.
     */
    void unmap() {
        stopWatching();
        if (unmapped.compareAndSet(false, true)) {
            for (final MappedByteBuffer each : mappings) {
                IoUtil.unmap(each);
            }
        }
    }
}
