package io.sluicemq.journal;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the journal asks of the disk; a test puts another in its place. The journal forces its files by channels of its own, never by
 * Chronicle, whose sync covers the last mapped piece only and does nothing where its native part is missing. Any thread.
 */
class Disk {
    static final Disk REAL = new Disk();

    /** Larger writes make the page cache keep large folios, of which each force writes a whole one. */
    private static final int FILL_BYTES = 16 << 10;

    /** Work that must not meet an interrupt: it would close the channel, and the next force of it would fail. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Does the work with the interrupt flag taken away, and puts it back. */
    static void uninterrupted(final Work work) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } finally {
            interrupted |= Thread.interrupted();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    FileChannel openToForce(final Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Writes the contents of a file to the disk. */
    void force(final Path file, final FileChannel channel) throws IOException {
        uninterrupted(() -> channel.force(false));
    }

    final void force(final Path file) throws IOException {
        try (FileChannel channel = openToForce(file)) {
            force(file, channel);
        }
    }

    /** Writes the names in a directory to the disk. */
    void forceDirectory(final Path directory) throws IOException {
        uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        });
    }

    /** Makes a file of zeros whose bytes all have their place on the disk, and of which {@code mappedBytes} can be mapped. */
    void makeZeroed(final Path file, final int bytes, final long mappedBytes) throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int done = 0; done < bytes; ) {
                if (Thread.interrupted()) {
                    throw new InterruptedIOException("making of " + file + " was given up, since the journal closes");
                }
                if (FaultPoints.IN_MAKE && done >= bytes / 2) {
                    FaultPoints.pass();
                }
                zeros.clear().limit(Math.min(FILL_BYTES, bytes - done));
                done += channel.write(zeros);
            }
            zeros.clear().limit(1);
            // Never written to, so it takes no room.
            channel.write(zeros, mappedBytes - 1);
            force(file, channel);
        }
    }

    /** How much more the file store takes. By the old class, since the new one reads the table of mounts each time. */
    long usableBytes(final File directory) {
        return directory.getUsableSpace();
    }
}
