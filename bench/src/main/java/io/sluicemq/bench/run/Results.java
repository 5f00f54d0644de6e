package io.sluicemq.bench.run;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The runs of one comparison.
 *
 * @param comparison that was run.
 * @param circumstances machine, JDK and mode.
 * @param samples of all turns.
 */
record Results(Comparison comparison, String circumstances, List<Sample> samples) {
    /** Figures of one contender over the turns in which it did not fail. */
    Spread figures(final String contender) {
        return Spread.of(samples.stream()
                .filter(sample -> sample.contender().equals(contender) && !sample.hasFailed())
                .mapToDouble(Sample::figure)
                .toArray());
    }

    long failures(final String contender) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(contender) && sample.hasFailed())
                .count();
    }

    /** What the bound judges: ratios of the runs of the same turn, over the turns in which neither failed, or figures. */
    Spread judged(final Bound bound) {
        if (bound.isAlone()) {
            return figures(bound.ours());
        }
        final Map<Integer, Double> peers = byTurn(bound.peer());
        return Spread.of(byTurn(bound.ours()).entrySet().stream()
                .filter(run -> peers.containsKey(run.getKey()))
                .mapToDouble(run -> run.getValue() / peers.get(run.getKey()))
                .toArray());
    }

    /** A bound is missed too when no turn tells, and when any run of ours failed, however fast the others were. */
    boolean holds(final Bound bound) {
        return failures(bound.ours()) == 0
                && bound.holds(comparison.shape().kind(), judged(bound).median());
    }

    private Map<Integer, Double> byTurn(final String contender) {
        final Map<Integer, Double> figures = new TreeMap<>();
        for (final Sample sample : samples) {
            if (sample.contender().equals(contender) && !sample.hasFailed()) {
                figures.put(sample.turn(), sample.figure());
            }
        }
        return figures;
    }
}
