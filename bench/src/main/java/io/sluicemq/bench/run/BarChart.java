package io.sluicemq.bench.run;

import java.util.Locale;

/** A comparison as a small SVG picture: a bar to each median, and a line from the least to the greatest figure. */
final class BarChart {
    private static final int WIDTH = 720;
    private static final int LABEL_WIDTH = 200;
    private static final int BAR_WIDTH = 400;
    private static final int ROW_HEIGHT = 26;
    private static final int TOP = 34;

    private BarChart() {}

    static String of(final Results results) {
        final Comparison comparison = results.comparison();
        double greatest = 0;
        for (final Entry entry : comparison.entries()) {
            final double figure = results.figures(entry.name()).greatest();
            greatest = Double.isNaN(figure) ? greatest : Math.max(greatest, figure);
        }
        final int height = TOP + comparison.entries().size() * ROW_HEIGHT + 8;
        final StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n",
                WIDTH,
                height));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        final Kind kind = comparison.shape().kind();
        svg.append(
                text(8, 20, comparison.title() + ": " + kind.unit() + (kind.moreIsBetter() ? "" : ", less is better")));
        int y = TOP;
        for (final Entry entry : comparison.entries()) {
            svg.append(bar(y, entry.name(), results.figures(entry.name()), greatest));
            y += ROW_HEIGHT;
        }
        return svg.append("</svg>\n").toString();
    }

    private static String bar(final int y, final String name, final Spread figures, final double greatest) {
        final String label = text(8, y + 14, name);
        if (figures.count() == 0) {
            return label + text(LABEL_WIDTH, y + 14, "failed");
        }
        final double scale = greatest > 0 ? BAR_WIDTH / greatest : 0;
        final String color = name.startsWith("SluiceMQ") ? "#2b6cb0" : "#a0aec0";
        return label
                + String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"%s\"/>%n"
                                + "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"black\"/>%n",
                        LABEL_WIDTH,
                        y,
                        figures.median() * scale,
                        color,
                        LABEL_WIDTH + figures.least() * scale,
                        y + 9,
                        LABEL_WIDTH + figures.greatest() * scale,
                        y + 9)
                + text(LABEL_WIDTH + BAR_WIDTH + 8, y + 14, Figure.of(figures.median()));
    }

    private static String text(final int x, final int y, final String words) {
        return String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">%s</text>%n", x, y, words.replace("&", "&amp;"));
    }
}
