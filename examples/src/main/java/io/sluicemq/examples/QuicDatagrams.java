package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.time.Duration;

/** A position that is sent again and again, each time in a datagram of quic: what gets lost is out of date anyway. */
public final class QuicDatagrams {
    private static final int POSITIONS = 100;

    private QuicDatagrams() {}

    /** Sends positions until the last one has arrived. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::datagrams[]
        final SocketOptions newest = SocketOptions.builder()
                .conflate(true)
                .transport(QuicOptions.builder().datagrams(true).build())
                .build();
        // end::datagrams[]
        final TlsIdentity own = new CertificateBuilder("CN=development").build();
        final TlsOptions server = TlsOptions.builder().identity(own).build();
        final TlsOptions client =
                TlsOptions.builder().pinnedFingerprint(own.fingerprint()).build();
        try (Context context = Context.create();
                PubSocket pub = context.pub(newest.toBuilder().transport(server).build(), PublisherOptions.DEFAULTS);
                SubSocket sub = context.sub(newest.toBuilder().transport(client).build(), SubscriberOptions.DEFAULTS)) {
            sub.subscribe("");
            sub.connect(pub.bind("quic://127.0.0.1:0"));
            pub.awaitSubscribers("", 1, Duration.ofSeconds(10));
            for (int i = 1; i <= POSITIONS; i++) {
                pub.send("position " + i);
            }
            String position = "";
            while (!position.equals("position " + POSITIONS)) {
                position = sub.receiveMessage(Duration.ofSeconds(10)).text();
            }
            System.out.println(position);
        }
    }
}
