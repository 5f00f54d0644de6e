package io.sluicemq.cli;

import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Lines are pushed to three workers, who push them on to one sink: each line comes back, once, as it was. */
record DemoPipeline(DemoMedium medium) implements DemoStep {
    private static final int WORKERS = 3;

    /** Lines on their way: fewer than the high-water marks, so that sending and collecting can be one loop. */
    private static final int AHEAD = 500;

    @Override
    public String title() {
        return "PUSH/PULL over " + medium.name() + ", " + WORKERS + " workers";
    }

    @Override
    public String run(final DemoRun run) throws InterruptedException {
        try (PushSocket push = run.context().push();
                PullSocket sink = run.context().pull()) {
            final String source = push.bind(medium.freshEndpoint());
            final String target = sink.bind(medium.freshEndpoint());
            final List<CompletableFuture<String>> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                workers.add(medium.helper().start("worker", source, target));
            }
            DemoRun.check(
                    push.awaitPeers(WORKERS, DemoRoles.PATIENCE) && sink.awaitPeers(WORKERS, DemoRoles.PATIENCE),
                    WORKERS + " workers are there");
            carry(run, push, sink);
            for (int i = 0; i < WORKERS; i++) {
                DemoRoles.send(push, Message.of(DemoRoles.END));
            }
            final List<String> shares = new ArrayList<>();
            for (final CompletableFuture<String> worker : workers) {
                shares.add(DemoRun.await(worker));
            }
            return run.messages() + " lines, each once and as it was; the workers did " + String.join(", ", shares);
        }
    }

    private void carry(final DemoRun run, final PushSocket push, final PullSocket sink) throws InterruptedException {
        final BitSet arrived = new BitSet(run.messages());
        final Message message = new Message();
        for (int i = 0; i < run.messages() + AHEAD; i++) {
            if (i < run.messages()) {
                message.clear();
                DemoRoles.send(push, message.add(Integer.toString(i)).add(run.line(i)));
            }
            if (i >= AHEAD) {
                DemoRoles.next(sink, message);
                final int number = Integer.parseInt(message.text(0));
                DemoRun.check(
                        Arrays.equals(message.frame(1), run.line(number)), "line " + number + " came back as it was");
                DemoRun.check(!arrived.get(number), "line " + number + " came back once");
                arrived.set(number);
                run.progress().show(title(), i, run.messages());
            }
        }
        DemoRun.check(arrived.nextClearBit(0) == run.messages(), "all lines came back");
    }
}
