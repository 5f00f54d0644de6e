package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.SendResult;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One application thread that does its own I/O and never sleeps. */
public final class SpinningThread {
    private static final int ROUNDS = 1_000;

    private SpinningThread() {}

    /** Asks an echo server a thousand times. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context serverContext = Context.create();
                DealerSocket server = serverContext.dealer()) {
            final String endpoint = server.bind("tcp://127.0.0.1:0");
            new Thread(() -> echo(server), "echo").start();
            System.out.println("replies: " + ask(endpoint));
        }
    }

    private static int ask(final String endpoint) {
        // tag::invoked[]
        final ContextOptions options = ContextOptions.builder().invoked(true).build();
        try (Context context = Context.create(options); // starts no I/O thread
                DealerSocket dealer = context.dealer()) {
            dealer.connect(endpoint);
            final Replies replies = new Replies();
            final UnsafeBuffer request = new UnsafeBuffer(new byte[64]);
            for (int i = 0; i < ROUNDS; i++) {
                while (dealer.trySend(request, 0, request.capacity()) != SendResult.SENT) {
                    context.invoke();
                }
                while (replies.count <= i) {
                    context.invoke(); // one turn of I/O, which never waits
                    dealer.tryReceive(replies, 1);
                }
            }
            return replies.count;
        }
        // end::invoked[]
    }

    private static void echo(final DealerSocket server) {
        try {
            Message message = server.receiveMessage();
            while (message != null) {
                server.send(message);
                message = server.receiveMessage();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Replies implements FrameHandler {
        private int count;

        @Override
        public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
            count++;
        }
    }
}
