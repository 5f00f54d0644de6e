package io.sluicemq.bench.run;

import java.util.Locale;

/** The outcome of a comparison for a terminal. */
final class TextReport {
    private TextReport() {}

    static String of(final Results results) {
        final Comparison comparison = results.comparison();
        final Kind kind = comparison.shape().kind();
        final StringBuilder text = new StringBuilder();
        text.append(comparison.title()).append(", ").append(kind.unit()).append('\n');
        for (final Entry entry : comparison.entries()) {
            final Spread figures = results.figures(entry.name());
            text.append(String.format(
                    Locale.ROOT,
                    "  %-28s median %15.3f   min %15.3f   max %15.3f%s%n",
                    entry.name(),
                    figures.median(),
                    figures.least(),
                    figures.greatest(),
                    failures(results, entry)));
        }
        for (final Bound bound : comparison.bounds()) {
            final Spread ratios = results.judged(bound);
            text.append(String.format(
                    Locale.ROOT,
                    "  %-55s %8.2f   min %8.2f   max %8.2f   must be %s: %s%n",
                    bound.name(),
                    ratios.median(),
                    ratios.least(),
                    ratios.greatest(),
                    bound.text(kind),
                    results.holds(bound) ? "met" : "MISSED"));
        }
        return text.toString();
    }

    private static String failures(final Results results, final Entry entry) {
        final long failures = results.failures(entry.name());
        return failures == 0 ? "" : "   FAILED " + failures + " times";
    }
}
