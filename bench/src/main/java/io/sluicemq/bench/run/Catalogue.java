package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Program.JEROMQ;
import static io.sluicemq.bench.run.Program.LIBZMQ;
import static io.sluicemq.bench.run.Program.NIO;
import static io.sluicemq.bench.run.Program.RING;
import static io.sluicemq.bench.run.Program.SLUICE;

import java.util.List;

/** All comparisons, in the order of the report. */
final class Catalogue {
    private static final String OURS = "SluiceMQ";
    private static final String OURS_SINGLE = "SluiceMQ, single producer";
    private static final String OURS_INVOKED = "SluiceMQ, invoked";
    private static final String THEIRS_J = "JeroMQ";
    private static final String THEIRS_C = "libzmq";
    private static final String RAW_RING = "raw ring";
    private static final String RAW_RING_SINGLE = "raw ring, single producer";
    private static final String RAW_NIO = "raw NIO";
    private static final String RAW_NIO_SPINNING = "raw NIO, spinning";

    private static final String SINGLE_PRODUCER = "--single-producer";
    private static final String YIELD = "--idle=yield";
    private static final String SPIN = "--idle=spin";

    private Catalogue() {}

    static List<Comparison> all() {
        return List.of(
                inproc64(),
                inprocLarge("inproc-1k", "inproc, 1 KiB", 1 << 10, 4e6),
                inprocLarge("inproc-64k", "inproc, 64 KiB", 64 << 10, 150e3),
                inprocLarge("inproc-1m", "inproc, 1 MiB", 1 << 20, 8e3),
                inprocRoundTrip(),
                tcp64(),
                tcp1k(),
                tcpLarge("tcp-64k", "tcp, 64 KiB", 64 << 10, 40e3),
                tcpLarge("tcp-1m", "tcp, 1 MiB", 1 << 20, 2e3),
                tcpRoundTrip(),
                tcpRoundTripInvoked());
    }

    private static Comparison inproc64() {
        return new Comparison(
                "inproc-64",
                "inproc, 64 B",
                Shape.INPROC_THROUGHPUT,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 18e6),
                        Entry.of(OURS_SINGLE, SLUICE, 22e6, SINGLE_PRODUCER),
                        Entry.of(THEIRS_J, JEROMQ, 8e6),
                        Entry.of(THEIRS_C, LIBZMQ, 6e6),
                        Entry.of(RAW_RING, RING, 35e6, YIELD),
                        Entry.of(RAW_RING_SINGLE, RING, 45e6, YIELD, SINGLE_PRODUCER)),
                List.of(
                        new Bound(OURS, THEIRS_J, 2),
                        new Bound(OURS, THEIRS_C, 3),
                        new Bound(OURS, RAW_RING, 0.6),
                        new Bound(OURS_SINGLE, THEIRS_J, 3),
                        new Bound(OURS_SINGLE, RAW_RING_SINGLE, 0.7)));
    }

    private static Comparison inprocLarge(final String name, final String title, final int bytes, final double rate) {
        return new Comparison(
                name,
                title,
                Shape.INPROC_THROUGHPUT,
                bytes,
                List.of(
                        Entry.of(OURS, SLUICE, rate),
                        // It passes references.
                        Entry.of(THEIRS_J, JEROMQ, 8e6)),
                List.of(new Bound(OURS, THEIRS_J, 1)));
    }

    private static Comparison inprocRoundTrip() {
        return new Comparison(
                "inproc-lat",
                "inproc, 64 B, round trip, yielding",
                Shape.INPROC_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 500e3, YIELD),
                        Entry.of(THEIRS_J, JEROMQ, 100e3),
                        Entry.of(THEIRS_C, LIBZMQ, 15e3),
                        Entry.of(RAW_RING, RING, 1e6, YIELD)),
                List.of(new Bound(OURS, RAW_RING, 3), new Bound(OURS, THEIRS_J, 0.1)));
    }

    private static Comparison tcp64() {
        return new Comparison(
                "tcp-64",
                "tcp, 64 B",
                Shape.TCP_THROUGHPUT,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 7e6),
                        Entry.of(OURS_SINGLE, SLUICE, 8e6, SINGLE_PRODUCER),
                        Entry.of(THEIRS_J, JEROMQ, 2.8e6),
                        Entry.of(THEIRS_C, LIBZMQ, 4.5e6)),
                List.of(
                        new Bound(OURS, THEIRS_C, 2.5),
                        new Bound(OURS, THEIRS_J, 6),
                        new Bound(OURS_SINGLE, THEIRS_C, 3),
                        new Bound(OURS_SINGLE, THEIRS_J, 7)));
    }

    private static Comparison tcp1k() {
        return new Comparison(
                "tcp-1k",
                "tcp, 1 KiB",
                Shape.TCP_THROUGHPUT,
                1 << 10,
                List.of(
                        Entry.of(OURS, SLUICE, 1.5e6),
                        Entry.of(THEIRS_J, JEROMQ, 400e3),
                        Entry.of(THEIRS_C, LIBZMQ, 800e3)),
                List.of(new Bound(OURS, THEIRS_C, 2)));
    }

    private static Comparison tcpLarge(final String name, final String title, final int bytes, final double rate) {
        return new Comparison(
                name,
                title,
                Shape.TCP_THROUGHPUT,
                bytes,
                List.of(
                        Entry.of(OURS, SLUICE, rate),
                        Entry.of(THEIRS_J, JEROMQ, rate / 2),
                        Entry.of(THEIRS_C, LIBZMQ, rate / 2),
                        Entry.of(RAW_NIO, NIO, rate)),
                List.of(new Bound(OURS, RAW_NIO, 0.7)));
    }

    private static Comparison tcpRoundTrip() {
        return new Comparison(
                "tcp-lat",
                "tcp, 64 B, round trip",
                Shape.TCP_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 30e3),
                        Entry.of(THEIRS_J, JEROMQ, 30e3),
                        Entry.of(THEIRS_C, LIBZMQ, 20e3)),
                List.of(new Bound(OURS, THEIRS_C, 0.6), new Bound(OURS, THEIRS_J, 0.7)));
    }

    private static Comparison tcpRoundTripInvoked() {
        return new Comparison(
                "tcp-lat-invoked",
                "tcp, 64 B, round trip, invoked by a spinning application thread",
                Shape.TCP_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS_INVOKED, SLUICE, 80e3, "--invoked", SPIN),
                        Entry.of(RAW_NIO_SPINNING, NIO, 120e3, SPIN)),
                List.of(new Bound(OURS_INVOKED, RAW_NIO_SPINNING, 1.3)));
    }
}
