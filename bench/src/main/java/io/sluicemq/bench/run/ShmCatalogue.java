package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Catalogue.AERON_IPC;
import static io.sluicemq.bench.run.Catalogue.OURS;
import static io.sluicemq.bench.run.Catalogue.OURS_SINGLE;
import static io.sluicemq.bench.run.Catalogue.SINGLE_PRODUCER;
import static io.sluicemq.bench.run.Catalogue.THEIRS_C;
import static io.sluicemq.bench.run.Catalogue.YIELD;
import static io.sluicemq.bench.run.Program.AERON;
import static io.sluicemq.bench.run.Program.LIBZMQ;
import static io.sluicemq.bench.run.Program.SLUICE;

import java.util.List;

/** Comparisons over shared memory between two processes; libzmq, which has none, goes over ipc. */
final class ShmCatalogue {
    private ShmCatalogue() {}

    static Comparison small() {
        return new Comparison(
                "shm-64",
                "shm, 64 B",
                Shape.SHM_THROUGHPUT,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 20e6),
                        Entry.of(OURS_SINGLE, SLUICE, 25e6, SINGLE_PRODUCER),
                        Entry.of(AERON_IPC, AERON, 25e6, YIELD),
                        Entry.of(THEIRS_C, LIBZMQ, 3e6)),
                List.of(
                        new Bound(OURS, AERON_IPC, 0.8),
                        new Bound(OURS, THEIRS_C, 5),
                        new Bound(OURS_SINGLE, AERON_IPC, 0.8)));
    }

    static Comparison middle() {
        return new Comparison(
                "shm-1k",
                "shm, 1 KiB",
                Shape.SHM_THROUGHPUT,
                1 << 10,
                List.of(
                        Entry.of(OURS, SLUICE, 8e6),
                        Entry.of(AERON_IPC, AERON, 6e6, YIELD),
                        Entry.of(THEIRS_C, LIBZMQ, 1e6)),
                List.of());
    }

    /** Aeron would split these into fragments, for the application to join. */
    static Comparison large(final String name, final String title, final int bytes, final double rate) {
        return new Comparison(
                name,
                title,
                Shape.SHM_THROUGHPUT,
                bytes,
                List.of(Entry.of(OURS, SLUICE, rate), Entry.of(THEIRS_C, LIBZMQ, rate / 5)),
                List.of());
    }

    static Comparison roundTrip() {
        return new Comparison(
                "shm-lat",
                "shm, 64 B, round trip, yielding",
                Shape.SHM_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 500e3, YIELD),
                        Entry.of(AERON_IPC, AERON, 800e3, YIELD),
                        Entry.of(THEIRS_C, LIBZMQ, 20e3)),
                List.of(new Bound(OURS, AERON_IPC, 2)));
    }
}
