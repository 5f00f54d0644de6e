package io.sluicemq.cli;

import io.sluicemq.Message;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SocketOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A ROUTER asks two DEALERs by their routing ids, by turns, and checks each reply: it is the question, and from who was asked. */
record DemoExchange(DemoMedium medium) implements DemoStep {
    private static final String[] IDS = {"alice", "bob"};

    /** Questions on their way. */
    private static final int AHEAD = 100;

    @Override
    public String title() {
        return "ROUTER/DEALER over " + medium.name() + ", two peers by name";
    }

    @Override
    public String run(final DemoRun run) throws InterruptedException {
        final RouterOptions mandatory = RouterOptions.builder().mandatory(true).build();
        try (RouterSocket router = run.context().router(SocketOptions.DEFAULTS, mandatory)) {
            final String endpoint = router.bind(medium.freshEndpoint());
            final List<CompletableFuture<String>> repliers = new ArrayList<>();
            for (final String id : IDS) {
                repliers.add(medium.helper().start("replier", endpoint, id));
            }
            DemoRun.check(router.awaitPeers(IDS.length, DemoRoles.PATIENCE), "both peers are there");
            ask(run, router, title(), IDS);
            final List<String> shares = new ArrayList<>();
            for (int i = 0; i < IDS.length; i++) {
                DemoRoles.send(router, Message.of(IDS[i], DemoRoles.END));
                shares.add(IDS[i] + " " + DemoRun.await(repliers.get(i)));
            }
            return run.messages() + " lines there and back as they were; " + String.join(", ", shares);
        }
    }

    /** Asks peers by turns, some questions ahead; each peer replies in the order it was asked. */
    static void ask(final DemoRun run, final RouterSocket router, final String title, final String... ids)
            throws InterruptedException {
        final int[] nextOf = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            nextOf[i] = i;
        }
        final Message message = new Message();
        for (int i = 0; i < run.messages() + AHEAD; i++) {
            if (i < run.messages()) {
                message.clear();
                message.add(ids[i % ids.length]).add(Integer.toString(i)).add(run.line(i));
                DemoRoles.send(router, message);
            }
            if (i >= AHEAD) {
                DemoRoles.next(router, message);
                final int peer = Arrays.asList(ids).indexOf(message.text(0));
                final int number = Integer.parseInt(message.text(1));
                DemoRun.check(number == nextOf[peer], ids[peer] + " replies to question " + nextOf[peer]);
                DemoRun.check(
                        Arrays.equals(message.frame(2), run.line(number)), "reply " + number + " is the question");
                nextOf[peer] += ids.length;
                run.progress().show(title, i, run.messages());
            }
        }
    }
}
