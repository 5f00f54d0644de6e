package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Program.QUIC;
import static io.sluicemq.bench.run.Program.SLUICE;

import java.util.List;

/** Comparisons over quic, with Netty's codec and nothing else, and with what the same costs over tcp and tls+tcp. */
final class QuicCatalogue {
    private static final String OURS = "SluiceMQ";
    private static final String RAW = "raw Netty QUIC";
    private static final String OVER_TCP = "SluiceMQ over tcp";
    private static final String OVER_TLS = "SluiceMQ over tls+tcp";

    private static final double MOST_ROUND_TRIP = 1.3;

    private QuicCatalogue() {}

    static Comparison throughput(
            final String name,
            final String size,
            final int bytes,
            final List<Double> aboutPerSecond,
            final double leastOfRaw) {
        return new Comparison(
                name,
                "quic, " + size,
                Shape.TCP_THROUGHPUT,
                bytes,
                entries(aboutPerSecond),
                List.of(new Bound(OURS, RAW, leastOfRaw)));
    }

    static Comparison roundTrip() {
        return new Comparison(
                "quic-lat",
                "quic, 64 B, round trip",
                Shape.TCP_ROUND_TRIP,
                64,
                entries(List.of(15e3, 15e3, 40e3, 25e3)),
                List.of(new Bound(OURS, RAW, MOST_ROUND_TRIP)));
    }

    private static List<Entry> entries(final List<Double> aboutPerSecond) {
        return List.of(
                Entry.of(OURS, SLUICE, aboutPerSecond.get(0), "--quic"),
                Entry.of(RAW, QUIC, aboutPerSecond.get(1)),
                Entry.of(OVER_TCP, SLUICE, aboutPerSecond.get(2)),
                Entry.of(OVER_TLS, SLUICE, aboutPerSecond.get(3), "--tls"));
    }
}
