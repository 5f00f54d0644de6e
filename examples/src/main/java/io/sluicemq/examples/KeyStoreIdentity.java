package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.tls.CertificateBuilder;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;

/** A certificate and its key from a key store, and a peer that knows it by its fingerprint. */
public final class KeyStoreIdentity {
    private KeyStoreIdentity() {}

    /** Makes the key store too; in earnest it comes from an authority. */
    public static void main(final String[] args) throws Exception {
        final Path file = Files.createTempFile("sluicemq-example", ".p12");
        final char[] password = "for an example".toCharArray();
        try {
            makeKeyStore(file, password);
            send(identity(file, password));
        } finally {
            Files.delete(file);
        }
    }

    private static TlsIdentity identity(final Path file, final char[] password)
            throws GeneralSecurityException, IOException {
        // tag::load[]
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        final PrivateKey key = (PrivateKey) store.getKey("server", password);
        final TlsIdentity own = new TlsIdentity(
                key,
                Stream.of(store.getCertificateChain("server"))
                        .map(X509Certificate.class::cast)
                        .toList());
        // end::load[]
        return own;
    }

    private static void send(final TlsIdentity own) throws InterruptedException {
        // tag::options[]
        final TlsOptions server = TlsOptions.builder().identity(own).build();
        final TlsOptions client =
                TlsOptions.builder().pinnedFingerprint(own.fingerprint()).build();
        // end::options[]
        final ContextOptions.Builder forAll = ContextOptions.builder().transport(client);
        try (Context context = Context.create(forAll.build())) {
            final PullSocket pull =
                    context.pull(SocketOptions.builder().transport(server).build());
            final PushSocket push = context.push();
            push.connect(pull.bind("tls+tcp://127.0.0.1:0"));
            push.send("for your eyes only");
            System.out.println(pull.receiveMessage().text());
        }
    }

    private static void makeKeyStore(final Path file, final char[] password)
            throws GeneralSecurityException, IOException {
        // tag::make[]
        final TlsIdentity made =
                new CertificateBuilder("CN=server").name("127.0.0.1").build();
        // end::make[]
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", made.privateKey(), password, made.chain().toArray(new Certificate[0]));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
    }
}
