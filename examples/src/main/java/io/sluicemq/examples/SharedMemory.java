package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.ipc.ShmOptions;

/** Between processes of one machine through memory; here, both sockets are in one process. */
public final class SharedMemory {
    private SharedMemory() {}

    /** Sends one message through rings of a chosen size. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::options[]
        final ShmOptions shm = ShmOptions.builder().ringBytes(4 << 20).build();
        final SocketOptions options =
                SocketOptions.builder().transport(shm).singleProducer(true).build();
        // end::options[]
        // tag::send[]
        try (Context context = Context.create();
                PullSocket pull = context.pull(options); // binds, so its ring size counts
                PushSocket push = context.push(options)) { // sends from one thread only
            push.connect(pull.bind("shm://*"));
            push.send("through memory");
            System.out.println(pull.receiveMessage().text());
        }
        // end::send[]
    }
}
