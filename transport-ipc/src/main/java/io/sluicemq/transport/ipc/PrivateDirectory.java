package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory for a moment, into which only its owner can look, so that a socket can be made ready there. */
final class PrivateDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateDirectory.class);

    private final Path directory;
    private final Path socket;

    private PrivateDirectory(final Path directory) {
        this.directory = directory;
        this.socket = directory.resolve("s");
    }

    /** Makes one in the directory of a path, so that a link from one to the other stays in one file system. */
    static PrivateDirectory beside(final Path path) throws IOException {
        final Path parent = path.getParent();
        return new PrivateDirectory(Files.createTempDirectory(parent == null ? Path.of("") : parent, ".sluicemq"));
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
