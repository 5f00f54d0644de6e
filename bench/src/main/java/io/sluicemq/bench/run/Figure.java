package io.sluicemq.bench.run;

import java.util.Locale;

/** How numbers are written for people. */
final class Figure {
    private Figure() {}

    /** Four digits or so. */
    static String of(final double number) {
        if (Double.isNaN(number)) {
            return "-";
        }
        if (number >= 1e6) {
            return String.format(Locale.ROOT, "%.2f M", number / 1e6);
        }
        if (number >= 1e4) {
            return String.format(Locale.ROOT, "%.1f k", number / 1e3);
        }
        return String.format(Locale.ROOT, number >= 100 ? "%.0f" : "%.2f", number);
    }

    static String ratio(final double number) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%.2f", number);
    }
}
