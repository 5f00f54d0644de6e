package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Program.AERON;
import static io.sluicemq.bench.run.Program.JEROMQ;
import static io.sluicemq.bench.run.Program.LIBZMQ;
import static io.sluicemq.bench.run.Program.NIO;
import static io.sluicemq.bench.run.Program.RING;
import static io.sluicemq.bench.run.Program.SLUICE;

import java.util.List;

/** All comparisons, in the order of the report. */
final class Catalogue {
    static final String OURS = "SluiceMQ";
    static final String OURS_SINGLE = "SluiceMQ, single producer";
    static final String OURS_REFERENCE = "SluiceMQ, by reference";
    static final String OURS_INVOKED = "SluiceMQ, invoked";
    static final String THEIRS_J = "JeroMQ";
    static final String THEIRS_C = "libzmq";
    static final String AERON_IPC = "Aeron IPC, exclusive";
    private static final String RAW_RING = "raw ring";
    private static final String RAW_RING_SINGLE = "raw ring, single producer";
    static final String RAW_NIO = "raw NIO";
    static final String RAW_NIO_SPINNING = "raw NIO, spinning";

    static final String SINGLE_PRODUCER = "--single-producer";
    static final String BY_REFERENCE = "--by-reference";
    static final String YIELD = "--idle=yield";
    static final String SPIN = "--idle=spin";

    // The marks at which the peers were fastest, of 1,000 (the default), 10,000, 100,000 and none.
    private static final String NO_MARK = "--hwm=0";
    static final String MARK_10K = "--hwm=10000";
    static final String MARK_100K = "--hwm=100000";

    private Catalogue() {}

    static List<Comparison> all() {
        return List.of(
                inproc64(),
                inproc1k(),
                inprocLarge("inproc-64k", "inproc, 64 KiB", 64 << 10, 200e3),
                inprocLarge("inproc-1m", "inproc, 1 MiB", 1 << 20, 13e3),
                inprocRoundTrip(),
                tcp64(),
                tcp1k(),
                tcpLarge("tcp-64k", "tcp, 64 KiB", 64 << 10, 80e3),
                tcpLarge("tcp-1m", "tcp, 1 MiB", 1 << 20, 4e3),
                tcpRoundTrip(),
                tcpRoundTripInvoked(),
                tcpFixedRate(),
                IpcCatalogue.small(),
                IpcCatalogue.middle(),
                IpcCatalogue.large(),
                IpcCatalogue.roundTrip(),
                IpcCatalogue.roundTripInvoked(),
                ShmCatalogue.small(),
                ShmCatalogue.middle(),
                ShmCatalogue.large("shm-64k", "shm, 64 KiB", 64 << 10, 100e3),
                ShmCatalogue.large("shm-1m", "shm, 1 MiB", 1 << 20, 4e3),
                ShmCatalogue.roundTrip(),
                TlsCatalogue.throughput("tls-64", "64 B", 64, 12e6, List.of(new Bound(OURS, TlsCatalogue.RAW, 0.6))),
                TlsCatalogue.throughput("tls-1k", "1 KiB", 1 << 10, 1.5e6, List.of()),
                TlsCatalogue.throughput("tls-64k", "64 KiB", 64 << 10, 25e3, List.of()),
                TlsCatalogue.roundTrip(),
                TlsCatalogue.allocation(),
                QuicCatalogue.throughput("quic-64", "64 B", 64, List.of(3e6, 4e6, 12e6, 5e6), 0.7),
                QuicCatalogue.throughput("quic-1m", "1 MiB", 1 << 20, List.of(150.0, 150.0, 3e3, 800.0), 0.8),
                QuicCatalogue.roundTrip(),
                allocation("alloc-inproc", "inproc", Shape.INPROC_ALLOCATION, 10e6),
                allocation("alloc-tcp", "tcp", Shape.TCP_ALLOCATION, 4e6),
                allocation("alloc-ipc", "ipc", Shape.IPC_ALLOCATION, 4e6),
                allocation("alloc-shm", "shm", Shape.SHM_ALLOCATION, 10e6),
                JournalCatalogue.append(),
                JournalCatalogue.append1k(),
                JournalCatalogue.sync("journal-sync-64", "64 B", 64, 50),
                JournalCatalogue.sync("journal-sync-1k", "1 KiB", 1 << 10, 20),
                JournalCatalogue.tail(),
                JournalCatalogue.reopen(),
                DurableCatalogue.atLeastOnce(),
                DurableCatalogue.exactlyOnce(),
                DurableCatalogue.replay(),
                DurableCatalogue.allocation("durable-alloc-qos1", 1),
                DurableCatalogue.allocation("durable-alloc-qos2", 2),
                fanOut(1, 6e6, 2e6, 4e6, List.of()),
                fanOut(10, 1e6, 400e3, 650e3, List.of()),
                fanOut(100, 120e3, 40e3, 65e3, List.of(new Bound(OURS, THEIRS_C, 2))),
                fanOut(1_000, 6e3, 1e3, 4e3, List.of()),
                fanIn(10),
                fanIn(100),
                fanIn(1_000),
                idleMemory(1_000, List.of()),
                idleMemory(5_000, List.of(Bound.alone(OURS, 20 << 10))),
                TlsCatalogue.idleMemory(),
                idleProcessor());
    }

