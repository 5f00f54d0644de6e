package io.sluicemq.bench.run;

import java.util.List;

/** Which processes a run is made of: one, or one that binds and one that connects. */
enum Shape {
    INPROC_THROUGHPUT(Kind.RATE, "inproc-thr", ""),
    INPROC_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, "inproc-lat", ""),
    INPROC_ALLOCATION(Kind.ALLOCATION, "inproc-alloc", ""),
    TCP_THROUGHPUT(Kind.RATE, "local-thr", "remote-thr"),
    TCP_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, "local-lat", "remote-lat"),
    TCP_FIXED_RATE(Kind.TAIL, "local-rate", "remote-rate"),
    TCP_ALLOCATION(Kind.ALLOCATION, "alloc", ""),
    FAN_OUT(Kind.RATE, "fan-out-pub", "fan-out-sub"),
    FAN_IN(Kind.RATE, "fan-in-pull", "fan-in-push"),
    IDLE_MEMORY(Kind.MEMORY, "local-idle", "remote-idle"),
    IDLE_PROCESSOR(Kind.PROCESSOR, "local-idle", "remote-idle");

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
        return this == TCP_ROUND_TRIP || this == TCP_FIXED_RATE || this == FAN_OUT ? 1 : 0;
    }

    /** Modes of the processes, the one that binds first. */
    List<String> modes() {
        return second.isEmpty() ? List.of(first) : List.of(first, second);
    }

    boolean hasEndpoint() {
        return !first.startsWith("inproc-");
    }

    /** Silent connections: the side that connects stays until it is killed, and there is nothing to verify. */
    boolean isIdle() {
        return this == IDLE_MEMORY || this == IDLE_PROCESSOR;
    }

    /** Whether there are payloads to verify. */
    boolean isVerifiable() {
        return !isIdle() && kind != Kind.ALLOCATION && kind != Kind.TAIL;
    }
}
