/**
 * The runner of the comparisons: starts the programs of {@link io.sluicemq.bench} as processes, taking turns, and writes what they
 * printed as raw results, tables and charts.
 *
 * <p>Called by: the script {@code bench/run}, on the main thread.
 *
 * <p>Must not know: how a program measures; it reads the figure from its output.
 */
package io.sluicemq.bench.run;
