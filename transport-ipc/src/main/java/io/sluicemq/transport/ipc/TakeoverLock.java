package io.sluicemq.transport.ipc;

import io.sluicemq.transport.stream.Channels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to remove a stale socket file, held by one thread of one process at a time. It is a lock of the system on the
 * file {@code .<name>.sluicemq-lock} beside it, so it ends with its process. The file is there only while somebody holds
 * the right. A file of that name that somebody else made is neither written nor removed.
 *
 * <p>Only the holder removes the file. One who opened it before that has locked a file without a name, so after locking, a
 * fresh token is written through the locked descriptor and read back under the name: both are the same file, or all is
 * begun anew.
 */
final class TakeoverLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TakeoverLock.class);
    private static final int MAX_ATTEMPTS = 16;

    /** Begins what stands in the file, so that it can be told from other people's. */
    private static final String TOKEN_PREFIX = "sluicemq-lock ";

    private static final Pattern TOKEN = Pattern.compile(TOKEN_PREFIX + "[0-9a-f-]{36}");
    private static final int TOKEN_BYTES = TOKEN_PREFIX.length() + 36;

    /**
     * The system's locks belong to the process, and closing any descriptor of the file ends them: within the process, one
     * thread at a time has the file open.
     */
    private static final ReentrantLock IN_PROCESS = new ReentrantLock();

    private static final Set<OpenOption> FOR_LOCKING = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> FOR_READING = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path file;
    private final FileChannel locked;
    private final FileChannel named;

    private TakeoverLock(final Path file, final FileChannel locked, final FileChannel named) {
        this.file = file;
        this.locked = locked;
        this.named = named;
    }

    /**
     * Takes the right, or says who has it. Waits for threads of this process, for some system calls; never for another
     * process.
     *
     * @param self this user, to whom a file that is there already must belong.
     */
    static TakeoverLock acquire(final Path path, final UserPrincipal self) throws IOException {
        final Path file = file(path);
        IN_PROCESS.lock();
        boolean acquired = false;
        try {
            for (int i = 0; i < MAX_ATTEMPTS; i++) {
                final TakeoverLock lock = attempt(file, self);
                if (lock != null) {
                    acquired = true;
                    return lock;
                }
            }
            throw busy(file);
        } finally {
            if (!acquired) {
                IN_PROCESS.unlock();
            }
        }
    }

    /** Where the lock of a path is. */
    static Path file(final Path path) {
        return path.resolveSibling("." + path.getFileName() + ".sluicemq-lock");
    }

    /**
     * Removes the file of a holder that was killed; nothing if there is none, somebody holds the right, or it is no such
     * file. Only who has bound a socket at the path may do that.
     */
    static void removeStale(final Path path) {
        if (Files.exists(file(path), LinkOption.NOFOLLOW_LINKS)) {
            try {
                acquire(path, Files.getOwner(path, LinkOption.NOFOLLOW_LINKS)).close();
            } catch (final IOException e) {
                LOG.debug("lock of path={} stays", path, e);
            }
        }
    }

    private static IOException busy(final Path file) {
        return new IOException("lock=" + file
                + ", limit=one process that starts there, another is just doing so: try again or choose another path");
    }

    /** Gives null when the file lost its name meanwhile. */
    private static TakeoverLock attempt(final Path file, final UserPrincipal self) throws IOException {
        // Opening some kinds of files does something, so this is asked before that too.
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            requireOwn(file, self);
        }
        final FileChannel locked = FileChannel.open(
                file, FOR_LOCKING, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        FileChannel named = null;
        boolean kept = false;
        try {
            if (locked.tryLock() == null) {
                throw busy(file);
            }
            requireOwn(file, self);
            if (!isOfOwnForm(locked)) {
                throw foreign(file);
            }
            final String token = TOKEN_PREFIX + UUID.randomUUID();
            locked.write(ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII)), 0);
            named = FileChannel.open(file, FOR_READING);
            kept = read(named).equals(token);
            return kept ? new TakeoverLock(file, locked, named) : null;
        } catch (final NoSuchFileException e) {
            return null;
        } catch (final OverlappingFileLockException e) {
            throw busy(file);
        } finally {
            if (!kept) {
                Channels.closeQuietly(locked);
                if (named != null) {
                    Channels.closeQuietly(named);
                }
            }
        }
    }

    private static void requireOwn(final Path file, final UserPrincipal self) throws IOException {
        final Map<String, Object> found =
                Files.readAttributes(file, "unix:isRegularFile,nlink,owner", LinkOption.NOFOLLOW_LINKS);
        if (!found.get("isRegularFile").equals(true) || !found.get("nlink").equals(1)) {
            throw foreign(file);
        }
        final UserPrincipal owner = (UserPrincipal) found.get("owner");
        if (!owner.equals(self)) {
            throw new IOException("lock=" + file + ", owner=" + owner.getName()
                    + ", limit=a file of this user, another user starts there or left it: choose another path or have"
                    + " its owner remove it");
        }
    }

    private static IOException foreign(final Path file) {
        return new IOException("lock=" + file
                + ", limit=a regular file with one name that SluiceMQ made, another file is there: choose another path or"
                + " remove the file");
    }

    /** Whether a file, which is locked, holds nothing or what a holder left. */
    private static boolean isOfOwnForm(final FileChannel locked) throws IOException {
        final String text = read(locked);
        return text.isEmpty() || TOKEN.matcher(text).matches();
    }

    /** What stands in a file, up to one byte more than a token has. */
    private static String read(final FileChannel file) throws IOException {
        final ByteBuffer found = ByteBuffer.allocate(TOKEN_BYTES + 1);
        file.read(found, 0);
        return StandardCharsets.US_ASCII.decode(found.flip()).toString();
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(file);
        } finally {
            Channels.closeQuietly(named);
            Channels.closeQuietly(locked);
            IN_PROCESS.unlock();
        }
    }
}
