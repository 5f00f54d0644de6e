package io.sluicemq.bench;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A Chronicle Queue in one thread, with nothing round it: what the journal could be at best, and what is lost in a power cut.
 * Option: {@code --group=N} records of one sync.
 */
final class ChroniclePerf implements PerfProgram {
    public static void main(final String[] args) {
        PerfProgram.main(new ChroniclePerf(), args);
    }

    private static SingleChronicleQueue open(final PerfArguments run) {
        System.setProperty("chronicle.announcer.disable", "true");
        System.setProperty("disable.perf.info", "true");
        return SingleChronicleQueueBuilder.binary(run.files())
                .syncMode(run.group() > 0 ? SyncMode.SYNC : SyncMode.NONE)
                .build();
    }

    @Override
    public void journalAppend(final PerfArguments run) {
        try (SingleChronicleQueue queue = open(run);
                ExcerptAppender appender = queue.createAppender()) {
            append(appender, run, run.load().warmup());
            final long startNs = System.nanoTime();
            append(appender, run, run.load().count());
            Figures.rateOf(run.load().count(), System.nanoTime() - startNs);
        }
    }

    private static void append(final ExcerptAppender appender, final PerfArguments run, final long count) {
        final Bytes<?> body = Bytes.allocateDirect(run.load().size());
        final byte[] payload = new byte[run.load().size()];
        Payload.fill(new UnsafeBuffer(payload), payload.length, 1);
        body.write(payload);
        final int groupRecords = run.group();
        for (long i = 1; i <= count; i++) {
            try (DocumentContext document = appender.writingDocument()) {
                document.wire().bytes().write(body, 0L, body.readLimit());
            }
            if (groupRecords > 0 && i % groupRecords == 0) {
                appender.sync();
            }
        }
        body.releaseLast();
    }

    @Override
    public void journalTail(final PerfArguments run) {
        try (SingleChronicleQueue queue = open(run)) {
            try (ExcerptAppender appender = queue.createAppender()) {
                append(appender, run, run.load().total());
            }
            read(queue, run.load().total());
            final long startNs = System.nanoTime();
            read(queue, run.load().total());
            Figures.rateOf(run.load().total(), System.nanoTime() - startNs);
        }
    }

    /** Without a host or a network: what a replay could be at best. */
    @Override
    public void durableReplay(final PerfArguments run) {
        journalTail(run);
    }

    private static void read(final SingleChronicleQueue queue, final long total) {
        long bytes = 0;
        try (ExcerptTailer tailer = queue.createTailer()) {
            for (long i = 0; i < total; i++) {
                try (DocumentContext document = tailer.readingDocument()) {
                    if (!document.isPresent()) {
                        throw new AssertionError("read=" + i + ", limit=" + total);
                    }
                    bytes += document.wire().bytes().readRemaining();
                }
            }
        }
        if (bytes <= 0) {
            throw new AssertionError("bytes=" + bytes);
        }
    }
}
