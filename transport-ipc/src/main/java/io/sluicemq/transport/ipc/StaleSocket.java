package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a killed process left at a path. */
final class StaleSocket {
    private static final Logger LOG = LoggerFactory.getLogger(StaleSocket.class);

    private static final int FILE_TYPE_MASK = 0xF000;
    private static final int SOCKET_TYPE = 0xC000;

    private StaleSocket() {}

    /**
     * Removes the file at a path if it is a socket of ours at which nobody accepts. One who listens the way {@link
     * UnixListener} does accepts for as long as its file is there, so refusal means death.
     */
    static void remove(final Path path, final UserPrincipal self) throws IOException {
        try {
            // A bind that is refused touches nothing, so this is asked before there is a lock file too.
            requireStale(path, self);
            final TakeoverLock lock = TakeoverLock.acquire(path, self);
            try {
                requireStale(path, self);
                Files.delete(path);
            } finally {
                lock.close();
            }
        } catch (final NoSuchFileException e) {
            LOG.debug("path={} was removed by its owner meanwhile", path);
        }
    }

    private static void requireStale(final Path path, final UserPrincipal self) throws IOException {
        final int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE_MASK) != SOCKET_TYPE) {
            throw new IOException("path=" + path
                    + ", limit=a free path or that of a socket, another kind of file is there: choose another path"
                    + " or remove the file");
        }
        if (isAccepting(path)) {
            throw new IOException(
                    "path=" + path + ", limit=one listener, another one accepts there: choose another path");
        }
        final UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(self)) {
            throw new IOException("path=" + path + ", owner=" + owner.getName()
                    + ", limit=a stale socket of one's own, choose another path or have its owner remove it");
        }
    }

    /** Anything but a refusal, such as a full backlog or a lack of permission, may be a live listener. */
    private static boolean isAccepting(final Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (final ConnectException e) {
            return false;
        } catch (final SocketException e) {
            return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        }
    }
}
