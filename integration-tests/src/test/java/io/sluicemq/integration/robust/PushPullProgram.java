package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;

/** Sends itself one message over tcp, and says so. */
final class PushPullProgram {
    private PushPullProgram() {}

    public static void main(final String[] arguments) throws InterruptedException {
        try (Context context = Context.create();
                PullSocket pull = context.pull();
                PushSocket push = context.push()) {
            push.connect(pull.bind("tcp://127.0.0.1:0"));
            push.send("there");
            System.out.println("arrived=" + pull.receiveMessage().text());
        }
    }
}
