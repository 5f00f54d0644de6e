package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import java.time.Duration;

/** A pipeline of three stages over tcp: tasks go to two workers in turn, results come together at a sink. */
public final class HelloPipeline {
    private static final int TASKS = 10;

    private HelloPipeline() {}

    /** Runs the pipeline once. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                PushSocket tasks = context.push();
                PullSocket results = context.pull()) {
            final String tasksAt = tasks.bind("tcp://127.0.0.1:0");
            final String resultsAt = results.bind("tcp://127.0.0.1:0");
            final Thread first = worker(context, tasksAt, resultsAt);
            final Thread second = worker(context, tasksAt, resultsAt);

            // tag::push[]
            // Without this the first worker to connect would get all tasks.
            if (!tasks.awaitPeers(2, Duration.ofSeconds(5))) {
                throw new IllegalStateException("workers=" + tasks.peers() + ", limit=2, start them");
            }
            for (int i = 1; i <= TASKS; i++) {
                tasks.send(Integer.toString(i));
            }
            // end::push[]

            // tag::pull[]
            int sum = 0;
            for (int i = 0; i < TASKS; i++) {
                sum += Integer.parseInt(results.receiveMessage().text());
            }
            System.out.println("sum of squares: " + sum);
            // end::pull[]
            first.join();
            second.join();
        }
    }

    private static Thread worker(final Context context, final String tasksAt, final String resultsAt) {
        final Thread thread = new Thread(() -> work(context, tasksAt, resultsAt), "worker");
        thread.start();
        return thread;
    }

    private static void work(final Context context, final String tasksAt, final String resultsAt) {
        try (PullSocket tasks = context.pull();
                PushSocket results = context.push()) {
            tasks.connect(tasksAt);
            results.connect(resultsAt);
            for (int i = 0; i < TASKS / 2; i++) {
                final int number = Integer.parseInt(tasks.receiveMessage().text());
                results.send(Integer.toString(number * number));
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
