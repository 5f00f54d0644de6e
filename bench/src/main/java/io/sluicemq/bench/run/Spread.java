package io.sluicemq.bench.run;

import java.util.Arrays;

/**
 * Median, least and greatest of some numbers; all NaN when there are none.
 *
 * @param median the middle one, or the mean of the two in the middle.
 * @param least of them.
 * @param greatest of them.
 * @param count of them.
 */
record Spread(double median, double least, double greatest, int count) {
    static Spread of(final double... numbers) {
        if (numbers.length == 0) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        final double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        final int middle = sorted.length / 2;
        final double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
    }
}
