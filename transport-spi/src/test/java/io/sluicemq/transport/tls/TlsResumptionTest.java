package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.stream.FakeContext;
import io.sluicemq.transport.stream.MemoryChannel;
import io.sluicemq.transport.stream.StreamException;
import io.sluicemq.transport.tls.TlsOptions.ClientAuthentication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that goes on in another connection brings a certificate that is not looked at by the JDK again. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TlsResumptionTest {
    private static final TlsIdentity AUTHORITY =
            new CertificateBuilder("CN=authority").authority().build();
    private static final long DAY_MS = 86_400_000L;
    private static final int MAX_STEPS = 10_000;

    @TempDir
    private Path folder;

    private final FakeContext context = new FakeContext();
    private long aheadOfServerMs;
    private long aheadOfClientMs;
    private final TlsLayer serverLayer = new TlsLayer(context, () -> System.currentTimeMillis() + aheadOfServerMs);
    private final TlsLayer clientLayer = new TlsLayer(context, () -> System.currentTimeMillis() + aheadOfClientMs);
    private TlsOptions theirs;
    private TlsOptions ours;
    private SSLEngine clientEngine;
    private TlsChannel client;
    private TlsChannel server;
    private IOException clientFailure;
    private IOException serverFailure;

    @BeforeEach
    void makeOptions() throws IOException {
        final Path trust = Files.writeString(folder.resolve("trust.pem"), AUTHORITY.certificatePem());
        final CertificateBuilder named = new CertificateBuilder("CN=server").name("localhost");
        theirs = TlsOptions.builder()
                .identity(named.issuer(AUTHORITY).build())
                .trust(trust)
                .clientAuthentication(ClientAuthentication.REQUIRED)
                .build();
        ours = TlsOptions.builder()
                .identity(new CertificateBuilder("CN=client").issuer(AUTHORITY).build())
                .trust(trust)
                .build();
    }

    /** Makes a connection, on which each side says a byte, and gives the time when its session began. */
    private long connect() throws IOException {
        final MemoryChannel[] media = MemoryChannel.pair(new Random(1));
        server = (TlsChannel) serverLayer.accepting(media[1], theirs);
        client = new TlsChannel(clientLayer, media[0], ours, true, nowNs -> {
            clientEngine = ours.contexts().engine(true, "localhost", 1, nowNs);
            return clientEngine;
        });
        server.turns(() -> {});
        client.turns(() -> {});
        serverFailure = null;
        clientFailure = null;
        boolean clientDone = false;
        boolean serverDone = false;
        for (int i = 0; i < MAX_STEPS && !(clientDone && serverDone); i++) {
            try {
                clientDone = clientDone ? client.flush() || clientDone : client.finishConnect();
            } catch (final IOException e) {
                clientFailure = e;
                clientDone = true;
            }
            try {
                serverDone = serverDone || server.finishConnect();
            } catch (final IOException e) {
                serverFailure = e;
                serverDone = true;
            }
            context.runTimers();
        }
        assertThat(clientDone && serverDone).isTrue();
        final long began = clientEngine.getSession().getCreationTime();
        if (clientFailure == null && serverFailure == null) {
            say(server, client);
            say(client, server);
        }
        return began;
    }

    private static void say(final TlsChannel from, final TlsChannel to) throws IOException {
        from.write(ByteBuffer.allocate(1));
        final ByteBuffer target = ByteBuffer.allocate(1);
        for (int i = 0; i < MAX_STEPS && target.hasRemaining(); i++) {
            to.read(target);
        }
        assertThat(target.hasRemaining()).isFalse();
    }

    private static void assertOutOfDate(final IOException failure, final String who) {
        assertThat(failure)
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("validity=")
                .hasMessageContaining("in the chain of " + who + " is out of date, renew it");
        assertThat(((StreamException) failure).reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
    }

    @Test
    void shouldRefuseAClientWhoseCertificateHasExpiredSinceItsSessionBegan() throws IOException {
        final long began = connect();
        assertThat(connect()).as("resumed").isEqualTo(began);

        aheadOfServerMs = 40 * DAY_MS;
        final long refused = connect();

        assertThat(refused).as("resumed").isEqualTo(began);
        assertOutOfDate(serverFailure, "CN=client");
    }

    @Test
    void shouldRefuseAServerWhoseCertificateHasExpiredSinceTheSessionBeganAndForgetIt() throws IOException {
        final long began = connect();
        aheadOfClientMs = 40 * DAY_MS;

        final long refused = connect();

        assertThat(refused).as("resumed").isEqualTo(began);
        assertOutOfDate(clientFailure, "CN=server");
        aheadOfClientMs = 0;
        assertThat(connect()).as("not resumed").isNotEqualTo(began);
        assertThat(clientFailure).isNull();
    }

    @Test
    void shouldBeginAnewWhenThePeerDoesNotTakeTheSession() throws IOException {
        final long began = connect();
        aheadOfServerMs = 40 * DAY_MS;
        connect();
        assertThat(serverFailure).isNotNull();

        int count = 0;
        for (int i = 0; i < MAX_STEPS && count == 0; i++) {
            count = client.read(ByteBuffer.allocate(1));
        }

        assertThat(count).as("ended, without a word").isEqualTo(-1);
        aheadOfServerMs = 0;
        assertThat(connect()).as("not resumed").isNotEqualTo(began);
        assertThat(serverFailure).isNull();
    }
}
