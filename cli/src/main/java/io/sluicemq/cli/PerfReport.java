package io.sluicemq.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Prints the outcome of a measurement: figures for people and scripts, or one JSON object. */
final class PerfReport {
    private final PrintWriter out;
    private final PerfRun run;
    private final boolean json;

    PerfReport(final PrintWriter out, final PerfRun run, final boolean json) {
        this.out = out;
        this.run = run;
        this.json = json;
    }

    void throughput(final long elapsedNs) {
        final double seconds = elapsedNs / 1e9;
        final long rate = Math.round(run.measured() / seconds);
        final double megabytes = run.measured() / seconds * run.size() / 1e6;
        if (json) {
            out.println(header().put("messages", run.measured())
                    .put("elapsedNs", elapsedNs)
                    .put("messagesPerSecond", rate)
                    .putNumber("megabytesPerSecond", decimal(megabytes)));
            return;
        }
        out.println("message size " + run.size() + " B, messages " + run.measured() + ", elapsed " + decimal(seconds)
                + " s, " + decimal(megabytes) + " MB/s");
        out.println(rate + " msg/s");
    }

    void latency(final Histogram roundTripsNs) {
        final double[] percentiles = {90, 99, 99.9, 100};
        final String[] names = {"p90", "p99", "p99.9", "max"};
        final Json object =
                header().put("roundTrips", roundTripsNs.getTotalCount()).putNumber("p50Us", us(roundTripsNs, 50));
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            object.putNumber(names[i].replace('.', '_') + "Us", us(roundTripsNs, percentiles[i]));
            text.append(", ")
                    .append(names[i])
                    .append(' ')
                    .append(us(roundTripsNs, percentiles[i]))
                    .append(" us");
        }
        if (json) {
            out.println(object);
            return;
        }
        out.println("message size " + run.size() + " B, round trips " + roundTripsNs.getTotalCount() + text);
        out.println(us(roundTripsNs, 50) + " us p50");
    }

    private Json header() {
        return new Json().put("endpoint", run.endpoint()).put("messageBytes", run.size());
    }

    private static String us(final Histogram roundTripsNs, final double percentile) {
        return decimal(roundTripsNs.getValueAtPercentile(percentile) / 1e3);
    }

    private static String decimal(final double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
