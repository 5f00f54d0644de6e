package io.sluicemq.bench.run;

import java.util.List;

/** Which processes a run is made of: one, or one that binds and one that connects. */
enum Shape {
    INPROC_THROUGHPUT(Kind.RATE, Medium.INPROC, "inproc-thr", ""),
    INPROC_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, Medium.INPROC, "inproc-lat", ""),
    INPROC_ALLOCATION(Kind.ALLOCATION, Medium.INPROC, "inproc-alloc", ""),
    TCP_THROUGHPUT(Kind.RATE, Medium.TCP, "local-thr", "remote-thr"),
    TCP_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, Medium.TCP, "local-lat", "remote-lat"),
    TCP_FIXED_RATE(Kind.TAIL, Medium.TCP, "local-rate", "remote-rate"),
    TCP_ALLOCATION(Kind.ALLOCATION, Medium.TCP, "alloc", ""),
    IPC_THROUGHPUT(Kind.RATE, Medium.IPC, "local-thr", "remote-thr"),
    IPC_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, Medium.IPC, "local-lat", "remote-lat"),
    IPC_ALLOCATION(Kind.ALLOCATION, Medium.IPC, "alloc", ""),
    SHM_THROUGHPUT(Kind.RATE, Medium.SHM, "local-thr", "remote-thr"),
    SHM_ROUND_TRIP(Kind.MEDIAN_ROUND_TRIP, Medium.SHM, "local-lat", "remote-lat"),
    SHM_ALLOCATION(Kind.ALLOCATION, Medium.SHM, "alloc", ""),
    JOURNAL_APPEND(Kind.RATE, Medium.DIRECTORY, "journal-append", ""),
    JOURNAL_TAIL(Kind.RATE, Medium.DIRECTORY, "journal-tail", ""),
    JOURNAL_REOPEN(Kind.DURATION, Medium.DIRECTORY, "journal-reopen", ""),
    DURABLE_THROUGHPUT(Kind.RATE, Medium.TCP, "durable-pub", "durable-sub"),
    DURABLE_REPLAY(Kind.RATE, Medium.TCP, "durable-replay", ""),
    DURABLE_ALLOCATION(Kind.ALLOCATION, Medium.TCP, "durable-alloc", ""),
    FAN_OUT(Kind.RATE, Medium.TCP, "fan-out-pub", "fan-out-sub"),
    FAN_IN(Kind.RATE, Medium.TCP, "fan-in-pull", "fan-in-push"),
    IDLE_MEMORY(Kind.MEMORY, Medium.TCP, "local-idle", "remote-idle"),
    IDLE_PROCESSOR(Kind.PROCESSOR, Medium.TCP, "local-idle", "remote-idle");

    private final Kind kind;
    private final Medium medium;
    private final String first;
    private final String second;

    /** What endpoints are of. */
    enum Medium {
        /** Within a process, whose modes take no endpoint. */
        INPROC,
        TCP,
        IPC,
        SHM,
        /** No medium: files of one process. */
        DIRECTORY
    }

    Shape(final Kind kind, final Medium medium, final String first, final String second) {
        this.kind = kind;
        this.medium = medium;
        this.first = first;
        this.second = second;
    }

    Kind kind() {
        return kind;
    }

    Medium medium() {
        return medium;
    }

    /** Index of the process that prints the figure: of a round trip, the one that asks. */
    int figureFrom() {
        final boolean asks = kind == Kind.MEDIAN_ROUND_TRIP || kind == Kind.TAIL;
        return !second.isEmpty() && (asks || this == FAN_OUT || this == DURABLE_THROUGHPUT) ? 1 : 0;
    }

    /** Modes of the processes, the one that binds first. */
    List<String> modes() {
        return second.isEmpty() ? List.of(first) : List.of(first, second);
    }

    /** Whether processes talk to each other and keep files, too. */
    boolean isDurable() {
        return this == DURABLE_THROUGHPUT || this == DURABLE_REPLAY || this == DURABLE_ALLOCATION;
    }

    /** Silent connections: the side that connects stays until it is killed, and there is nothing to verify. */
    boolean isIdle() {
        return this == IDLE_MEMORY || this == IDLE_PROCESSOR;
    }

    /** Whether there are payloads to verify. */
    boolean isVerifiable() {
        return !isIdle() && kind != Kind.ALLOCATION && kind != Kind.TAIL && medium != Medium.DIRECTORY;
    }
}
