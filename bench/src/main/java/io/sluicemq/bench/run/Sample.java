package io.sluicemq.bench.run;

/**
 * What one run of one contender gave.
 *
 * @param turn from 1 on.
 * @param contender its name.
 * @param figure in the unit of the comparison; NaN when the run failed.
 * @param failure what went wrong; empty when nothing did.
 */
record Sample(int turn, String contender, double figure, String failure) {
    static Sample failed(final int turn, final String contender, final String failure) {
        return new Sample(turn, contender, Double.NaN, failure);
    }

    boolean hasFailed() {
        return Double.isNaN(figure);
    }
}
