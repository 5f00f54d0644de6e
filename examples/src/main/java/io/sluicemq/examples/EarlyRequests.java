package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.ReqSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;

/** A question that may be answered twice, asked over quic with the first datagram of who comes back. */
public final class EarlyRequests {
    private EarlyRequests() {}

    /** Asks twice; the second time there is a ticket. */
    public static void main(final String[] args) throws InterruptedException {
        final TlsIdentity own = new CertificateBuilder("CN=development").build();
        final QuicOptions early = QuicOptions.builder().earlyData(true).build();
        final SocketOptions server = SocketOptions.builder()
                .transport(TlsOptions.builder().identity(own).build())
                .transport(early)
                .build();
        final SocketOptions client = SocketOptions.builder()
                .transport(TlsOptions.builder()
                        .pinnedFingerprint(own.fingerprint())
                        .build())
                .transport(early)
                .build();
        try (Context context = Context.create()) {
            final RepSocket rep = context.rep(server);
            final String endpoint = rep.bind("quic://127.0.0.1:0");
            for (int i = 0; i < 2; i++) {
                // tag::ask[]
                final ReqOptions asking = ReqOptions.builder().idempotent(true).build();
                final ReqSocket req = context.req(client, asking);
                req.connect(endpoint);
                req.send("price of 0815");
                // end::ask[]
                System.out.println(rep.receiveMessage().text());
                rep.send("42");
                System.out.println(req.receiveMessage().text());
                req.close();
            }
        }
    }
}
