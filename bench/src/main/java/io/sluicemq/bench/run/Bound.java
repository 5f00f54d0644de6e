package io.sluicemq.bench.run;

import java.util.Locale;

/**
 * What must hold between two contenders of a comparison.
 *
 * @param ours the contender that is judged.
 * @param peer the contender that it is divided by.
 * @param ratio least ratio where more is better, else the greatest.
 */
record Bound(String ours, String peer, double ratio) {
    boolean holds(final Kind kind, final double measured) {
        return kind.moreIsBetter() ? measured >= ratio : measured <= ratio;
    }

    String text(final Kind kind) {
        return (kind.moreIsBetter() ? "≥ " : "≤ ") + String.format(Locale.ROOT, "%.2f", ratio);
    }
}
