package io.sluicemq.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Learns of segments from the directory alone, for a reader of another process. For the thread of that reader. */
final class DirectoryCatalog implements CatalogSource {
    private static final int LIST_TRIES = 3;
    /** The owner may delete many segments in a row, and each may go between the look at the names and that at the file. */
    private static final int READ_TRIES = 100;

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
        List<Segment> listed = directory.segments();
        for (int tries = 1; tries < LIST_TRIES && lacksOne(listed); tries++) {
            listed = directory.segments();
        }
        if (!isSame(listed)) {
            catalog = new Catalog(Recovery.ofLive(listed, directory.key()).segments());
        }
    }

    /** The system may leave out a file that is renamed while it lists them. One that is gone for good is told to the reader. */
    private static boolean lacksOne(final List<Segment> listed) {
        boolean lacks = false;
        for (int i = 1; i < listed.size(); i++) {
            final Segment before = listed.get(i - 1);
            final Segment next = listed.get(i);
            final boolean sameSession =
                    before.path().getParent().equals(next.path().getParent());
            lacks |= sameSession && next.number() != before.number() + 1;
        }
        return lacks;
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

    @Override
    public void refreshNow() {
        retried(this::read);
        readNs = System.nanoTime();
    }

    /** As it is now, not a moment ago. */
    @Override
    public long endIndex() {
        final long[] end = {0};
        retried(() -> {
            read();
            end[0] = catalog.isEmpty() ? 0 : Recovery.liveEnd(catalog.last(), directory.key());
        });
        return end[0];
    }

    private void retried(final Disk.Work look) {
        for (int tries = 1; ; tries++) {
            try {
                look.run();
                return;
            } catch (final NoSuchFileException e) {
                // The owner has deleted a segment since it was listed.
                if (tries == READ_TRIES) {
                    throw unreadable(e);
                }
            } catch (final IOException e) {
                throw unreadable(e);
            }
        }
    }
}
