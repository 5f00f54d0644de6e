package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.quic.QuicLane;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.nio.charset.StandardCharsets;

/** Orders that a file does not hold up, over one connection of quic. */
public final class QuicLanes {
    private QuicLanes() {}

    /** Sends a file, and an order and the file's index, which may pass it. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::lanes[]
        final QuicOptions lanes = QuicOptions.builder()
                .ordering(QuicOptions.Ordering.LANE)
                .lanes(
                        QuicLane.forTopics("orders.").urgency(QuicLane.MOST_URGENT),
                        QuicLane.forTopics("files.").urgency(QuicLane.LEAST_URGENT))
                .build();
        // end::lanes[]
        final TlsIdentity own = new CertificateBuilder("CN=development").build();
        final TlsOptions server = TlsOptions.builder().identity(own).build();
        final TlsOptions client =
                TlsOptions.builder().pinnedFingerprint(own.fingerprint()).build();
        try (Context context = Context.create();
                PullSocket pull = context.pull(SocketOptions.builder()
                        .transport(server)
                        .transport(lanes)
                        .build());
                PushSocket push = context.push(SocketOptions.builder()
                        .transport(client)
                        .transport(lanes)
                        .build())) {
            push.connect(pull.bind("quic://127.0.0.1:0"));
            push.send(Message.of("files.report".getBytes(StandardCharsets.US_ASCII), new byte[8 << 20]));
            push.send("orders.1");
            // tag::choose[]
            push.send(Message.of("files.index").lane(1)); // with the orders
            // end::choose[]
            for (int i = 0; i < 3; i++) {
                System.out.println(pull.receiveMessage().text(0));
            }
        }
    }
}
