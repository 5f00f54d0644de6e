package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.Poller;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import java.time.Duration;

/** One thread that waits on two sockets, and looks at the more urgent one first. */
public final class PollMany {
    private PollMany() {}

    /** Takes orders until it is told to stop. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                PullSocket orders = context.pull();
                PullSocket control = context.pull();
                PushSocket customer = context.push();
                PushSocket operator = context.push()) {
            customer.connect(orders.bind("tcp://127.0.0.1:0"));
            operator.connect(control.bind("inproc://control"));
            customer.send("order 1");
            customer.send("order 2");

            // tag::poll[]
            final Poller poller = new Poller().addReceiver(orders).addReceiver(control);
            final Message message = new Message();
            boolean running = true;
            while (running && poller.poll(Duration.ofSeconds(5))) {
                if (control.tryReceive(message)) {
                    System.out.println(message.text());
                    running = false;
                }
                while (orders.tryReceive(message)) {
                    System.out.println(message.text());
                    if (message.text().equals("order 2")) {
                        operator.send("stop");
                    }
                }
            }
            // end::poll[]
        }
    }
}
