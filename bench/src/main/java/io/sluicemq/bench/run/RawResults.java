package io.sluicemq.bench.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The raw results of a comparison as a file: a line that begins with # and says where and how it ran, then comma-separated
 * values, one line a run.
 */
final class RawResults {
    private static final String HEADER = "turn,contender,figure,unit,failure";
    private static final int COLUMNS = 5;

    private RawResults() {}

    static Path file(final Path folder, final Comparison comparison) {
        return folder.resolve(comparison.name() + ".csv");
    }

    static void write(final Path folder, final Results results) throws IOException {
        final List<String> lines = new ArrayList<>();
        lines.add("# " + results.circumstances());
        lines.add(HEADER);
        final String unit = results.comparison().shape().kind().unit();
        for (final Sample sample : results.samples()) {
            lines.add(String.join(
                    ",",
                    Integer.toString(sample.turn()),
                    '"' + sample.contender() + '"',
                    sample.hasFailed() ? "" : Double.toString(sample.figure()),
                    unit,
                    '"' + sample.failure().replace('"', '\'') + '"'));
        }
        Files.createDirectories(folder);
        Files.write(file(folder, results.comparison()), lines, StandardCharsets.UTF_8);
    }

    static Results read(final Path folder, final Comparison comparison) throws IOException {
        final List<String> lines = Files.readAllLines(file(folder, comparison), StandardCharsets.UTF_8);
        final List<Sample> samples = new ArrayList<>();
        for (final String line : lines.subList(2, lines.size())) {
            final List<String> columns = split(line);
            if (columns.size() != COLUMNS) {
                throw new IOException("columns=" + columns.size() + ", limit=" + COLUMNS + ", see " + line);
            }
            final double figure = columns.get(2).isEmpty() ? Double.NaN : Double.parseDouble(columns.get(2));
            samples.add(new Sample(Integer.parseInt(columns.get(0)), columns.get(1), figure, columns.get(4)));
        }
        return new Results(comparison, lines.get(0).substring(2), samples);
    }

    /** Commas between quotes separate nothing. */
    static List<String> split(final String line) {
        final List<String> columns = new ArrayList<>();
        final StringBuilder column = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                columns.add(column.toString());
                column.setLength(0);
            } else {
                column.append(c);
            }
        }
        columns.add(column.toString());
        return columns;
    }
}
