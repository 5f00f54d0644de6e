package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.stream.FakeContext;
import io.sluicemq.transport.stream.MemoryChannel;
import io.sluicemq.transport.stream.StreamException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TlsChannelTest {
    private static final TlsIdentity OWN =
            new CertificateBuilder("CN=server").name("localhost").build();
    private static final int MAX_STEPS = 100_000;

    private final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final FakeContext context = new FakeContext();
    private final TlsLayer layer = new TlsLayer(context);
    private final MemoryChannel[] media = MemoryChannel.pair(random);
    private SSLEngine clientEngine;
    private TlsChannel client;
    private TlsChannel server;

    private void open(final String protocol) throws IOException {
        final TlsOptions theirs =
                TlsOptions.builder().identity(OWN).protocols(protocol).build();
        final TlsOptions ours = TlsOptions.builder()
                .pinnedFingerprint(OWN.fingerprint())
                .protocols(protocol)
                .build();
        server = accept(theirs);
        client = new TlsChannel(layer, media[0], ours, true, nowNs -> {
            clientEngine = ours.contexts().engine(true, "localhost", 1, nowNs);
            return clientEngine;
        });
        client.turns(() -> {});
        boolean clientDone = false;
        boolean serverDone = false;
        for (int i = 0; i < MAX_STEPS && !(clientDone && serverDone); i++) {
            clientDone = clientDone ? client.flush() || clientDone : client.finishConnect();
            serverDone = serverDone ? server.flush() || serverDone : server.finishConnect();
            context.runTimers();
        }
        assertThat(clientDone && serverDone).as("both done, seed=%d", seed).isTrue();
    }

    private TlsChannel accept(final TlsOptions options) {
        final TlsChannel channel = (TlsChannel) layer.accepting(media[1], options);
        channel.turns(() -> {});
        return channel;
    }

    private void offerToServer(final byte[] bytes) throws IOException {
        server = accept(TlsOptions.builder().identity(OWN).build());
        media[0].send(bytes);
        for (int i = 0; i < 10; i++) {
            server.finishConnect();
            context.runTimers();
        }
    }

    private byte[] bytes(final int count) {
        final byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void writeAll(final TlsChannel channel, final byte[] bytes) throws IOException {
        final ByteBuffer source = ByteBuffer.wrap(bytes);
        for (int i = 0; i < MAX_STEPS && source.hasRemaining(); i++) {
            channel.write(source);
        }
        for (int i = 0; i < MAX_STEPS && !channel.isFlushed(); i++) {
            channel.flush();
        }
    }

    private static byte[] readAll(final TlsChannel channel, final int count, final int atOnce) throws IOException {
        final ByteBuffer target = ByteBuffer.allocateDirect(count);
        for (int i = 0; i < MAX_STEPS && target.hasRemaining(); i++) {
            target.limit(Math.min(count, target.position() + atOnce));
            channel.read(target);
            target.limit(count);
        }
        final byte[] read = new byte[target.position()];
        target.get(0, read);
        return read;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldCarryBytesWhateverTheSplits(final String protocol) throws IOException {
        media[0].split(true);
        media[1].split(true);
        media[1].window(3_000);
        open(protocol);

        for (int i = 0; i < 30; i++) {
            final byte[] there = bytes(1 + random.nextInt(60_000));
            writeAll(client, there);
            assertThat(readAll(server, there.length, 1 + random.nextInt(40_000)))
                    .as("seed=%d", seed)
                    .isEqualTo(there);
            final byte[] back = bytes(1 + random.nextInt(2_000));
            writeAll(server, back);
            assertThat(readAll(client, back.length, 1 + random.nextInt(100)))
                    .as("seed=%d", seed)
                    .isEqualTo(back);
        }

        assertThat(server.hasBuffered()).isFalse();
        assertThat(server.read(ByteBuffer.allocate(1))).isZero();
    }

    @Test
    void shouldSayThatItHoldsWhatNoEventTellsOf() throws IOException {
        open("TLSv1.3");
        writeAll(client, bytes(100));
        final ByteBuffer target = ByteBuffer.allocateDirect(100);

        final int first = server.read(target.limit(40));

        assertThat(first).isEqualTo(40);
        assertThat(server.hasBuffered()).isTrue();
        assertThat(server.read(target.limit(100))).isEqualTo(60);
        assertThat(server.hasBuffered()).isFalse();
    }

    @Test
    void shouldFillRecordsAndWriteManyAtOnce() throws IOException {
        open("TLSv1.3");
        final int writesBefore = media[0].writes();
        media[1].takeAll();

        writeAll(client, bytes(224 * 1024));

        final int records = 224 / 16;
        assertThat(media[0].writes() - writesBefore).isLessThanOrEqualTo(3);
        assertThat(media[1].takeAll()).hasSizeLessThan(224 * 1024 + records * 64);
    }

    @Test
    void shouldWriteAllSourcesAlsoWhenTheLastIsEmpty() throws IOException {
        open("TLSv1.3");
        final byte[] content = bytes(100_000);
        final ByteBuffer[] sources = {
            ByteBuffer.wrap(content, 0, 10), ByteBuffer.wrap(content, 10, 99_990), ByteBuffer.allocate(0)
        };

        final long taken = client.write(sources, sources.length);

        assertThat(taken).isEqualTo(content.length);
        assertThat(readAll(server, content.length, 50_000)).isEqualTo(content);
    }

    @Test
    void shouldKeepWhatTheMediumDoesNotTakeAndTakeNoMore() throws IOException {
        open("TLSv1.3");
        media[0].window(50_000);
        final ByteBuffer source = ByteBuffer.wrap(bytes(400_000));

        final int taken = client.write(source);

        assertThat(taken).isBetween(50_000, 150_000);
        assertThat(client.isFlushed()).isFalse();
        assertThat(client.write(source)).isZero();
        assertThat(readAll(server, taken, 10_000).length).isLessThan(taken);
        assertThat(client.write(source)).isZero();
    }

    @Test
    void shouldDeliverWhatCameBeforeACutAndThenSayThatItWasCut() throws IOException {
        for (int cut = 1; cut < 60; cut++) {
            final MemoryChannel[] fresh = MemoryChannel.pair(random);
            media[0] = fresh[0];
            media[1] = fresh[1];
            open("TLSv1.3");
            writeAll(client, "first".getBytes(StandardCharsets.US_ASCII));
            writeAll(client, "second".getBytes(StandardCharsets.US_ASCII));
            final byte[] sent = media[1].takeAll();
            final int firstRecord = 5 + (((sent[3] & 0xFF) << 8) | (sent[4] & 0xFF));
            media[0].send(Arrays.copyOf(sent, Math.min(cut, sent.length)));
            media[0].shutdownOutput();
            final ByteBuffer target = ByteBuffer.allocate(100);

            final String expected = cut >= sent.length ? "firstsecond" : cut >= firstRecord ? "first" : "";
            server.read(target);

            assertThat(new String(target.array(), 0, target.position(), StandardCharsets.US_ASCII))
                    .as("cut=%d", cut)
                    .isEqualTo(expected);
            assertThatThrownBy(() -> server.read(target))
                    .as("cut=%d", cut)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("limit=");
        }
    }

    @Test
    void shouldEndOneDirectionAndReadTheOtherToItsEnd() throws IOException {
        open("TLSv1.3");
        writeAll(client, bytes(10));
        client.shutdownOutput();
        final ByteBuffer target = ByteBuffer.allocate(100);

        assertThat(server.read(target)).isEqualTo(10);
        assertThat(server.read(target)).isEqualTo(-1);
        writeAll(server, bytes(20));
        server.shutdownOutput();

        assertThat(client.read(target.clear())).as("tickets come first").isZero();
        assertThat(client.read(target)).isEqualTo(20);
        assertThat(client.read(target)).isEqualTo(-1);
        assertThat(client.hasBuffered()).isFalse();
    }

    @Test
    void shouldGoOnWhenThePeerChangesItsKeys() throws IOException {
        open("TLSv1.3");
        for (int i = 0; i < 5; i++) {
            clientEngine.beginHandshake();
            final byte[] there = bytes(1_000);
            writeAll(client, there);
            assertThat(readAll(server, 1_000, 1_000)).isEqualTo(there);
            assertThat(server.flush()).isTrue();
            final byte[] back = bytes(1_000);
            writeAll(server, back);

            assertThat(readAll(client, 1_000, 1_000)).isEqualTo(back);
        }
    }

    @Test
    void shouldRefuseToNegotiateAgain() throws IOException {
        open("TLSv1.2");
        clientEngine.beginHandshake();
        client.write(ByteBuffer.wrap(bytes(10)));

        assertThatThrownBy(() -> server.read(ByteBuffer.allocate(100)))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("renegotiation=");
    }

    @Test
    void shouldSayThatThePeerSpeaksZmtpWithoutTls() {
        final byte[] greeting = {(byte) 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3};

        assertRefused(greeting, "without TLS");
    }

    @Test
    void shouldSayThatThePeerSpeaksHttp() {
        assertRefused("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII), "GET / HTTP/1.1");
    }

    @Test
    void shouldRefuseAHugeRecord() {
        assertRefused(new byte[] {22, 3, 1, (byte) 0xFF, (byte) 0xFF, 1}, "tlsRecordBytes=65540, limit=18437");
    }

    @Test
    void shouldRefuseGarbage() {
        for (int i = 0; i < 200; i++) {
            final byte[] garbage = bytes(10 + random.nextInt(200));
            garbage[0] = 22;
            garbage[1] = 3;
            garbage[3] = 0;
            garbage[4] = 4;
            assertRefused(garbage, "limit=");
        }
    }

    @Test
    void shouldTellTheSideThatIsRefused() throws IOException {
        final TlsOptions strangers =
                TlsOptions.builder().pinnedFingerprint("00".repeat(32)).build();
        server = accept(TlsOptions.builder().identity(OWN).build());
        client = (TlsChannel) layer.dialing(media[0], strangers, "localhost", 1);
        client.turns(() -> {});

        IOException clientFailure = null;
        IOException serverFailure = null;
        for (int i = 0; i < 100 && (clientFailure == null || serverFailure == null); i++) {
            clientFailure = clientFailure == null ? failureOf(client) : clientFailure;
            serverFailure = serverFailure == null ? failureOf(server) : serverFailure;
            context.runTimers();
        }

        assertThat(clientFailure)
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("fingerprint=" + OWN.fingerprint());
        assertThat(serverFailure)
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("certificate=ours")
                .hasMessageContaining("alert=");
    }

    @Test
    void shouldNotLetThePeersCertificateWriteIntoTheLog() {
        final TlsIdentity evil = new CertificateBuilder("CN=\"evil\nWARN forged \u001b[31m\"")
                .name("a\nforged")
                .build();
        final TlsOptions strangers =
                TlsOptions.builder().pinnedFingerprint("00".repeat(32)).build();
        server = accept(TlsOptions.builder().identity(evil).build());
        client = (TlsChannel) layer.dialing(media[0], strangers, "localhost", 1);
        client.turns(() -> {});

        IOException failure = null;
        for (int i = 0; i < 100 && failure == null; i++) {
            failure = failureOf(client);
            failureOf(server);
            context.runTimers();
        }

        assertThat(failure).hasMessageContaining("forged");
        assertThat(failure.getMessage()).doesNotContain("\n").doesNotContain("\u001b");
    }

    @Test
    void shouldBlameTheCertificateOnlyWhereThePeerLeftTheSideThatDialed() throws IOException {
        open("TLSv1.3");
        final ByteBuffer target = ByteBuffer.allocate(100);
        assertThat(client.read(target)).as("only tickets came").isZero();
        media[0].shutdownOutput();
        media[1].shutdownOutput();

        assertThatThrownBy(() -> client.read(target))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("certificate=none")
                .hasMessageContaining("without close_notify");
        assertThatThrownBy(() -> server.read(target))
                .isNotInstanceOf(StreamException.class)
                .hasMessageContaining("without close_notify");
    }

    @Test
    void shouldTellAFailureOfTheMediumAsItIs() throws IOException {
        open("TLSv1.3");
        media[0].failReads(new IOException("no buffer space"));

        assertThatThrownBy(() -> client.read(ByteBuffer.allocate(100)))
                .isNotInstanceOf(StreamException.class)
                .hasMessage("no buffer space");
    }

    private static IOException failureOf(final TlsChannel channel) {
        try {
            channel.finishConnect();
            return null;
        } catch (final IOException e) {
            return e;
        }
    }

    @Test
    void shouldTellAnErrorOfTheTaskAndNotWaitForEver() throws IOException {
        client = new TlsChannel(layer, media[0], TlsOptions.DEFAULTS, true, nowNs -> {
            throw new NoClassDefFoundError("some/Cipher");
        });
        client.turns(() -> {});
        client.finishConnect();
        context.runTimers();

        // A reason for which nobody dials again at once.
        assertThatThrownBy(client::finishConnect)
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("tls=cannot be set up")
                .hasMessageContaining("some/Cipher")
                .satisfies(e -> assertThat(((StreamException) e).reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED));
    }

    @Test
    void shouldNotBeginForAConnectionThatIsClosed() throws IOException {
        final Queue<Runnable> waiting = new ArrayDeque<>();
        context.handshakes(waiting::add);
        final AtomicInteger made = new AtomicInteger();
        client = new TlsChannel(layer, media[0], TlsOptions.DEFAULTS, true, nowNs -> {
            made.incrementAndGet();
            throw new IOException("not this time");
        });
        client.turns(() -> {});
        client.finishConnect();

        client.close();
        waiting.forEach(Runnable::run);

        assertThat(waiting).hasSize(1);
        assertThat(made).hasValue(0);
    }

    @Test
    void shouldDoNothingForAPeerThatSaysNothing() throws IOException {
        final AtomicInteger made = new AtomicInteger();
        final TlsOptions options = TlsOptions.builder().identity(OWN).build();
        server = new TlsChannel(layer, media[1], options, false, nowNs -> {
            made.incrementAndGet();
            return options.contexts().engine(false, null, -1, nowNs);
        });
        server.turns(() -> {});

        assertThat(server.finishConnect()).isFalse();
        assertThat(made).hasValue(0);
        assertThat(server.connectOps()).isEqualTo(SelectionKey.OP_READ);
        media[0].send(new byte[] {22});
        assertThat(server.finishConnect()).isFalse();

        assertThat(made).hasValue(1);
    }

    @Test
    void shouldDoNothingForAPeerThatDoesNotSpeakTls() throws IOException {
        final AtomicInteger made = new AtomicInteger();
        server = new TlsChannel(
                layer, media[1], TlsOptions.builder().identity(OWN).build(), false, nowNs -> {
                    made.incrementAndGet();
                    throw new IOException("not for this one");
                });
        server.turns(() -> {});
        media[0].send("GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(server::finishConnect)
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("GET / HTTP/1.1");
        assertThat(made).hasValue(0);
        assertThat(media[0].takeAll()).as("alert: unexpected_message").containsExactly(21, 3, 3, 0, 2, 2, 10);
    }

    @Test
    void shouldVouchForThePeer() throws IOException {
        open("TLSv1.3");

        final Map<String, String> known = client.attributes();

        assertThat(known)
                .containsEntry(TlsAttributes.PRINCIPAL, "CN=server")
                .containsEntry(TlsAttributes.NAMES, "DNS:localhost")
                .containsEntry(TlsAttributes.FINGERPRINT, OWN.fingerprint())
                .containsEntry(TlsAttributes.PROTOCOL, "TLSv1.3")
                .containsKey(TlsAttributes.CIPHER);
        assertThat(server.attributes()).doesNotContainKey(TlsAttributes.PRINCIPAL);
    }

    private void assertRefused(final byte[] bytes, final String text) {
        assertThatThrownBy(() -> offerToServer(bytes))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining(text)
                .satisfies(e -> assertThat(((StreamException) e).reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED));
    }
}
