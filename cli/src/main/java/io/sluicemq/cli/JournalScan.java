package io.sluicemq.cli;

import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/** Reads a journal to its end and adds up what each segment holds. For one thread. */
final class JournalScan implements RecordHandler {
    private static final int BATCH = 1024;

    /** What one segment holds, as far as it is for the owner. */
    static final class Totals {
        private final long segment;
        private long records;
        private long bodyBytes;
        private long lastIndex;
        private long firstNs;
        private long lastNs;

        private Totals(final long segment) {
            this.segment = segment;
        }

        long segment() {
            return segment;
        }

        long records() {
            return records;
        }

        long bodyBytes() {
            return bodyBytes;
        }

        long lastIndex() {
            return lastIndex;
        }

        long firstNs() {
            return firstNs;
        }

        long lastNs() {
            return lastNs;
        }
    }

    /** Records that are missing, from and to included. */
    record Gap(long from, long to) {}

    private final List<Totals> segments = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();

    static JournalScan of(final JournalReader reader) {
        final JournalScan scan = new JournalScan();
        int polled;
        do {
            polled = reader.poll(scan, BATCH);
        } while (polled > 0);
        return scan;
    }

    List<Totals> segments() {
        return segments;
    }

    List<Gap> gaps() {
        return gaps;
    }

    long records() {
        return segments.stream().mapToLong(Totals::records).sum();
    }

    long bodyBytes() {
        return segments.stream().mapToLong(Totals::bodyBytes).sum();
    }

    @Override
    public void onRecord(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final long segment = index >>> Integer.SIZE;
        if (segments.isEmpty() || segments.get(segments.size() - 1).segment != segment) {
            segments.add(new Totals(segment));
        }
        final Totals totals = segments.get(segments.size() - 1);
        totals.firstNs = totals.records == 0 ? epochNs : totals.firstNs;
        totals.lastNs = epochNs;
        totals.lastIndex = index;
        totals.records++;
        totals.bodyBytes += length;
    }

    @Override
    public void onSkipped(final long fromIndex, final long toIndex) {
        gaps.add(new Gap(fromIndex, toIndex));
    }
}
