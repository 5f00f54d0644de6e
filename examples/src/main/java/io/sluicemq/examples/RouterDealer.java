package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import java.nio.charset.StandardCharsets;

/** A ROUTER that chooses which DEALER gets a task, by routing id. */
public final class RouterDealer {
    private RouterDealer() {}

    /** Gives one task to a worker that is there, and tries one that is not. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::ids[]
        final SocketOptions named = SocketOptions.builder()
                .routingId("worker-1".getBytes(StandardCharsets.UTF_8))
                .build();
        final RouterOptions mandatory = RouterOptions.builder().mandatory(true).build();
        // end::ids[]
        try (Context context = Context.create();
                RouterSocket router = context.router(SocketOptions.DEFAULTS, mandatory);
                DealerSocket worker = context.dealer(named, DealerOptions.DEFAULTS)) {
            worker.connect(router.bind("tcp://127.0.0.1:0"));

            // tag::dealer[]
            worker.send("ready");
            // end::dealer[]

            // tag::router[]
            final Message ready = router.receiveMessage(); // frame 0 is the sender's routing id
            System.out.println(ready.text(0) + " is " + ready.text(1));

            final SendResult sent = router.send(Message.of(ready.text(0), "task 1"));
            final SendResult unknown = router.send(Message.of("worker-2", "task 2"));
            System.out.println(sent + ", " + unknown);
            // end::router[]

            System.out.println(worker.receiveMessage().text());
        }
    }
}
