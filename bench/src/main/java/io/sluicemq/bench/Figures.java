package io.sluicemq.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Prints what was measured; the runner reads the last line. */
final class Figures {
    private Figures() {}

    static void rate(final long messagesPerSecond) {
        System.out.println(messagesPerSecond + " msg/s");
    }

    static void rateOf(final long messages, final long elapsedNs) {
        rate(Math.round(messages * 1e9 / elapsedNs));
    }

    static void duration(final long elapsedNs) {
        System.out.println(String.format(Locale.ROOT, "%.1f ms", elapsedNs / 1e6));
    }

    static void bytesPerMessage(final double bytes) {
        System.out.println(String.format(Locale.ROOT, "%.3f B/msg", bytes));
    }

    static void java(final long heapBytesPerConnection, final long directBytesPerConnection) {
        System.out.println(
                "heap " + heapBytesPerConnection + " B, direct " + directBytesPerConnection + " B for each connection");
    }

    static void idle(final double processorPercent, final long bytesPerConnection) {
        System.out.println(String.format(Locale.ROOT, "%.3f %% CPU", processorPercent));
        System.out.println(bytesPerConnection + " B/connection");
    }

    static void roundTrips(final Histogram roundTripsNs) {
        print(roundTripsNs, "50");
    }

    static void atFixedRate(final Histogram timesNs) {
        print(timesNs, "99");
    }

    private static void print(final Histogram timesNs, final String figure) {
        final StringBuilder text = new StringBuilder();
        for (final String percentile : new String[] {"50", "90", "99", "99.9", "100"}) {
            text.append('p').append(percentile).append(' ').append(us(timesNs, Double.parseDouble(percentile)));
            text.append(" us  ");
        }
        System.out.println(text.toString().strip());
        System.out.println(us(timesNs, Double.parseDouble(figure)) + " us p" + figure);
    }

    private static String us(final Histogram timesNs, final double percentile) {
        return String.format(Locale.ROOT, "%.3f", timesNs.getValueAtPercentile(percentile) / 1e3);
    }
}
