package io.sluicemq.journal.chronicle;

import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A Chronicle Queue that is only ever written, and whose cycles are segments: its clock is the number of the segment, so that it rolls
 * when it is told to, and a wall clock that jumps cannot make it. An excerpt is written in three steps, {@link #begin},
 * {@link #commit} or {@link #abort}. Belongs to the journal's thread.
 */
public final class ChronicleLog implements AutoCloseable {
    /** How long a queue lasts by its own clock; the names of its files follow from it. */
    public static final long CYCLE_MS = RollCycles.FIVE_MINUTELY.lengthInMillis();

    /** Chronicle may put a page of its index, or two, before an excerpt, and a mark at the end: so much is kept free. */
    public static final int RESERVED_BYTES = 3 * (RollCycles.FIVE_MINUTELY.defaultIndexCount() * Long.BYTES + 128);

    /** Chronicle's index is not used here, and each entry of it costs an allocation, so it gets few. */
    private static final int INDEX_SPACING = 1 << 16;

    /** Nobody else writes, so there is nobody to wait for. */
    private static final long TIMEOUT_MS = 500;

    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private long nowMs;
    private DocumentContext excerpt;

    static {
        // Only if the application has not said otherwise. The disk is watched by the journal, and no banner is wanted.
        quiet("chronicle.disk.monitor.disable", "true");
        quiet("chronicle.announcer.disable", "true");
        quiet("chronicle.analytics.disable", "true");
        quiet("disable.perf.info", "true");
    }

    /**
     * Opens a queue in a directory in which nobody ever wrote one, so that Chronicle never sees a file that a crash has damaged, nor a
     * lock of a process that is dead.
     *
     * @param directory empty but for the file made ahead for the first segment.
     * @param segment number of the first.
     * @param segmentBytes of each, a multiple of 64 KiB.
     */
    public ChronicleLog(final Path directory, final int segment, final int segmentBytes) {
        nowMs = segment * CYCLE_MS;
        queue = SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(RollCycles.FIVE_MINUTELY)
                .timeProvider(() -> nowMs)
                .blockSize(segmentBytes)
                .indexSpacing(INDEX_SPACING)
                .timeoutMS(TIMEOUT_MS)
                .checkInterrupts(false)
                .build();
        // The journal may be handed from thread to thread, one at a time.
        queue.singleThreadedCheckDisabled(true);
        try {
            appender = queue.createAppender();
        } catch (final RuntimeException | Error e) {
            queue.close();
            throw e;
        }
        appender.singleThreadedCheckDisabled(true);
    }

    private static void quiet(final String property, final String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * The next excerpt goes to this segment.
     *
     * @param segment its number.
     */
    public void roll(final int segment) {
        nowMs = segment * CYCLE_MS;
    }

    /**
     * Starts an excerpt.
     *
     * @return where its first byte will lie in the file.
     */
    public int begin() {
        excerpt = appender.writingDocument();
        return Math.toIntExact(excerpt.wire().bytes().writePosition());
    }

    /**
     * Writes the excerpt and makes it visible, in whole.
     *
     * @param source its bytes, from 0 on.
     * @param length of it.
     */
    public void commit(final DirectBuffer source, final int length) {
        final DocumentContext open = excerpt;
        try {
            final Bytes<?> bytes = open.wire().bytes();
            final long position = bytes.writePosition();
            target.wrap(bytes.addressForWrite(position), length);
            target.putBytes(0, source, 0, length);
            bytes.writeSkip(length);
        } catch (final RuntimeException | Error e) {
            // A close would commit what is there.
            open.rollbackOnClose();
            throw e;
        } finally {
            excerpt = null;
            open.close();
        }
    }

    /** Gives up the excerpt that was begun, if any. */
    public void abort() {
        final DocumentContext open = excerpt;
        if (open != null) {
            excerpt = null;
            open.rollbackOnClose();
            open.close();
        }
    }

    @Override
    public void close() {
        try {
            abort();
        } finally {
            appender.close();
            queue.close();
        }
    }
}
