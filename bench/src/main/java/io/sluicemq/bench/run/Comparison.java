package io.sluicemq.bench.run;

import java.util.List;

/**
 * A row of the report: some contenders at one task.
 *
 * @param name for the command line, the raw results and the chart.
 * @param title for people.
 * @param shape of each run.
 * @param messageBytes of each message.
 * @param entries the contenders.
 * @param bounds that must hold.
 */
record Comparison(String name, String title, Shape shape, int messageBytes, List<Entry> entries, List<Bound> bounds) {}
