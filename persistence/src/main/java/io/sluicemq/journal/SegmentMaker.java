package io.sluicemq.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The helper of a journal: makes the next segment ahead of need, and writes closed ones to the disk, so that the journal's thread
 * waits for neither. One thread; the methods are called by the journal's thread.
 */
final class SegmentMaker implements AutoCloseable {
    private static final long CLOSE_LIMIT_SECONDS = 60;

    private final Disk disk;
    private final Path session;
    private final int segmentBytes;
    private final ExecutorService thread;
    private Future<Boolean> made = CompletableFuture.completedFuture(Boolean.FALSE);
    private Future<?> settled = CompletableFuture.completedFuture(null);
    private int next;
    /** The first failure of a segment that is closed, for good: what it has lost cannot be forced again. Written by the helper. */
    private volatile Throwable failure;

    SegmentMaker(final Disk disk, final Path session, final int segmentBytes) {
        this.disk = disk;
        this.session = session;
        this.segmentBytes = segmentBytes;
        thread = Executors.newSingleThreadExecutor(task -> {
            final Thread helper = new Thread(task, "sluicemq-journal-" + session.getFileName());
            helper.setDaemon(true);
            return helper;
        });
    }

    /** Makes a file ahead, now and on this thread. */
    static void make(final Disk disk, final Path session, final int segment, final int segmentBytes)
            throws IOException {
        final Path file = session.resolve(Names.ahead(segment));
        try {
            // Chronicle maps a quarter more than a block, for an excerpt at its end.
            disk.makeZeroed(file, segmentBytes, segmentBytes + segmentBytes / 4L);
            disk.forceDirectory(session);
        } catch (final IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Starts to make a segment. */
    void begin(final int segment) {
        next = segment;
        made = thread.submit(() -> {
            make(disk, session, segment, segmentBytes);
            if (FaultPoints.AFTER_MAKE) {
                FaultPoints.pass();
            }
            return Boolean.TRUE;
        });
    }

    /** Whether the next segment is there; waits while it is being made. If it could not be made, it is tried again by {@link #begin}. */
    boolean isReady() {
        try {
            return made.isDone() ? made.get() : Boolean.TRUE.equals(await(made));
        } catch (final ExecutionException | InterruptedException e) {
            return false;
        }
    }

    /** Whether it was tried, to no avail. */
    boolean hasFailed() {
        return made.isDone() && !isReady();
    }

    /** Which segment is, or was, being made. */
    int next() {
        return next;
    }

    /** Writes a segment that is full to the disk, and closes the channel. */
    void settle(final Path file, final FileChannel channel) {
        settled = thread.submit(() -> {
            try (channel) {
                disk.force(file, channel);
                disk.forceDirectory(session);
            } catch (final IOException | RuntimeException | Error e) {
                failure = failure == null ? e : failure;
            }
        });
    }

    /** Whether all that was settled is on the disk. Does not wait. */
    boolean isSettled() {
        return settled.isDone() && failure == null;
    }

    /** Fails if a segment could not be written to the disk, so far. */
    void checkSettled() throws IOException {
        if (failure != null) {
            throw new IOException("a closed segment could not be forced: " + failure, failure);
        }
    }

    /** Waits until all that was settled is on the disk. */
    void awaitSettled() throws IOException {
        try {
            await(settled);
        } catch (final ExecutionException e) {
            throw new IOException("a closed segment could not be forced: " + e.getCause(), e);
        }
        checkSettled();
    }

    private static <T> T await(final Future<T> future) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (final InterruptedException e) {
                    // The journal's thread cannot leave a record half way; it is told afterwards.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the thread, after what it was given; what is being made is given up. */
    @Override
    public void close() {
        made.cancel(true);
        thread.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.awaitTermination(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
                thread.shutdownNow();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
