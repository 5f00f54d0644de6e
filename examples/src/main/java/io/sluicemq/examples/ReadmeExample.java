package io.sluicemq.examples;

// tag::program[]
import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;

/** Two sockets: one hands out a message, the other takes it. */
public final class ReadmeExample {
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                PullSocket pull = context.pull();
                PushSocket push = context.push()) {
            final String endpoint = pull.bind("tcp://127.0.0.1:0");
            push.connect(endpoint);

            push.send("Hello, sluice");

            System.out.println(pull.receiveMessage().text());
        }
    }
}
// end::program[]
