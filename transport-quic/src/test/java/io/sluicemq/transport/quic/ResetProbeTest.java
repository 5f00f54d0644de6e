package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that asks whether its server still knows it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // what was sent is looked at
final class ResetProbeTest {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
    private static final byte[] KEY = new byte[PathCheck.KEY_BYTES];
    private static final byte[] TOKEN = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    private static final byte SHORT_HEADER = 0x45;
    private static final long ID = 7;

    private static final long SILENCE_NS = 100_000_000_000L; // no pause of the machine counts

    private final TestAgent agent = new TestAgent();
    private final EmbeddedChannel other = new EmbeddedChannel();
    private final ClientPath path =
            new ClientPath((QuicDriver) agent.open(new QuicTransport()), SILENCE_NS, inbound -> other);
    private final EmbeddedChannel udp = new EmbeddedChannel(path);
    private final List<IOException> ends = new ArrayList<>();

    @BeforeEach
    void begin() {
        final ClientPath.Subject subject = new ClientPath.Subject() {
            @Override
            public boolean wasActive() {
                return true;
            }

            @Override
            public void end(final IOException reason) {
                ends.add(reason);
            }

            @Override
            public void onReplaced() {}
        };
        path.connection(subject, () -> {});
    }

    @AfterEach
    void close() {
        udp.finishAndReleaseAll();
        other.finishAndReleaseAll();
        agent.close();
    }

    private void tell(final byte[] token) {
        path.onPeer(HandshakeConfig.builder(SocketType.PAIR)
                .property(PathCheck.KEY_PROPERTY, KEY)
                .property(ResetTokens.PROPERTY, token)
                .build()
                .asPeer());
    }

    private void send(final ByteBuf bytes) {
        udp.writeOneOutbound(new DatagramPacket(bytes, SERVER));
        udp.flushOutbound();
    }

    private void send() {
        send(Unpooled.buffer().writeByte(SHORT_HEADER).writeLong(ID).writeZero(30));
    }

    private void receive(final byte[] token) {
        final ByteBuf bytes = Unpooled.buffer().writeByte(0x40).writeZero(23).writeBytes(token);
        udp.writeInbound(new DatagramPacket(bytes, HERE, SERVER));
        udp.releaseInbound();
    }

    private void pass(final long durationNs) {
        agent.advance(durationNs);
        agent.turn();
        udp.runPendingTasks();
    }

    /** How many of those that were sent are questions; the others are thrown away. */
    private static int takeProbes(final EmbeddedChannel from) {
        int count = 0;
        for (DatagramPacket sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            final ByteBuf bytes = sent.content();
            if (bytes.readableBytes() == ResetProbe.BYTES) {
                assertThat(bytes.getByte(0)).isEqualTo(SHORT_HEADER);
                assertThat(bytes.getLong(1)).isEqualTo(ID);
                assertThat(sent.recipient()).isEqualTo(SERVER);
                count++;
            }
            sent.release();
        }
        return count;
    }

    @Test
    void shouldAskFourTimesASilenceWhileNothingComesBack() {
        tell(TOKEN);

        send();
        pass(SILENCE_NS / 4);
        assertThat(takeProbes(udp)).as("it may have been an acknowledgement").isZero();
        send();
        for (int quarter = 0; quarter < 3; quarter++) {
            pass(SILENCE_NS / 4);
            assertThat(takeProbes(udp)).isEqualTo(1);
        }
        assertThat(ends).isEmpty();
        receive(TOKEN);

        assertThat(ends).hasSize(1);
    }

    @Test
    void shouldAskFromTheSocketThatItGoesOnFrom() {
        tell(TOKEN);
        for (int half = 0; half < 2; half++) {
            send();
            pass(SILENCE_NS / 2);
        }
        takeProbes(udp);

        pass(SILENCE_NS / 4);

        assertThat(takeProbes(other)).isEqualTo(1);
        assertThat(takeProbes(udp)).isZero();
    }

    @Test
    void shouldNotAskAServerThatAnswers() {
        tell(TOKEN);
        send();
        pass(SILENCE_NS / 4);
        send();

        receive(new byte[TOKEN.length]);
        pass(SILENCE_NS / 4);
        send();
        pass(10 * SILENCE_NS);

        assertThat(takeProbes(udp)).isZero();
    }

    @Test
    void shouldNotAskAServerThatCouldNotSayThatItDoesNotKnowTheConnection() {
        tell(new byte[0]);
        send();
        pass(SILENCE_NS / 4);
        send();

        pass(SILENCE_NS / 4);

        assertThat(takeProbes(udp)).isZero();
    }

    @Test
    void shouldNotAskByWhatIsNoPacketOfAConnection() {
        tell(TOKEN);
        for (int i = 0; i < 2; i++) {
            send(Unpooled.buffer().writeByte(0xC5).writeLong(ID).writeZero(30));
            send(Unpooled.buffer().writeByte(SHORT_HEADER).writeLong(ID));
            pass(SILENCE_NS / 4);
        }

        pass(SILENCE_NS / 4);

        assertThat(takeProbes(udp)).isZero();
    }

    /** The heads of two are the same, and what is behind them is not. */
    @Test
    void shouldNotAskTwiceInTheSameWords() {
        final ResetProbe probe = new ResetProbe();
        final DatagramPacket sent =
                new DatagramPacket(Unpooled.buffer().writeByte(SHORT_HEADER).writeZero(60), SERVER);
        probe.onSent(sent);
        sent.release();

        final DatagramPacket one = probe.next(udp.alloc());
        final DatagramPacket another = probe.next(udp.alloc());

        assertThat(one.content().equals(another.content())).isFalse();
        assertThat(one.content().slice(0, 21).equals(another.content().slice(0, 21)))
                .isTrue();
        one.release();
        another.release();
    }
}
