package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Program.CHRONICLE;
import static io.sluicemq.bench.run.Program.JOURNAL;

import java.util.List;

/** Comparisons of the journal with a Chronicle Queue that nobody guards, and of group commit with a sync for each message. */
final class JournalCatalogue {
    private static final String OURS = "SluiceMQ journal";
    private static final String OURS_BATCHED = "SluiceMQ journal, batches of 64";
    private static final String OURS_EACH = "SluiceMQ journal, each by itself";
    private static final String OURS_GROUP = "SluiceMQ journal, groups of 1000";
    private static final String THEIRS = "Chronicle Queue";
    private static final String THEIRS_EACH = "Chronicle Queue, each by itself";
    private static final double GIB = 1 << 30;

    private JournalCatalogue() {}

    static Comparison append() {
        return new Comparison(
                "journal-append-64",
                "journal, 64 B, appended",
                Shape.JOURNAL_APPEND,
                64,
                List.of(
                        Entry.of(OURS, JOURNAL, 3e6),
                        Entry.of(OURS_BATCHED, JOURNAL, 6e6, "--batch=64"),
                        Entry.of(THEIRS, CHRONICLE, 3e6)),
                List.of(new Bound(OURS, THEIRS, 0.7)));
    }

    static Comparison append1k() {
        return new Comparison(
                "journal-append-1k",
                "journal, 1 KiB, appended",
                Shape.JOURNAL_APPEND,
                1 << 10,
                List.of(
                        Entry.of(OURS, JOURNAL, 300e3),
                        Entry.of(OURS_BATCHED, JOURNAL, 300e3, "--batch=64"),
                        Entry.of(THEIRS, CHRONICLE, 300e3)),
                List.of());
    }

    static Comparison sync(final String name, final String size, final int bytes, final double least) {
        return new Comparison(
                name,
                "journal, " + size + ", synced",
                Shape.JOURNAL_APPEND,
                bytes,
                List.of(
                        Entry.of(OURS_GROUP, JOURNAL, 300e3, "--batch=100", "--group=1000"),
                        Entry.of(OURS_EACH, JOURNAL, 5e3, "--group=1"),
                        Entry.of(THEIRS_EACH, CHRONICLE, 5e3, "--group=1")),
                List.of(new Bound(OURS_GROUP, OURS_EACH, least)));
    }

    static Comparison tail() {
        return new Comparison(
                "journal-tail-64",
                "journal, 64 B, read again",
                Shape.JOURNAL_TAIL,
                64,
                List.of(Entry.of(OURS, JOURNAL, 3e6), Entry.of(THEIRS, CHRONICLE, 3e6)),
                List.of(new Bound(OURS, THEIRS, 0.15)));
    }

    /** A quarter of the time that a quick run appends at the rate named here fills one GiB. */
    static Comparison reopen() {
        return new Comparison(
                "journal-reopen",
                "journal of 1 GiB, opened again",
                Shape.JOURNAL_REOPEN,
                1 << 10,
                List.of(Entry.of(OURS, JOURNAL, GIB / (1 << 10) / 0.6)),
                List.of(Bound.alone(OURS, 1_000)));
    }
}
