package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.transport.tls.TlsOptions.ClientAuthentication;
import io.sluicemq.wire.PeerCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two sockets that know each other by certificates, which are made here; in earnest they come from an authority. */
public final class EncryptedTcp {
    private EncryptedTcp() {}

    /** Sends one message to a socket that lets only one principal in. */
    public static void main(final String[] args) throws InterruptedException, IOException {
        final Path folder = Files.createTempDirectory("sluicemq-example");
        try {
            makeCertificates(folder);
            send(folder);
        } finally {
            for (final String name : new String[] {"authority", "server", "server-key", "client", "client-key"}) {
                Files.deleteIfExists(folder.resolve(name + ".pem"));
            }
            Files.delete(folder);
        }
    }

    private static void send(final Path folder) throws InterruptedException {
        // tag::options[]
        final TlsOptions server = TlsOptions.builder()
                .certificate(folder.resolve("server.pem"), folder.resolve("server-key.pem"))
                .trust(folder.resolve("authority.pem"))
                .clientAuthentication(ClientAuthentication.REQUIRED)
                .build();
        final TlsOptions client = TlsOptions.builder()
                .certificate(folder.resolve("client.pem"), folder.resolve("client-key.pem"))
                .trust(folder.resolve("authority.pem"))
                .build();
        final PeerCheck onlyOrders =
                peer -> "CN=orders".equals(peer.attributes().get(TlsAttributes.PRINCIPAL)) ? null : "orders only";
        // end::options[]
        try (Context context = Context.create()) {
            // tag::sockets[]
            final PullSocket pull = context.pull(SocketOptions.builder()
                    .transport(server)
                    .peerCheck(onlyOrders)
                    .build());
            final PushSocket push =
                    context.push(SocketOptions.builder().transport(client).build());
            push.connect(pull.bind("tls+tcp://127.0.0.1:0"));
            push.send("for your eyes only");
            // end::sockets[]
            System.out.println(pull.receiveMessage().text());
        }
    }

    private static void makeCertificates(final Path folder) throws IOException {
        final TlsIdentity authority =
                new CertificateBuilder("CN=Example authority").authority().build();
        Files.writeString(folder.resolve("authority.pem"), authority.certificatePem());
        write(
                folder,
                "server",
                new CertificateBuilder("CN=server")
                        .name("127.0.0.1")
                        .issuer(authority)
                        .build());
        write(
                folder,
                "client",
                new CertificateBuilder("CN=orders").issuer(authority).build());
    }

    private static void write(final Path folder, final String name, final TlsIdentity identity) throws IOException {
        Files.writeString(folder.resolve(name + ".pem"), identity.certificatePem());
        Files.writeString(folder.resolve(name + "-key.pem"), identity.privateKeyPem());
    }
}
