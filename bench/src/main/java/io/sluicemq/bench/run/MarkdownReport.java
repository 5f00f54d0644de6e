package io.sluicemq.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables of the page on performance. */
final class MarkdownReport {
    private static final String BEGIN = "<!-- What bench/run wrote begins here. -->";
    private static final String END = "<!-- What bench/run wrote ends here. -->";

    private MarkdownReport() {}

    /** Puts a report between the two marks of a page. */
    static String into(final String page, final String report) {
        final int begin = page.indexOf(BEGIN);
        final int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("the page has no \"" + BEGIN + "\" and \"" + END + "\", add both lines");
        }
        return page.substring(0, begin + BEGIN.length()) + "\n\n" + report + "\n" + page.substring(end);
    }

    static String of(final List<Results> all) {
        final List<String> lines = new ArrayList<>();
        lines.add("## What must hold");
        lines.add("");
        lines.add(
                "Median, least and greatest of the ratios of two runs of the same turn; a figure where no peer is named.");
        lines.add("");
        lines.add("| | | must be | median | least to most | turns | |");
        lines.add("|---|---|---|---|---|---|---|");
        for (final Results results : all) {
            for (final Bound bound : results.comparison().bounds()) {
                lines.add(boundLine(results, bound));
            }
        }
        lines.add("");
        lines.add("## Figures");
        for (final Results results : all) {
            addFigures(lines, results);
        }
        lines.add("");
        lines.add("## Where it ran");
        lines.add("");
        all.stream()
                .collect(Collectors.groupingBy(
                        Results::circumstances,
                        TreeMap::new,
                        Collectors.mapping(results -> results.comparison().name(), Collectors.joining(", "))))
                .forEach((circumstances, names) -> lines.add("- " + circumstances + ": " + names));
        return String.join("\n", lines) + "\n";
    }

    private static String boundLine(final Results results, final Bound bound) {
        final Kind kind = results.comparison().shape().kind();
        final Spread judged = results.judged(bound);
        return "| "
                + String.join(
                        " | ",
                        results.comparison().title(),
                        bound.name(),
                        bound.text(kind),
                        text(bound, judged.median()),
                        text(bound, judged.least()) + " to " + text(bound, judged.greatest()),
                        Integer.toString(judged.count()),
                        results.holds(bound) ? "met" : "**missed**")
                + " |";
    }

    private static String text(final Bound bound, final double number) {
        return bound.isAlone() ? Figure.of(number) : Figure.ratio(number);
    }

    private static void addFigures(final List<String> lines, final Results results) {
        final Comparison comparison = results.comparison();
        lines.add("");
        lines.add("### " + comparison.title());
        lines.add("");
        lines.add("![" + comparison.title() + "](charts/" + comparison.name() + ".svg)");
        lines.add("");
        lines.add("| " + comparison.shape().kind().unit() + " | options | median | least | most | failed runs |");
        lines.add("|---|---|---|---|---|---|");
        for (final Entry entry : comparison.entries()) {
            final Spread figures = results.figures(entry.name());
            lines.add("| "
                    + String.join(
                            " | ",
                            entry.name(),
                            String.join(" ", entry.options()),
                            Figure.of(figures.median()),
                            Figure.of(figures.least()),
                            Figure.of(figures.greatest()),
                            Long.toString(results.failures(entry.name())))
                    + " |");
        }
        lines.add("");
        lines.add("Raw: [" + comparison.name() + ".csv](evidence/bench/" + comparison.name() + ".csv)");
    }
}
