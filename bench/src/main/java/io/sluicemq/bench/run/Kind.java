package io.sluicemq.bench.run;

/** What the figure of a comparison is; programs print it as a number and the unit. */
enum Kind {
    RATE("msg/s", true),
    MEDIAN_ROUND_TRIP("us p50", false),
    TAIL("us p99", false),
    DURATION("ms", false),
    ALLOCATION("B/msg", false),
    MEMORY("B/connection", false),
    PROCESSOR("% CPU", false);

    private final String unit;
    private final boolean moreIsBetter;

    Kind(final String unit, final boolean moreIsBetter) {
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    String unit() {
        return unit;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }
}
