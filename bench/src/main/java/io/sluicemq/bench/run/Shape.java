package io.sluicemq.bench.run;

import java.util.List;

/** Which processes a run is made of: one, or one that binds and one that connects. */
enum Shape {
    INPROC_THROUGHPUT(Kind.RATE, "inproc-thr", ""),
    INPROC_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, "inproc-lat", ""),
    TCP_THROUGHPUT(Kind.RATE, "local-thr", "remote-thr"),
    TCP_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, "local-lat", "remote-lat");

    private final Kind kind;
    private final String first;
    private final String second;

    Shape(final Kind kind, final String first, final String second) {
        this.kind = kind;
        this.first = first;
        this.second = second;
    }

    Kind kind() {
        return kind;
    }

    /** Index of the process that prints the figure. */
    int figureFrom() {
        return this == TCP_ROUND_TRIP ? 1 : 0;
    }

    /** Modes of the processes, the one that binds first. */
    List<String> modes() {
        return hasEndpoint() ? List.of(first, second) : List.of(first);
    }

    boolean hasEndpoint() {
        return !second.isEmpty();
    }
}
