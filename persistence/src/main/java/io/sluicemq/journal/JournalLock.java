package io.sluicemq.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a journal to one owner, in this process and among processes. The system lets go of it when the process ends, however it
 * does; Chronicle's own lock knows processes by a number that another may have in another container.
 */
final class JournalLock implements AutoCloseable {
    private static final int MAX_OWNER_BYTES = 64;

    private final FileChannel channel;

    private JournalLock(final FileChannel channel) {
        this.channel = channel;
    }

    static JournalLock acquire(final Path directory) throws IOException {
        final FileChannel channel = FileChannel.open(
                directory.resolve(Names.LOCK),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            final FileLock lock = tryLock(channel, directory);
            locked = lock != null;
            if (!locked) {
                throw new JournalException("directory=" + directory + " is open in another process, " + owner(channel)
                        + ", close it there, or read with Journal.readOnly");
            }
            final String owner = "pid=" + ProcessHandle.current().pid();
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
            return new JournalLock(channel);
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static FileLock tryLock(final FileChannel channel, final Path directory) throws IOException {
        try {
            return channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            throw new JournalException(
                    "directory=" + directory + " is open in this process already, share that journal", e);
        }
    }

    private static String owner(final FileChannel channel) throws IOException {
        final ByteBuffer text = ByteBuffer.allocate(MAX_OWNER_BYTES);
        channel.read(text, 0);
        text.flip();
        return text.hasRemaining() ? StandardCharsets.UTF_8.decode(text).toString() : "pid=unknown";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
