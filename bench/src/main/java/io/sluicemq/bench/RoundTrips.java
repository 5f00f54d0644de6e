package io.sluicemq.bench;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/** The asking side of a ping-pong: one request at a time. For one thread. */
final class RoundTrips {
    /** A round trip that is longer counts as this long. */
    static final long LONGEST_NS = 60_000_000_000L;

    static final int DIGITS = 4;

    private RoundTrips() {}

    /** Sends the request and returns when its reply is there. */
    @FunctionalInterface
    interface Exchange {
        void exchange(UnsafeBuffer request) throws Exception;
    }

    static Histogram histogram() {
        return new Histogram(LONGEST_NS, DIGITS);
    }

    static Histogram measure(final Load load, final Exchange exchange) throws Exception {
        final Histogram roundTripsNs = histogram();
        final UnsafeBuffer request = new UnsafeBuffer(new byte[load.size()]);
        for (long i = 0; i < load.total(); i++) {
            if (load.verify()) {
                Payload.fill(request, load.size(), i);
            }
            final long startNs = System.nanoTime();
            exchange.exchange(request);
            if (i >= load.warmup()) {
                roundTripsNs.recordValue(Math.min(LONGEST_NS, System.nanoTime() - startNs));
            }
        }
        return roundTripsNs;
    }
}
