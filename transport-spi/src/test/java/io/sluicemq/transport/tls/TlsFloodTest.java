package io.sluicemq.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.stream.FakeContext;
import io.sluicemq.transport.stream.MemoryChannel;
import io.sluicemq.transport.stream.StreamException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that send many records of little use: each turn is short, and what they make us hold is bounded. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TlsFloodTest {
    private static final TlsIdentity OWN =
            new CertificateBuilder("CN=server").name("localhost").build();
    private static final byte[] USER_CANCELED = {21, 3, 3, 0, 2, 1, 90};
    private static final byte[] KEY_UPDATE_REQUESTED = {24, 0, 0, 1, 1};
    private static final int TICKET_BYTES = 5_000;
    private static final int MAX_STEPS = 100_000;

    private final FakeContext context = new FakeContext();
    private final TlsLayer layer = new TlsLayer(context);
    private final MemoryChannel[] media = MemoryChannel.pair(new Random(1));
    private SSLEngine clientEngine;
    private SSLEngine serverEngine;
    private TlsChannel client;
    private TlsChannel server;
    private int serverRequests;

    private void accept() {
        final TlsOptions theirs = TlsOptions.builder().identity(OWN).build();
        server = new TlsChannel(layer, media[1], theirs, false, nowNs -> {
            serverEngine = theirs.contexts().engine(false, null, -1, nowNs);
            return serverEngine;
        });
        server.turns(() -> serverRequests++);
    }

    private void open() throws IOException {
        accept();
        final TlsOptions ours =
                TlsOptions.builder().pinnedFingerprint(OWN.fingerprint()).build();
        client = new TlsChannel(layer, media[0], ours, true, nowNs -> {
            clientEngine = ours.contexts().engine(true, "localhost", 1, nowNs);
            return clientEngine;
        });
        client.turns(() -> {});
        boolean clientDone = false;
        boolean serverDone = false;
        for (int i = 0; i < MAX_STEPS && !(clientDone && serverDone); i++) {
            clientDone = clientDone ? client.flush() || clientDone : client.finishConnect();
            serverDone = serverDone || server.finishConnect();
            context.runTimers();
        }
        assertThat(clientDone && serverDone).isTrue();
        assertThat(client.read(ByteBuffer.allocate(1))).isZero();
        serverRequests = 0;
    }

    private void sendKeyUpdate() throws IOException {
        clientEngine.beginHandshake();
        sendRecord(ByteBuffer.allocate(0));
    }

    /** As an engine never does by itself, and many of them in one record. */
    private static void putMessages(final SSLEngine engine, final byte[] message, final int count)
            throws ReflectiveOperationException {
        final Object output = field(field(engine, "conContext"), "outputRecord");
        final Method encode =
                output.getClass().getDeclaredMethod("encodeHandshake", byte[].class, int.class, int.class);
        encode.setAccessible(true);
        for (int i = 0; i < count; i++) {
            encode.invoke(output, message, 0, message.length);
        }
    }

    private static Object field(final Object of, final String name) throws ReflectiveOperationException {
        Class<?> type = of.getClass();
        while (type != Object.class) {
            for (final Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(of);
                }
            }
            type = type.getSuperclass();
        }
        throw new NoSuchFieldException(name);
    }

    private void sendRecord(final ByteBuffer content) throws IOException {
        media[0].send(record(clientEngine, content));
    }

    private static byte[] record(final SSLEngine engine, final ByteBuffer content) throws IOException {
        final ByteBuffer record = ByteBuffer.allocate(40_000);
        engine.wrap(content, record);
        final byte[] bytes = new byte[record.flip().remaining()];
        record.get(bytes);
        return bytes;
    }

    private void sendByte(final int value) throws IOException {
        sendRecord(ByteBuffer.wrap(new byte[] {(byte) value}));
    }

    @Test
    void shouldGiveTheAgentBackSoonWhenTheHandshakeIsFlooded() throws IOException {
        accept();
        final int count = 10_000;
        for (int i = 0; i < count; i++) {
            media[0].send(USER_CANCELED);
        }
        server.finishConnect();
        context.runTimers();
        serverRequests = 0;

        server.finishConnect();

        // What one read brought is used up by turns that the channel asks for, as no event tells of it.
        assertThat(serverRequests).isEqualTo(1);
        final int unread = media[1].takeAll().length;
        assertThat(unread).isGreaterThan(count * USER_CANCELED.length - 2 * TlsInput.MAX_RECORD_BYTES);
        int turns = 0;
        while (serverRequests > 0) {
            serverRequests = 0;
            server.finishConnect();
            turns++;
        }
        assertThat(turns).isGreaterThan(50);
    }

    @Test
    void shouldRefuseAHandshakeThatDoesNotEnd() {
        accept();
        for (int i = 0; i < 50_000; i++) {
            media[0].send(USER_CANCELED);
        }

        assertThatThrownBy(() -> {
                    for (int i = 0; i < MAX_STEPS; i++) {
                        server.finishConnect();
                        context.runTimers();
                    }
                })
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("tlsHandshakeBytes=")
                .hasMessageContaining("limit=262144")
                .satisfies(e -> assertThat(((StreamException) e).reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED));
    }

    @Test
    void shouldRefuseRecordsThatBringNoData() throws IOException {
        open();
        for (int i = 0; i < 40; i++) {
            sendKeyUpdate();
        }

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        server.read(ByteBuffer.allocate(100));
                    }
                })
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("tlsRecordsWithoutData=33, limit=32 in a row within a second")
                .satisfies(e -> assertThat(((StreamException) e).reason()).isEqualTo(CloseReason.PROTOCOL_ERROR));
    }

    @Test
    void shouldTakeKeyUpdatesNowAndThenForEver() throws IOException {
        open();
        final ByteBuffer target = ByteBuffer.allocate(100);

        for (int i = 0; i < 100; i++) {
            sendKeyUpdate();
            assertThat(server.read(target)).as("i=%d", i).isZero();
            context.advance(100_000_000L);
        }

        sendByte(1);
        assertThat(server.read(target)).isEqualTo(1);
    }

    @Test
    void shouldRefuseARecordFullOfKeyUpdatesAndNotAnswerThem() throws Exception {
        open();
        putMessages(clientEngine, KEY_UPDATE_REQUESTED, 3_000);
        sendRecord(ByteBuffer.allocate(0));
        media[0].takeAll();

        assertThatThrownBy(() -> server.read(ByteBuffer.allocate(100)))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("tlsRecordBytes=150")
                .hasMessageContaining("without data, limit=64")
                .satisfies(e -> assertThat(((StreamException) e).reason()).isEqualTo(CloseReason.PROTOCOL_ERROR));
        server.close();

        assertThat(media[0].takeAll()).hasSizeLessThan(50 * 32);
    }

    private void sendTicket(final int nonce) throws IOException, ReflectiveOperationException {
        final int ticketBytes = TICKET_BYTES - 100;
        final int lengthBytes = 9 + 2 + 2 + ticketBytes + 2;
        // RFC 8446, 4.6.1: type, length, lifetime, age, nonce, ticket, extensions.
        final ByteBuffer message = ByteBuffer.allocate(4 + lengthBytes)
                .putInt(4 << 24 | lengthBytes)
                .putInt(100)
                .putInt(0)
                .put((byte) 2)
                .putShort((short) nonce)
                .putShort((short) ticketBytes);
        putMessages(serverEngine, message.array(), 1);
        media[1].send(record(serverEngine, ByteBuffer.allocate(0)));
    }

    @Test
    void shouldTakeTicketsOfAListenerButNotWithoutEnd() throws Exception {
        open();
        final ByteBuffer target = ByteBuffer.allocate(100);
        final int most = TlsInput.MAX_TICKET_BYTES / TICKET_BYTES;
        for (int i = 0; i < most; i++) {
            sendTicket(i);
            assertThat(client.read(target)).as("i=%d", i).isZero();
        }
        sendTicket(most);

        assertThatThrownBy(() -> client.read(target))
                .isInstanceOf(StreamException.class)
                .hasMessageContaining("32768 for tickets");
    }

    @Test
    void shouldTakeFewSmallRecordsInATurnAndAllOfThemInTheEnd() throws IOException {
        open();
        final int count = 3_000;
        for (int i = 0; i < count; i++) {
            sendByte(i);
        }
        final ByteBuffer target = ByteBuffer.allocate(256 * 1024);

        int most = 0;
        for (int at = 0; at < count; at = target.position()) {
            final int read = server.read(target);
            most = Math.max(most, read);
            assertThat(read).as("at=%d", at).isPositive();
            // Nothing but the medium is left to wait for, which still has the rest.
            assertThat(server.hasBuffered() || media[1].unread() > 0 || target.position() == count)
                    .isTrue();
        }

        assertThat(most).isEqualTo(TlsInput.MAX_TURN_RECORDS);
        for (int i = 0; i < count; i++) {
            assertThat(target.get(i)).isEqualTo((byte) i);
        }
        assertThat(server.hasBuffered()).isFalse();
    }

    @Test
    void shouldNotReadOnWhileItsAnswersHaveNoRoomAndGoOnWhenTheyHave() throws IOException {
        open();
        media[1].window(0);
        final int count = 200;
        for (int i = 0; i < count; i++) {
            sendKeyUpdate();
            sendByte(i);
        }
        server.interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        final ByteBuffer target = ByteBuffer.allocate(1_000);

        for (int i = 0; i < 100; i++) {
            server.read(target);
        }

        final int whileBlocked = target.position();
        assertThat(whileBlocked).isLessThan(16);
        assertThat(server.isFlushed()).isFalse();
        assertThat(server.hasBuffered()).isFalse();
        assertThat(media[1].ops()).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(serverRequests).isZero();

        media[1].window(Integer.MAX_VALUE);
        assertThat(server.flush()).isTrue();

        assertThat(serverRequests).isEqualTo(1);
        assertThat(server.hasBuffered()).isTrue();
        assertThat(media[1].ops()).isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        for (int i = 0; i < 1_000; i++) {
            server.read(target);
        }
        assertThat(target.position()).isEqualTo(count);
    }
}
