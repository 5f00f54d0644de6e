package io.sluicemq.bench.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The CSV file of a JMH run with the gc profiler as a table: time and allocation of each operation. */
final class OperationTable {
    private static final String ALLOCATED = ":gc.alloc.rate.norm";
    private static final String PARAMETER = "Param: ";
    private static final int NAME = 0;
    private static final int SCORE = 4;
    private static final int ERROR = 5;
    private static final int FIRST_PARAMETER = 7;

    private OperationTable() {}

    static String of(final List<String> csv) {
        final List<String> header = RawResults.split(csv.get(0));
        final Map<String, String> allocated = new HashMap<>();
        for (final String line : csv.subList(1, csv.size())) {
            final List<String> columns = RawResults.split(line);
            if (columns.get(NAME).endsWith(ALLOCATED)) {
                allocated.put(
                        columns.get(NAME).replace(ALLOCATED, "") + parameters(header, columns), columns.get(SCORE));
            }
        }
        final List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("## Single operations");
        lines.add("");
        lines.add("JMH, mean time with the error at 99.9 %, and bytes allocated by all threads (gc profiler).");
        lines.add("");
        lines.add("| operation | with | ns | ± ns | B |");
        lines.add("|---|---|---|---|---|");
        for (final String line : csv.subList(1, csv.size())) {
            final List<String> columns = RawResults.split(line);
            final String name = columns.get(NAME);
            if (!name.contains(":")) {
                final String parameters = parameters(header, columns);
                final String bytes = allocated.getOrDefault(name + parameters, "NaN");
                lines.add("| " + name.replaceAll(".*\\.(\\w+\\.\\w+)", "$1") + " | " + parameters + " | "
                        + number(columns.get(SCORE)) + " | " + number(columns.get(ERROR)) + " | " + number(bytes)
                        + " |");
            }
        }
        lines.add("");
        lines.add("Raw: [jmh.csv](evidence/bench/jmh.csv)");
        return String.join("\n", lines) + "\n";
    }

    private static String number(final String text) {
        return Figure.of(Double.parseDouble(text));
    }

    private static String parameters(final List<String> header, final List<String> columns) {
        final List<String> parameters = new ArrayList<>();
        for (int i = FIRST_PARAMETER; i < columns.size(); i++) {
            if (!columns.get(i).isEmpty()) {
                parameters.add(header.get(i).replace(PARAMETER, "") + "=" + columns.get(i));
            }
        }
        return String.join(" ", parameters);
    }
}
