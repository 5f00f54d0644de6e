package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.PairSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import java.time.Duration;

/**
 * One side of two processes that use a few connections once and then say nothing, with a thread that waits for messages. Arguments:
 * {@code bind} or {@code connect}, and an endpoint to which a digit is added. Says so once it is silent, and runs until it is killed.
 */
final class IdlePairProgram {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private IdlePairProgram() {}

    public static void main(final String[] arguments) throws InterruptedException {
        final boolean binds = "bind".equals(arguments[0]);
        try (Context context = Context.create();
                PairSocket pair = context.pair();
                PullSocket pull = context.pull();
                PushSocket push = context.push()) {
            if (binds) {
                pair.bind(arguments[1] + 1);
                pull.bind(arguments[1] + 2);
                push.bind(arguments[1] + 3);
            } else {
                pair.connect(arguments[1] + 1);
                push.connect(arguments[1] + 2);
                pull.connect(arguments[1] + 3);
            }
            push.send("used");
            if (pull.receiveMessage(LIMIT) == null) {
                throw new IllegalStateException("nothing came by PUSH");
            }
            pair.send("used");
            if (pair.receiveMessage(LIMIT) == null) {
                throw new IllegalStateException("nothing came by PAIR");
            }
            System.out.println("silent");
            pair.receiveMessage();
        }
    }
}
