package io.sluicemq.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Prints what was measured; the runner reads the last line. */
final class Figures {
    private Figures() {}

    static void rate(final long messagesPerSecond) {
        System.out.println(messagesPerSecond + " msg/s");
    }

    static void roundTrips(final Histogram roundTripsNs) {
        final StringBuilder text = new StringBuilder();
        for (final String percentile : new String[] {"90", "99", "99.9", "100"}) {
            text.append('p').append(percentile).append(' ').append(us(roundTripsNs, Double.parseDouble(percentile)));
            text.append(" us  ");
        }
        System.out.println(text.toString().strip());
        System.out.println(us(roundTripsNs, 50) + " us p50");
    }

    private static String us(final Histogram roundTripsNs, final double percentile) {
        return String.format(Locale.ROOT, "%.3f", roundTripsNs.getValueAtPercentile(percentile) / 1e3);
    }
}
