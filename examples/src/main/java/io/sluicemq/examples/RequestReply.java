package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import java.time.Duration;

/** One REP socket that two threads serve, and a REQ that asks it. */
public final class RequestReply {
    private RequestReply() {}

    /** Asks three times. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                RepSocket server = context.rep();
                ReqSocket client = context.req()) {
            final String endpoint = server.bind("tcp://127.0.0.1:0");
            new Thread(() -> serve(server), "server-1").start();
            new Thread(() -> serve(server), "server-2").start();

            // tag::req[]
            client.connect(endpoint);
            for (int i = 1; i <= 3; i++) {
                final Message reply = client.request("question " + i, Duration.ofSeconds(5));
                System.out.println(reply == null ? "no reply in time" : reply.text());
            }
            // end::req[]
        }
    }

    // tag::rep[]
    private static void serve(final RepSocket server) {
        try {
            Request request = server.receiveRequest();
            while (request != null) { // null: the socket was closed
                request.reply("answer to " + request.text());
                request = server.receiveRequest();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
    // end::rep[]
}
