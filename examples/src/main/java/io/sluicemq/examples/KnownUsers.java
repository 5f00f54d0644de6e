package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.ipc.IpcOptions;
import io.sluicemq.transport.ipc.IpcTransport;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Between processes of one machine: who may connect, by the permissions of the path and by the peer's user. */
public final class KnownUsers {
    private KnownUsers() {}

    /** Sends one message to a socket that takes messages of some users only. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::options[]
        final Set<String> users = Set.of(System.getProperty("user.name"), "backup");
        final IpcOptions ipc = IpcOptions.builder()
                .permissions(PosixFilePermissions.fromString("rw-rw----"))
                .build();
        final SocketOptions options = SocketOptions.builder()
                .transport(ipc)
                .peerCheck(peer -> users.contains(peer.attributes().get(IpcTransport.USER_ATTRIBUTE))
                        ? null
                        : "user not on the list")
                .build();
        // end::options[]
        // tag::send[]
        try (Context context = Context.create();
                PullSocket pull = context.pull(options); // the side that binds makes the file, and checks who comes
                PushSocket push = context.push()) {
            push.connect(pull.bind("ipc://*"));
            push.send("from a known user");
            System.out.println(pull.receiveMessage().text());
        }
        // end::send[]
    }
}