    private static Comparison tcpFixedRate() {
        final String rate = "--rate=5000";
        return new Comparison(
                "tcp-rate",
                "tcp, 64 B, echo at 5,000 a second",
                Shape.TCP_FIXED_RATE,
                64,
                List.of(
                        // Four times as many messages as the rate asks for: at 5,000 a second a JVM takes long to
                        // compile.
                        Entry.of(OURS, SLUICE, 20e3, rate),
                        Entry.of(THEIRS_J, JEROMQ, 20e3, rate),
                        Entry.of(THEIRS_C, LIBZMQ, 20e3, rate)),
                List.of());
    }

    /** None; what the measuring itself takes, some hundreds of bytes at most, is spread over millions of messages. */
    private static Comparison allocation(final String name, final String title, final Shape shape, final double rate) {
        return new Comparison(
                name,
                "allocation, 64 B over " + title + ", all threads of both sides",
                shape,
                64,
                List.of(Entry.of(OURS, SLUICE, rate)),
                List.of(Bound.alone(OURS, 0.01)));
    }

    private static Comparison fanOut(
            final int peers,
            final double oursPerSecond,
            final double jeroMqPerSecond,
            final double libzmqPerSecond,
            final List<Bound> bounds) {
        final String option = "--peers=" + peers;
        return new Comparison(
                "fan-out-" + peers,
                "tcp, 64 B, 1 PUB to " + peers + " SUB, delivered in all",
                Shape.FAN_OUT,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, oursPerSecond, option),
                        Entry.of(THEIRS_J, JEROMQ, jeroMqPerSecond, option),
                        Entry.of(THEIRS_C, LIBZMQ, libzmqPerSecond, option)),
                bounds);
    }

    private static Comparison fanIn(final int peers) {
        return new Comparison(
                "fan-in-" + peers,
                "tcp, 64 B, " + peers + " PUSH to 1 PULL",
                Shape.FAN_IN,
                64,
                three(1e6, "--peers=" + peers),
                List.of());
    }

    private static Comparison idleMemory(final int peers, final List<Bound> bounds) {
        return new Comparison(
                "idle-" + peers,
                "tcp, " + peers + " silent connections, resident memory of the side that accepts",
                Shape.IDLE_MEMORY,
                64,
                three(1, "--peers=" + peers),
                bounds);
    }

    private static Comparison idleProcessor() {
        return new Comparison(
                "idle-cpu",
                "tcp, 5000 silent connections, processor time of the side that accepts",
                Shape.IDLE_PROCESSOR,
                64,
                List.of(Entry.of(OURS, SLUICE, 1, "--peers=5000")),
                List.of(Bound.alone(OURS, 2)));
    }

    private static List<Entry> three(final double aboutPerSecond, final String option) {
        return List.of(
                Entry.of(OURS, SLUICE, aboutPerSecond, option),
                Entry.of(THEIRS_J, JEROMQ, aboutPerSecond, option),
                Entry.of(THEIRS_C, LIBZMQ, aboutPerSecond, option));
    }

    private static Comparison inproc64() {
        return new Comparison(
                "inproc-64",
                "inproc, 64 B",
                Shape.INPROC_THROUGHPUT,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 25e6),
                        Entry.of(OURS_SINGLE, SLUICE, 30e6, SINGLE_PRODUCER),
                        Entry.of(THEIRS_J, JEROMQ, 8e6, NO_MARK),
                        Entry.of(THEIRS_C, LIBZMQ, 6e6, NO_MARK),
                        Entry.of(AERON_IPC, AERON, 25e6, YIELD),
                        Entry.of(RAW_RING, RING, 35e6, YIELD),
                        Entry.of(RAW_RING_SINGLE, RING, 45e6, YIELD, SINGLE_PRODUCER)),
                List.of(
                        new Bound(OURS, THEIRS_J, 2),
                        new Bound(OURS, THEIRS_C, 3),
                        new Bound(OURS, RAW_RING, 0.6),
                        new Bound(OURS_SINGLE, THEIRS_J, 3),
                        new Bound(OURS_SINGLE, RAW_RING_SINGLE, 0.7)));
    }

    private static Comparison inproc1k() {
        return new Comparison(
                "inproc-1k",
                "inproc, 1 KiB",
                Shape.INPROC_THROUGHPUT,
                1 << 10,
                List.of(Entry.of(OURS, SLUICE, 4e6), Entry.of(THEIRS_J, JEROMQ, 8e6)),
                List.of(new Bound(OURS, THEIRS_J, 1)));
    }

    /** JeroMQ passes references over inproc, so it is compared with our way to do that; the copy is for information. */
    private static Comparison inprocLarge(final String name, final String title, final int bytes, final double rate) {
        return new Comparison(
                name,
                title,
                Shape.INPROC_THROUGHPUT,
                bytes,
                List.of(
                        Entry.of(OURS_REFERENCE, SLUICE, 8e6, BY_REFERENCE),
                        Entry.of(OURS, SLUICE, rate),
                        Entry.of(THEIRS_J, JEROMQ, 8e6)),
                List.of(new Bound(OURS_REFERENCE, THEIRS_J, 1)));
    }

    private static Comparison inprocRoundTrip() {
        return new Comparison(
                "inproc-lat",
                "inproc, 64 B, round trip, yielding",
                Shape.INPROC_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 500e3, YIELD),
                        Entry.of(THEIRS_J, JEROMQ, 200e3),
                        Entry.of(THEIRS_C, LIBZMQ, 60e3),
                        Entry.of(AERON_IPC, AERON, 1e6, YIELD),
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
                        Entry.of(OURS, SLUICE, 18e6),
                        Entry.of(OURS_SINGLE, SLUICE, 18e6, SINGLE_PRODUCER),
                        Entry.of(THEIRS_J, JEROMQ, 4e6, MARK_10K),
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
                        Entry.of(OURS, SLUICE, 3.5e6),
                        Entry.of(THEIRS_J, JEROMQ, 800e3, MARK_100K),
                        Entry.of(THEIRS_C, LIBZMQ, 1.1e6, MARK_10K)),
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
                        Entry.of(OURS_REFERENCE, SLUICE, rate, BY_REFERENCE),
                        Entry.of(THEIRS_J, JEROMQ, rate / 2),
                        Entry.of(THEIRS_C, LIBZMQ, rate / 2),
                        Entry.of(RAW_NIO, NIO, rate)),
                List.of(new Bound(OURS, RAW_NIO, 0.7), new Bound(OURS_REFERENCE, RAW_NIO, 0.7)));
    }

    private static Comparison tcpRoundTrip() {
        return new Comparison(
                "tcp-lat",
                "tcp, 64 B, round trip",
                Shape.TCP_ROUND_TRIP,
                64,
                List.of(
                        Entry.of(OURS, SLUICE, 70e3),
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
                        Entry.of(OURS_INVOKED, SLUICE, 110e3, "--invoked", SPIN),
                        Entry.of(RAW_NIO_SPINNING, NIO, 120e3, SPIN)),
                List.of(new Bound(OURS_INVOKED, RAW_NIO_SPINNING, 1.3)));
    }
}
