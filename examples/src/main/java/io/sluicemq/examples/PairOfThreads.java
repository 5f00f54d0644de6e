package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PairSocket;

/** Two threads that talk over inproc, both ways. */
public final class PairOfThreads {
    private PairOfThreads() {}

    /** Starts a thread, gives it a job and waits for its word that it is done. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::pair[]
        try (Context context = Context.create();
                PairSocket parent = context.pair();
                PairSocket child = context.pair()) {
            child.connect("inproc://job"); // may come before the bind
            parent.bind("inproc://job");
            final Thread thread = new Thread(() -> work(child), "child");
            thread.start();

            parent.send("count to three");
            System.out.println(parent.receiveMessage().text());
            thread.join();
        }
        // end::pair[]
    }

    private static void work(final PairSocket parent) {
        try {
            final String job = parent.receiveMessage().text();
            parent.send("done: " + job);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
