package io.sluicemq.transport.ipc;

import io.sluicemq.transport.Endpoint;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address part of a {@code shm://} endpoint: the path of the control socket. A name without a slash stands for a file in a
 * directory of the user's own in memory. The files of rings lie beside the socket, and their names begin with its name.
 *
 * @param path of the control socket; null for {@code *}, a fresh name.
 */
record ShmAddress(Path path) {
    private static final Logger LOG = LoggerFactory.getLogger(ShmAddress.class);
    private static final String RING_SUFFIX = ".ring";
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final SecureRandom RANDOM = new SecureRandom();

    static ShmAddress parse(final Endpoint endpoint) {
        final String text = endpoint.address();
        if (text.indexOf('/') >= 0 || "*".equals(text) || text.isEmpty() || text.startsWith("@")) {
            return new ShmAddress(UnixPath.parse(endpoint).path());
        }
        final Path file = directory().resolve(text);
        UnixPath.requireFits(endpoint, file, "choose a shorter name");
        return new ShmAddress(file);
    }

    static ShmAddress parseRemote(final Endpoint endpoint) {
        final ShmAddress address = parse(endpoint);
        if (address.path == null) {
            UnixPath.parseRemote(endpoint);
        }
        return address;
    }

    /** Where names without a slash are: in memory where the system has a place for that. */
    private static Path directory() {
        final Path parent = Files.isDirectory(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
        return parent.resolve("sluicemq-" + System.getProperty("user.name", "unknown"));
    }

    /** Where to listen; makes the user's directory if it is needed and not there. */
    Path toLocal() throws IOException {
        final Path file = path != null ? path : directory().resolve(randomName());
        if (directory().equals(file.getParent())) {
            requireOwnDirectory(directory());
        }
        return file;
    }

    private static void requireOwnDirectory(final Path directory) throws IOException {
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final FileAlreadyExistsException e) {
            checkOwnDirectory(directory);
        }
    }

    private static void checkOwnDirectory(final Path directory) throws IOException {
        final PosixFileAttributes found =
                Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory() || !found.owner().equals(ownUser())) {
            throw new IOException("directory=" + directory + ", owner=" + found.owner()
                    + ", limit=a directory of this user, remove it or name a path");
        }
    }

    /** As whom this process makes files. */
    private static UserPrincipal ownUser() throws IOException {
        final Path self = Path.of("/proc/self");
        if (Files.isDirectory(self)) {
            return Files.getOwner(self);
        }
        final Path probe = Files.createTempFile("sluicemq-", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    /**
     * Where to connect to. Anybody can make a directory where the short names are, so it must be this user's own.
     *
     * @throws IOException when it is somebody else's.
     */
    Path toRemote() throws IOException {
        if (isShort() && Files.exists(directory(), LinkOption.NOFOLLOW_LINKS)) {
            checkOwnDirectory(directory());
        }
        return path;
    }

    private boolean isShort() {
        return directory().equals(path.getParent());
    }

    /**
     * Before anything is said to who listens: at a short name it must be this user. A look at the directory alone would not do, as its
     * name may lead elsewhere a moment later.
     *
     * @param listener null where the system does not tell.
     * @throws IOException when it is somebody else, as told to who connects.
     */
    void checkListener(final UserPrincipal listener) throws IOException {
        if (isShort() && !ownUser().equals(listener)) {
            throw new IOException(
                    "listener=" + listener + ", limit=" + ownUser() + ", name a path to reach another user's socket");
        }
    }

    private static String randomName() {
        final byte[] bytes = new byte[8];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A file for the rings of one more peer of a socket. */
    static Path freshRing(final Path socket) {
        return socket.resolveSibling(socket.getFileName() + "." + randomName() + RING_SUFFIX);
    }

    /**
     * The file of that name beside a socket.
     *
     * @return null if it cannot be the name of a ring of that socket.
     */
    static Path ring(final Path socket, final String name) {
        return isRing(socket, name) ? socket.resolveSibling(name) : null;
    }

    private static boolean isRing(final Path socket, final String name) {
        final String prefix = socket.getFileName() + ".";
        final int digits = name.length() - prefix.length() - RING_SUFFIX.length();
        return digits == 16
                && name.startsWith(prefix)
                && name.endsWith(RING_SUFFIX)
                && name.substring(prefix.length(), prefix.length() + digits).matches("[0-9a-f]{16}");
    }

    /** Removes what killed processes left beside a socket; only who has bound it may do that. */
    static void removeStaleFiles(final Path socket) throws IOException {
        final Path directory = socket.toAbsolutePath().getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (final Path file : files) {
                if (isRing(socket, file.getFileName().toString())) {
                    removeStaleRing(file);
                } else if (PrivateDirectory.isOne(file)) {
                    removeStaleStaging(file);
                }
            }
        }
        TakeoverLock.removeStale(socket);
    }

    /** What cannot be removed is not ours, and does no harm: each name is used once. */
    private static void removeStaleRing(final Path file) {
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            LOG.debug("path={} cannot be removed", file, e);
        }
    }

    private static void removeStaleStaging(final Path file) {
        try {
            PrivateDirectory.removeIfStale(file);
        } catch (final IOException e) {
            LOG.debug("path={} was removed by its owner, or is not ours", file, e);
        }
    }
}
