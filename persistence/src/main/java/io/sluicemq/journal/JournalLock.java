package io.sluicemq.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.LoggerFactory;

/**
 * Keeps a journal to one owner, in this process and among processes. The system lets go of it when the process ends, however it
 * does; Chronicle's own lock knows processes by a number that another may have in another container.
 */
final class JournalLock implements AutoCloseable {
    private static final int MAX_OWNER_BYTES = 64;

    /** Of the system properties, which all class loaders of a process share. */
    private static final String OPEN_PREFIX = "sluicemq.journal.open.";

    private final FileChannel channel;
    private final String property;

    private JournalLock(final FileChannel channel, final String property) {
        this.channel = channel;
        this.property = property;
    }

    static JournalLock acquire(final Path directory) throws IOException {
        final Path file = directory.resolve(Names.LOCK);
        // The system lets go of the lock as soon as this process closes any descriptor of the file, so nobody else here
        // may open it.
        synchronized (System.getProperties()) {
            if (!Files.exists(file)) {
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                        .close();
            }
            final String property = OPEN_PREFIX + identity(file);
            if (System.getProperty(property) != null) {
                throw new JournalException(
                        "directory=" + directory + " is open in this process already, share that journal");
            }
            final FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean locked = false;
            try {
                if (channel.tryLock() == null) {
                    throw new JournalException("directory=" + directory + " is open in another process, "
                            + owner(channel) + ", close it there, or read with Journal.readOnly");
                }
                writeOwner(channel);
                System.setProperty(property, directory.toString());
                locked = true;
                return new JournalLock(channel, property);
            } finally {
                if (!locked) {
                    channel.close();
                }
            }
        }
    }

    /** Always as long, so that it needs no room on a disk that has become full; and it is told to people only. */
    private static void writeOwner(final FileChannel channel) {
        final ByteBuffer text = ByteBuffer.allocate(MAX_OWNER_BYTES);
        text.put(("pid=" + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8));
        while (text.hasRemaining()) {
            text.put((byte) ' ');
        }
        text.flip();
        try {
            channel.write(text, 0);
        } catch (final IOException e) {
            LoggerFactory.getLogger(Journal.class).debug("the owner of a journal could not be noted", e);
        }
    }

    /** The same for all paths to the file, and of no other file as long as it is open. */
    private static String identity(final Path file) throws IOException {
        final Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toRealPath().toString() : key.toString();
    }

    private static String owner(final FileChannel channel) throws IOException {
        final ByteBuffer text = ByteBuffer.allocate(MAX_OWNER_BYTES);
        channel.read(text, 0);
        text.flip();
        final String owner = StandardCharsets.UTF_8.decode(text).toString().strip();
        return owner.isEmpty() ? "pid=unknown" : owner;
    }

    @Override
    public void close() throws IOException {
        synchronized (System.getProperties()) {
            try {
                channel.close();
            } finally {
                System.clearProperty(property);
            }
        }
    }
}
