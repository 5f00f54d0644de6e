package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;

/** Two sockets over quic, for trying things out: the certificate is made here, and known by its fingerprint. */
public final class PinnedQuic {
    private PinnedQuic() {}

    /** Sends one message. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::listen[]
        final TlsIdentity own = new CertificateBuilder("CN=development").build();
        System.out.println("sha256=" + own.fingerprint());
        final TlsOptions server = TlsOptions.builder().identity(own).build();
        // end::listen[]
        final String fingerprint = own.fingerprint();
        try (Context context = Context.create()) {
            final PullSocket pull =
                    context.pull(SocketOptions.builder().transport(server).build());
            final String endpoint = pull.bind("quic://127.0.0.1:0");
            // tag::connect[]
            final TlsOptions client =
                    TlsOptions.builder().pinnedFingerprint(fingerprint).build();
            final PushSocket push =
                    context.push(SocketOptions.builder().transport(client).build());
            push.connect(endpoint);
            push.send("nobody else reads this");
            // end::connect[]
            System.out.println(pull.receiveMessage().text());
        }
    }
}
