package io.sluicemq.cli;

import io.sluicemq.PushSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Messages a second from PUSH to PULL, timed by the receiver.
 *
 * @param medium the transport.
 * @param messages that are timed, after as many again that are not.
 */
record DemoThroughput(DemoMedium medium, long messages) implements DemoStep {
    private static final int SIZE = 64;

    @Override
    public String title() {
        return "throughput over " + medium.name();
    }

    @Override
    public String run(final DemoRun run) throws InterruptedException {
        try (PushSocket push = run.context().push()) {
            final PerfRun load = new PerfRun(push.bind(medium.freshEndpoint()), SIZE, messages, messages);
            final CompletableFuture<String> receiver = medium.helper()
                    .start(
                            "receiver",
                            load.endpoint(),
                            Integer.toString(SIZE),
                            Long.toString(messages),
                            Long.toString(messages));
            DemoRun.check(push.awaitPeers(1, DemoRoles.PATIENCE), "the receiver is there");
            PerfLoops.push(push, load);
            DemoRun.check(push.close(Duration.ofSeconds(30)) == 0, "all messages have left");
            final long elapsedNs = Long.parseLong(DemoRun.await(receiver));
            return Math.round(messages * 1e9 / elapsedNs) + " msg/s of " + SIZE + " B";
        }
    }
}
