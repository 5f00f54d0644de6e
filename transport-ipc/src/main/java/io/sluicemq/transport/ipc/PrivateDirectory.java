package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory for a moment, into which only its owner can look, so that a socket can be made ready there. */
final class PrivateDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateDirectory.class);

    private static final String PREFIX = ".sluicemq-";

    /** Namespace, process and a random number. */
    private static final Pattern NAME = Pattern.compile(Pattern.quote(PREFIX) + "[0-9]*-[0-9]+-[0-9]+");

    /** Numbers of processes mean something among those that see the same processes, as in one container. */
    private static final String NAMESPACE = namespace() + "-";

    private static final String OWNER = NAMESPACE + ProcessHandle.current().pid() + "-";

    /** One that is so old is no longer made ready by anybody. */
    private static final long MAX_AGE_MS = 60_000;

    private final Path directory;
    private final Path socket;

    private PrivateDirectory(final Path directory) {
        this.directory = directory;
        this.socket = directory.resolve("s");
    }

    /** A number, or nothing where the system has no such thing. */
    private static String namespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                    .toString()
                    .replaceAll("[^0-9]", "");
        } catch (final IOException e) {
            return "";
        }
    }

    /** Whether a file is a directory with such a name; a link to one is not. */
    static boolean isOne(final Path file) {
        return NAME.matcher(file.getFileName().toString()).matches()
                && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Removes one that a process left when it was killed; one that is in use stays.
     *
     * @throws IOException when it cannot be removed, as it is another user's.
     */
    static void removeIfStale(final Path file) throws IOException {
        final long ageMs =
                System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
        if (isOfADeadProcess(file.getFileName().toString().substring(PREFIX.length())) || ageMs > MAX_AGE_MS) {
            final PrivateDirectory stale = new PrivateDirectory(file);
            Files.deleteIfExists(stale.socket);
            Files.deleteIfExists(stale.directory);
        }
    }

    private static boolean isOfADeadProcess(final String owner) {
        if (!owner.startsWith(NAMESPACE)) {
            return false;
        }
        final String pid = owner.substring(NAMESPACE.length(), Math.max(NAMESPACE.length(), owner.lastIndexOf('-')));
        return pid.matches("[0-9]{1,18}")
                && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    /** Makes one in the directory of a path, so that a link from one to the other stays in one file system. */
    static PrivateDirectory beside(final Path path) throws IOException {
        final Path parent = path.getParent();
        return new PrivateDirectory(Files.createTempDirectory(parent == null ? Path.of("") : parent, PREFIX + OWNER));
    }

    /** Binds in the directory, by way of a shorter name where its own is too long for a socket. */
    Path bind(final ServerSocketChannel channel, final int backlog) throws IOException {
        if (UnixPath.fits(socket)) {
            channel.bind(UnixDomainSocketAddress.of(socket), backlog);
            return socket;
        }
        final Path shortcuts = Files.createTempDirectory("sl");
        final Path shortcut = shortcuts.resolve("d");
        try {
            Files.createSymbolicLink(shortcut, directory.toAbsolutePath());
            channel.bind(UnixDomainSocketAddress.of(shortcut.resolve("s")), backlog);
            return socket;
        } finally {
            delete(shortcut);
            delete(shortcuts);
        }
    }

    @Override
    public void close() {
        delete(socket);
        delete(directory);
    }

    private static void delete(final Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            LOG.warn("path={} cannot be removed: {}", file, e.toString());
        }
    }
}
