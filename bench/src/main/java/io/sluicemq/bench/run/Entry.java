package io.sluicemq.bench.run;

import java.util.List;

/**
 * One contender of a comparison.
 *
 * @param name by which bounds and results know it.
 * @param program of it.
 * @param options that go behind the counts.
 * @param aboutPerSecond messages or round trips a second, roughly, from which the counts follow; it is not a result.
 */
record Entry(String name, Program program, List<String> options, double aboutPerSecond) {
    static Entry of(final String name, final Program program, final double aboutPerSecond, final String... options) {
        return new Entry(name, program, List.of(options), aboutPerSecond);
    }
}
