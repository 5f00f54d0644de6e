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
        try (Context context = Context.create();
                PullSocket pull = context.pull(options);
                PushSocket push = context.push(options)) {
            // tag::send[]
            push.connect(pull.bind("shm://*"));
            push.send("through memory");
            // end::send[]
            System.out.println(pull.receiveMessage().text());
        }
    }
}
