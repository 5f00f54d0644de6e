package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Catalogue.BY_REFERENCE;
import static io.sluicemq.bench.run.Catalogue.MARK_100K;
import static io.sluicemq.bench.run.Catalogue.MARK_10K;
import static io.sluicemq.bench.run.Catalogue.OURS;
import static io.sluicemq.bench.run.Catalogue.OURS_INVOKED;
import static io.sluicemq.bench.run.Catalogue.OURS_REFERENCE;
import static io.sluicemq.bench.run.Catalogue.OURS_SINGLE;
import static io.sluicemq.bench.run.Catalogue.RAW_NIO;
import static io.sluicemq.bench.run.Catalogue.RAW_NIO_SPINNING;
import static io.sluicemq.bench.run.Catalogue.SINGLE_PRODUCER;
import static io.sluicemq.bench.run.Catalogue.SPIN;
import static io.sluicemq.bench.run.Catalogue.THEIRS_C;
import static io.sluicemq.bench.run.Catalogue.THEIRS_J;
import static io.sluicemq.bench.run.Program.JEROMQ;
import static io.sluicemq.bench.run.Program.LIBZMQ;
import static io.sluicemq.bench.run.Program.NIO;
import static io.sluicemq.bench.run.Program.SLUICE;

import java.util.List;

/** Comparisons over ipc. What JeroMQ calls ipc is tcp over the loopback interface. */
final class IpcCatalogue {
    private IpcCatalogue() {}

    static Comparison small() {
        return new Comparison(
                "ipc-64",
                "ipc, 64 B",
                Shape.IPC_THROUGHPUT,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 14e6),
                        Entry.of(OURS_SINGLE, SLUICE, 14e6, SINGLE_PRODUCER),
                        Entry.of(THEIRS_J, JEROMQ, 3e6, MARK_10K),
                        Entry.of(THEIRS_C, LIBZMQ, 3e6)),
                List.of(new Bound(OURS, THEIRS_C, 3), new Bound(OURS, THEIRS_J, 5)));
    }

    static Comparison middle() {
        return new Comparison(
                "ipc-1k",
                "ipc, 1 KiB",
                Shape.IPC_THROUGHPUT,
                1 << 10,
                List.of(
                        Entry.of(OURS, SLUICE, 2.5e6),
                        Entry.of(THEIRS_J, JEROMQ, 800e3, MARK_100K),
                        Entry.of(THEIRS_C, LIBZMQ, 900e3, MARK_10K)),
                List.of());
    }

    static Comparison large() {
        return new Comparison(
                "ipc-64k",
                "ipc, 64 KiB",
                Shape.IPC_THROUGHPUT,
                64 << 10,
                List.of(
                        Entry.of(OURS, SLUICE, 50e3),
                        Entry.of(OURS_REFERENCE, SLUICE, 50e3, BY_REFERENCE),
                        Entry.of(THEIRS_J, JEROMQ, 30e3),
                        Entry.of(THEIRS_C, LIBZMQ, 30e3),
                        Entry.of(RAW_NIO, NIO, 60e3)),
                List.of(new Bound(OURS, RAW_NIO, 0.7), new Bound(OURS_REFERENCE, RAW_NIO, 0.7)));
    }

    static Comparison roundTrip() {
        return new Comparison(
                "ipc-lat",
                "ipc, 64 B, round trip",
                Shape.IPC_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 70e3),
                        Entry.of(THEIRS_J, JEROMQ, 30e3),
                        Entry.of(THEIRS_C, LIBZMQ, 20e3),
                        Entry.of(RAW_NIO, NIO, 80e3)),
                List.of());
    }

    static Comparison roundTripInvoked() {
        return new Comparison(
                "ipc-lat-invoked",
                "ipc, 64 B, round trip, invoked by a spinning application thread",
                Shape.IPC_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS_INVOKED, SLUICE, 200e3, "--invoked", SPIN),
                        Entry.of(RAW_NIO_SPINNING, NIO, 200e3, SPIN)),
                List.of(new Bound(OURS_INVOKED, RAW_NIO_SPINNING, 1.4)));
    }
}
