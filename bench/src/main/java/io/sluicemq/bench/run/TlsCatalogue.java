package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Program.NIO;
import static io.sluicemq.bench.run.Program.SLUICE;

import java.util.List;

/** Comparisons over tls+tcp, with the JDK's engine round a socket and nothing else. */
final class TlsCatalogue {
    static final String RAW = "raw SSLEngine";

    private static final String TLS = "--tls";

    private TlsCatalogue() {}

    static Comparison throughput(
            final String name,
            final String size,
            final int bytes,
            final double aboutPerSecond,
            final List<Bound> bounds) {
        return new Comparison(
                name,
                "tls+tcp, " + size,
                Shape.TCP_THROUGHPUT,
                bytes,
                List.of(Entry.of(Catalogue.OURS, SLUICE, aboutPerSecond, TLS), Entry.of(RAW, NIO, aboutPerSecond, TLS)),
                bounds);
    }

    static Comparison roundTrip() {
        return new Comparison(
                "tls-lat",
                "tls+tcp, 64 B, round trip",
                Shape.TCP_ROUND_TRIP,
                64,
                List.of(Entry.of(Catalogue.OURS, SLUICE, 40e3, TLS), Entry.of(RAW, NIO, 15e3, TLS)),
                List.of());
    }

    /** The other libraries have no TLS, and the raw program has one connection. */
    static Comparison idleMemory() {
        return new Comparison(
                "idle-tls-1000",
                "tls+tcp, 1000 silent connections, resident memory of the side that accepts",
                Shape.IDLE_MEMORY,
                64,
                List.of(Entry.of(Catalogue.OURS, SLUICE, 1, TLS, "--peers=1000")),
                List.of());
    }

    /** Beside the JDK's engine alone, which allocates for each record. */
    static Comparison allocation() {
        return new Comparison(
                "alloc-tls",
                "allocation, 64 B over tls+tcp, all threads of both sides",
                Shape.TCP_ALLOCATION,
                64,
                List.of(Entry.of(Catalogue.OURS, SLUICE, 4e6, TLS), Entry.of(RAW, NIO, 10e6, TLS)),
                List.of());
    }
}
