package io.sluicemq.bench.run;

import java.util.Locale;

/**
 * What must hold between two contenders of a comparison, or for one alone.
 *
 * @param ours the contender that is judged.
 * @param peer the contender that it is divided by; empty when its figure alone is judged.
 * @param limit the least where more is better, else the greatest.
 */
record Bound(String ours, String peer, double limit) {
    static Bound alone(final String ours, final double limit) {
        return new Bound(ours, "", limit);
    }

    boolean isAlone() {
        return peer.isEmpty();
    }

    boolean holds(final Kind kind, final double measured) {
        return kind.moreIsBetter() ? measured >= limit : measured <= limit;
    }

    String name() {
        return isAlone() ? ours : ours + " / " + peer;
    }

    String text(final Kind kind) {
        final String number =
                isAlone() ? Figure.of(limit) + " " + kind.unit() : String.format(Locale.ROOT, "%.2f", limit);
        return (kind.moreIsBetter() ? "≥ " : "≤ ") + number;
    }
}
