package io.sluicemq.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Learns of segments from the directory alone, for a reader of another process. For the thread of that reader. */
final class DirectoryCatalog implements CatalogSource {
    private static final long REFRESH_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final JournalDirectory directory;
    private Catalog catalog = new Catalog(List.of());
    private long readNs = System.nanoTime() - REFRESH_NS;

    DirectoryCatalog(final JournalDirectory directory) {
        this.directory = directory;
    }

    @Override
    public Catalog current() {
        return catalog;
    }

    @Override
    public void refresh() {
        final long nowNs = System.nanoTime();
        if (nowNs - readNs < REFRESH_NS) {
            return;
        }
        readNs = nowNs;
        try {
            read();
        } catch (final NoSuchFileException e) {
            // The owner has deleted a segment since it was listed; the next look shows it.
            return;
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    private void read() throws IOException {
        final List<Segment> listed = directory.segments();
        if (!isSame(listed)) {
            catalog = new Catalog(Recovery.ofLive(listed, directory.key()).segments());
        }
    }

    private JournalException unreadable(final IOException cause) {
        return new JournalException("directory=" + directory.path() + " could not be read: " + cause, cause);
    }

    /** Only the last segment grows; its header may not have been there yet. */
    private boolean isSame(final List<Segment> listed) {
        final List<Segment> known = catalog.segments();
        boolean same = !known.isEmpty() && known.size() == listed.size();
        for (int i = 0; same && i < known.size(); i++) {
            same = known.get(i).number() == listed.get(i).number();
        }
        return same && catalog.last().firstEpochNs() != Segment.UNKNOWN;
    }

    /** As it is now, not a moment ago. */
    @Override
    public long endIndex() {
        try {
            read();
            return catalog.isEmpty() ? 0 : Recovery.liveEnd(catalog.last(), directory.key());
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }
}
