package io.sluicemq.transport.ipc;

import io.sluicemq.transport.stream.Channels;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix-domain socket that listens at a path, with permissions that hold from the first moment. What a killed process
 * left at the path is replaced, a live listener never is. The file is removed at close, if it is still this one's.
 *
 * <p>One thread. Does some system calls on files, and waits for nobody.
 */
final class UnixListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnixListener.class);

    /** Each takes away what the one before met; more are only needed while others start and end at the same path. */
    private static final int MAX_ATTEMPTS = 4;

    private final ServerSocketChannel channel;
    private final Path path;
    private final Path ownDirectory;
    private final Object fileKey;
    private boolean closed;

    private UnixListener(final ServerSocketChannel channel, final Path path, final Path ownDirectory)
            throws IOException {
        this.channel = channel;
        this.path = path;
        this.ownDirectory = ownDirectory;
        this.fileKey = fileKey(path);
    }

    /**
     * Listens.
     *
     * @param where a path, or the wildcard for a fresh one in a directory of its own below {@code java.io.tmpdir}.
     * @param permissions who may connect: on Linux, those who may write.
     * @param backlog connections that may wait to be accepted.
     * @return the listener, whose channel is in non-blocking mode.
     * @throws IOException when that is not possible; the text names the path, the limit and the remedy.
     */
    static UnixListener bind(final UnixPath where, final Set<PosixFilePermission> permissions, final int backlog)
            throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean bound = false;
        try {
            channel.configureBlocking(false);
            final UnixListener listener = where.isWildcard()
                    ? bindFresh(channel, permissions, backlog)
                    : bindAt(where.path(), channel, permissions, backlog);
            bound = true;
            return listener;
        } finally {
            if (!bound) {
                Channels.closeQuietly(channel);
            }
        }
    }

    private static UnixListener bindFresh(
            final ServerSocketChannel channel, final Set<PosixFilePermission> permissions, final int backlog)
            throws IOException {
        // Open to its owner alone, until the socket in it is as it should be.
        final Path directory = Files.createTempDirectory("sluicemq-ipc-");
        final Path path = directory.resolve("socket");
        try {
            if (!UnixPath.fits(path)) {
                throw new IOException("path=" + path + ", limit=the system's length of a socket's path, set"
                        + " java.io.tmpdir to a shorter one");
            }
            channel.bind(UnixDomainSocketAddress.of(path), backlog);
            Files.setPosixFilePermissions(path, permissions);
            Files.setPosixFilePermissions(directory, passable(permissions));
            return new UnixListener(channel, path, directory);
        } catch (final IOException e) {
            deleteQuietly(path);
            deleteQuietly(directory);
            throw e;
        }
    }

    /** Those who may use the socket may pass through its directory. */
    private static Set<PosixFilePermission> passable(final Set<PosixFilePermission> permissions) {
        final Set<PosixFilePermission> result = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            result.add(PosixFilePermission.GROUP_EXECUTE);
        }
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            result.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return result;
    }

    /**
     * Binds in a private directory beside the path, sets the permissions there, and then gives the socket its name, which
     * fails if somebody else has it.
     */
    private static UnixListener bindAt(
            final Path path,
            final ServerSocketChannel channel,
            final Set<PosixFilePermission> permissions,
            final int backlog)
            throws IOException {
        try (PrivateDirectory staging = PrivateDirectory.beside(path)) {
            final Path staged = staging.bind(channel, backlog);
            Files.setPosixFilePermissions(staged, permissions);
            for (int i = 0; i < MAX_ATTEMPTS; i++) {
                try {
                    Files.createLink(path, staged);
                    return new UnixListener(channel, path, null);
                } catch (final FileAlreadyExistsException e) {
                    StaleSocket.remove(path, Files.getOwner(staged));
                }
            }
            throw new IOException("path=" + path + ", limit=one listener, others take it: choose another path");
        } catch (final NoSuchFileException e) {
            throw new IOException("path=" + path + ", limit=a directory that exists, make it before binding", e);
        } catch (final AccessDeniedException e) {
            throw new IOException(
                    "path=" + path + ", limit=a directory that this user may write to, permission denied: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Object fileKey(final Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** What is listened on; it is closed by {@link #close()}. */
    ServerSocketChannel channel() {
        return channel;
    }

    /** Where peers connect. */
    Path path() {
        return path;
    }

    /** Stops listening and removes the file. Twice does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            // The file goes first: while it is there somebody accepts, so that nobody takes it for a stale one.
            removeFile();
            if (ownDirectory != null) {
                removeOwnDirectory();
            }
        } finally {
            Channels.closeQuietly(channel);
        }
    }

    private void removeFile() {
        try {
            if (fileKey.equals(fileKey(path))) {
                Files.delete(path);
            }
        } catch (final NoSuchFileException e) {
            LOG.debug("path={} was removed by somebody else", path);
        } catch (final IOException e) {
            warnThatItStays(path, e);
        }
    }

    private void removeOwnDirectory() {
        try {
            Files.deleteIfExists(ownDirectory);
        } catch (final IOException e) {
            warnThatItStays(ownDirectory, e);
        }
    }

    private static void warnThatItStays(final Path file, final IOException cause) {
        LOG.warn("path={} cannot be removed, limit=write permission for its directory: {}", file, cause.toString());
    }

    private static void deleteQuietly(final Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            LOG.debug("path={} cannot be removed", file, e);
        }
    }
}
