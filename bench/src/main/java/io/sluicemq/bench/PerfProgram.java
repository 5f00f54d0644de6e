package io.sluicemq.bench;

/** A contender: sends and receives the messages of a {@link Load} in the ways that it can, and prints its figure. */
interface PerfProgram {
    /** Binds, receives, prints the rate. */
    default void localThroughput(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Connects and sends. */
    default void remoteThroughput(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Binds and replies. */
    default void localLatency(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Connects, asks, prints the median round trip. */
    default void remoteLatency(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Sends on one thread and receives on another. */
    default void inprocThroughput(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Asks on one thread and replies on another. */
    default void inprocLatency(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Binds, awaits many subscribers, publishes to all. */
    default void fanOutPublish(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Subscribes many times, prints the rate of all deliveries. */
    default void fanOutSubscribe(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Binds, receives from many, prints the rate. */
    default void fanInPull(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Connects many sockets and sends with each in turn. */
    default void fanInPush(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Binds, awaits many silent connections, prints what they cost. */
    default void localIdle(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Connects many times and stays silent until it is killed. */
    default void remoteIdle(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Binds and echoes. */
    default void localRate(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Connects, sends at a fixed rate, prints how late the echoes are. */
    default void remoteRate(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Sends and receives in one process, prints what all its threads allocate. */
    default void allocation(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Appends, and syncs now and then if asked to, prints the rate. */
    default void journalAppend(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Reads again what it has appended, prints the rate. */
    default void journalTail(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Opens a journal that is full, prints how long it takes. */
    default void journalReopen(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Publishes durably to a subscriber in another process. */
    default void durablePublish(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Receives and acknowledges durably, prints the rate. */
    default void durableSubscribe(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Publishes and subscribes durably in one process, prints what all its threads allocate. */
    default void durableAllocation(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    /** Reads again from its host what was published, prints the rate. */
    default void durableReplay(final PerfArguments run) throws Exception {
        throw unsupported(run);
    }

    private static IllegalArgumentException unsupported(final PerfArguments run) {
        return new IllegalArgumentException("mode=" + run.mode() + ", limit=what this program can, choose another");
    }

    /** Runs one mode. */
    default void run(final PerfArguments run) throws Exception {
        switch (run.mode()) {
            case "local-thr" -> localThroughput(run);
            case "remote-thr" -> remoteThroughput(run);
            case "local-lat" -> localLatency(run);
            case "remote-lat" -> remoteLatency(run);
            case "inproc-thr" -> inprocThroughput(run);
            case "inproc-lat" -> inprocLatency(run);
            case "fan-out-pub" -> fanOutPublish(run);
            case "fan-out-sub" -> fanOutSubscribe(run);
            case "fan-in-pull" -> fanInPull(run);
            case "fan-in-push" -> fanInPush(run);
            case "local-idle" -> localIdle(run);
            case "remote-idle" -> remoteIdle(run);
            case "local-rate" -> localRate(run);
            case "remote-rate" -> remoteRate(run);
            case "alloc", "inproc-alloc" -> allocation(run);
            case "journal-append" -> journalAppend(run);
            case "journal-tail" -> journalTail(run);
            case "journal-reopen" -> journalReopen(run);
            case "durable-pub" -> durablePublish(run);
            case "durable-sub" -> durableSubscribe(run);
            case "durable-alloc" -> durableAllocation(run);
            case "durable-replay" -> durableReplay(run);
            default -> throw unsupported(run);
        }
    }

    /** The body of a main method: a wrong argument ends the process with 2, a failure with 1. */
    static void main(final PerfProgram program, final String... args) {
        try {
            program.run(PerfArguments.parse(args));
        } catch (final IllegalArgumentException e) {
            System.err.println(program.getClass().getSimpleName() + ": " + e.getMessage());
            System.exit(2);
        } catch (final Exception | AssertionError e) {
            System.err.println(program.getClass().getSimpleName() + ": " + e);
            System.exit(1);
        }
    }
}
