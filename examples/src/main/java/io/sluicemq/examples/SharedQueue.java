package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.DealerSocket;
import io.sluicemq.Proxy;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.RouterSocket;
import java.time.Duration;

/** Clients and workers that know only the queue between them. */
public final class SharedQueue {
    private SharedQueue() {}

    /** Two workers serve one client through a proxy. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                RouterSocket clients = context.router();
                DealerSocket workers = context.dealer();
                RepSocket first = context.rep();
                RepSocket second = context.rep();
                ReqSocket client = context.req()) {
            // tag::proxy[]
            final String frontend = clients.bind("tcp://127.0.0.1:0");
            final String backend = workers.bind("tcp://127.0.0.1:0");
            final Proxy proxy = Proxy.builder(clients, workers).build();
            final Thread queue = new Thread(() -> run(proxy), "queue");
            queue.start();
            // end::proxy[]
            serve(first, backend, "first");
            serve(second, backend, "second");
            workers.awaitPeers(2, Duration.ofSeconds(5));

            client.connect(frontend);
            for (int i = 1; i <= 4; i++) {
                System.out.println(
                        client.request("job " + i, Duration.ofSeconds(5)).text());
            }
            proxy.stop();
            queue.join();
        }
    }

    private static void run(final Proxy proxy) {
        try {
            proxy.run();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void serve(final RepSocket worker, final String endpoint, final String name) {
        worker.connect(endpoint);
        final Thread thread = new Thread(() -> work(worker, name), name);
        thread.start();
    }

    private static void work(final RepSocket worker, final String name) {
        try {
            Request request = worker.receiveRequest();
            while (request != null) {
                request.reply(request.text() + " done by " + name);
                request = worker.receiveRequest();
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
