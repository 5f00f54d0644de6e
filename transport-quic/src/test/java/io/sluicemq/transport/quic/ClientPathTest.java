package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.sluicemq.testkit.TestAgent;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // what was sent is looked at
final class ClientPathTest {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
    private static final byte[] KEY = new byte[PathCheck.KEY_BYTES];
    private static final byte[] TOKEN = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private static final long SILENCE_NS = 100_000_000_000L; // no pause of the machine counts

    private final TestAgent agent = new TestAgent();
    private final List<EmbeddedChannel> others = new ArrayList<>();
    private int refusals;
    private int opened;
    private int replaced;
    private final ClientPath path =
            new ClientPath((QuicDriver) agent.open(new QuicTransport()), SILENCE_NS, inbound -> {
                opened++;
                if (opened <= refusals) {
                    throw new IOException("no network");
                }
                others.add(new EmbeddedChannel(inbound));
                return others.get(others.size() - 1);
            });
    private final Refuser refuser = new Refuser();
    private final EmbeddedChannel udp = new EmbeddedChannel(refuser, path);
    private final List<IOException> ends = new ArrayList<>();
    private boolean active = true;

    /** A socket that does not send. */
    private static final class Refuser extends ChannelOutboundHandlerAdapter {
        private IOException cause;

        @Override
        public void write(final ChannelHandlerContext context, final Object message, final ChannelPromise promise) {
            if (cause == null) {
                context.write(message, promise);
            } else {
                ReferenceCountUtil.release(message);
                promise.setFailure(cause);
            }
        }
    }

    @BeforeEach
    void begin() {
        final ClientPath.Subject subject = new ClientPath.Subject() {
            @Override
            public boolean wasActive() {
                return active;
            }

            @Override
            public void end(final IOException reason) {
                ends.add(reason);
            }

            @Override
            public void onReplaced() {
                replaced++;
            }
        };
        path.connection(subject, () -> {});
    }

    @AfterEach
    void close() {
        udp.finishAndReleaseAll();
        others.forEach(EmbeddedChannel::finishAndReleaseAll);
        agent.close();
    }

    private void tell(final byte[] key, final byte[] token) {
        path.onPeer(HandshakeConfig.builder(SocketType.PAIR)
                .property(PathCheck.KEY_PROPERTY, key)
                .property(ResetTokens.PROPERTY, token)
                .build()
                .asPeer());
    }

    /** Returns whether QUIC gets it. */
    private boolean receive(final ByteBuf bytes) {
        udp.writeInbound(new DatagramPacket(bytes, HERE, SERVER));
        final DatagramPacket passed = udp.readInbound();
        if (passed != null) {
            passed.release();
        }
        return passed != null;
    }

    private static ByteBuf reset(final int length, final byte[] token) {
        return Unpooled.buffer()
                .writeByte(0x40)
                .writeZero(length - 1 - token.length)
                .writeBytes(token);
    }

    private static ByteBuf question(final byte[] key) {
        final ByteBuf question = Unpooled.buffer();
        PathCheck.begin(question, PathCheck.QUESTION);
        question.writeZero(PathCheck.TOKEN_BYTES);
        new PathCheck().seal(question, key);
        return question;
    }

    @Test
    void shouldEndForAResetWithTheTokenOfTheConnection() {
        tell(KEY, TOKEN);

        assertThat(receive(reset(ResetTokens.MIN_BYTES, TOKEN))).isFalse();

        assertThat(ends).hasSize(1);
        assertThat(ends.get(0)).hasMessageContaining("connection=unknown to the peer");
    }

    @Test
    void shouldPassOnAResetThatIsForged() {
        assertThat(receive(reset(40, TOKEN))).as("before a token is known").isTrue();
        tell(KEY, TOKEN);

        for (int i = 0; i < TOKEN.length; i++) {
            final byte[] wrong = TOKEN.clone();
            wrong[i]++;
            assertThat(receive(reset(40, wrong))).isTrue();
        }
        assertThat(receive(reset(ResetTokens.MIN_BYTES - 1, TOKEN)))
                .as("too short")
                .isTrue();
        assertThat(receive(reset(40, TOKEN).setByte(0, 0xC0))).as("long header").isTrue();

        assertThat(ends).isEmpty();
    }

    @Test
    void shouldNotTakeATokenOfAnotherLength() {
        tell(KEY, Arrays.copyOf(TOKEN, TOKEN.length - 1));

        assertThat(receive(reset(40, TOKEN))).isTrue();

        assertThat(ends).isEmpty();
    }

    @Test
    void shouldAnswerAQuestionOfItsServerAlone() {
        receive(question(KEY));
        tell(KEY, TOKEN);
        final byte[] other = KEY.clone();
        other[0]++;
        receive(question(other));
        assertThat(udp.<DatagramPacket>readOutbound()).isNull();

        assertThat(receive(question(KEY))).isFalse();

        final DatagramPacket answer = udp.readOutbound();
        assertThat(PathCheck.is(PathCheck.ANSWER, answer.content())).isTrue();
        assertThat(new PathCheck().isSealed(answer.content(), KEY)).isTrue();
        assertThat(answer.recipient()).isEqualTo(SERVER);
        answer.release();
    }

    private void send() {
        udp.writeOneOutbound(new DatagramPacket(Unpooled.buffer().writeZero(10), SERVER));
        udp.flushOutbound();
    }

    private void pass(final long durationNs) {
        agent.advance(durationNs);
        agent.turn();
        udp.runPendingTasks();
    }

    private int takeSent(final EmbeddedChannel from) {
        int count = 0;
        for (DatagramPacket sent = from.readOutbound(); sent != null; sent = from.readOutbound()) {
            sent.release();
            count++;
        }
        return count;
    }

    @Test
    void shouldSendAndReceiveByAnotherSocketWhenWhatIsSentAgainIsNotAnswered() {
        tell(KEY, TOKEN);
        receive(reset(40, new byte[16]));

        send();
        pass(SILENCE_NS / 2);
        send();
        assertThat(opened).isZero();
        pass(SILENCE_NS / 2);

        assertThat(opened).isEqualTo(1);
        assertThat(replaced).isEqualTo(1);
        assertThat(takeSent(udp)).isEqualTo(2);
        send();
        assertThat(takeSent(udp)).isZero();
        assertThat(takeSent(others.get(0))).isEqualTo(1);
        final DatagramPacket passed = receiveBy(others.get(0));
        assertThat(passed.sender()).isEqualTo(SERVER);
        assertThat(passed.recipient()).as("the address that QUIC knows").isEqualTo(HERE);
    }

    private DatagramPacket receiveBy(final EmbeddedChannel other) {
        other.writeInbound(new DatagramPacket(reset(40, new byte[16]), SERVER, SERVER));
        final DatagramPacket passed = udp.readInbound();
        passed.release();
        return passed;
    }

    private void sendInVain(final int halfSilences) {
        for (int i = 0; i < halfSilences; i++) {
            send();
            pass(SILENCE_NS / 2);
        }
    }

    @Test
    void shouldWaitHalfASilenceForTheAnswerToWhatItSendsAgain() {
        tell(KEY, TOKEN);

        send();
        pass(SILENCE_NS * 9 / 10);
        send();
        pass(SILENCE_NS / 10);
        assertThat(opened).as("a lone acknowledgement, and a first question").isZero();

        pass(SILENCE_NS * 4 / 10);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void shouldCountAnewWhenItWasHeldUpItself() {
        tell(KEY, TOKEN);
        sendInVain(1);
        send();

        pass(SILENCE_NS);
        assertThat(opened).isZero();

        sendInVain(2);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void shouldWaitLongerForAServerThatTookLongToAnswerTheHandshake() {
        send();
        pass(SILENCE_NS * 49 / 100);
        receive(reset(40, new byte[16]));
        tell(KEY, TOKEN);

        sendInVain(3);
        assertThat(opened).isZero();

        sendInVain(1);
        assertThat(opened).isEqualTo(1);
    }

    @Test
    void shouldTryOtherSocketsEverMoreSeldomWhileNothingComesBack() {
        tell(KEY, TOKEN);
        final List<Integer> tries = new ArrayList<>();

        for (int silence = 1; silence <= 60; silence++) {
            final int before = opened;
            sendInVain(2);
            if (opened > before) {
                tries.add(silence);
            }
        }

        assertThat(tries).containsExactly(1, 2, 4, 8, 12, 16, 20, 24);
        assertThat(opened).isEqualTo(Silence.MAX_TRIES);
    }

    @Test
    void shouldTryAgainWhenThereIsNoNetworkYet() {
        tell(KEY, TOKEN);
        refusals = 2;

        sendInVain(4);
        assertThat(others).isEmpty();
        assertThat(replaced).isZero();

        sendInVain(4);
        assertThat(others).hasSize(1);
        assertThat(replaced).isEqualTo(1);
    }

    @Test
    void shouldTryAgainAfterOneSilenceOnceItWasHeard() {
        tell(KEY, TOKEN);
        sendInVain(8);
        assertThat(opened).isEqualTo(3);
        receiveBy(others.get(2));

        sendInVain(2);

        assertThat(opened).isEqualTo(4);
    }

    @Test
    void shouldKeepTheLastSocketThatWasHeardUntilAnotherIs() {
        tell(KEY, TOKEN);
        sendInVain(2);
        receiveBy(others.get(0));
        sendInVain(2);
        sendInVain(4);
        assertThat(others).extracting(EmbeddedChannel::isOpen).containsExactly(true, false, true);

        receiveBy(others.get(0));
        assertThat(others.get(0).isOpen()).isTrue();
        receiveBy(others.get(2));

        assertThat(others).extracting(EmbeddedChannel::isOpen).containsExactly(false, false, true);
        path.close();
        assertThat(others.get(2).isOpen()).isFalse();
    }

    @Test
    void shouldKeepItsSocketWhenWhatItSentNeedsNoAnswer() {
        tell(KEY, TOKEN);

        for (int i = 0; i < 5; i++) {
            receive(reset(40, new byte[16]));
            send();
            pass(2 * SILENCE_NS);
        }

        assertThat(opened).isZero();
    }

    @Test
    void shouldTakeAnotherSocketAfterASilenceInWhichTheSystemDoesNotSend() {
        tell(KEY, TOKEN);
        refuser.cause = new NoRouteToHostException();

        send();
        assertThat(opened).isZero();
        pass(SILENCE_NS);

        assertThat(opened).isEqualTo(1);
        send();
        assertThat(takeSent(others.get(0))).isEqualTo(1);
    }

    @Test
    void shouldKeepItsSocketWhenTheSystemOnceDidNotSend() {
        tell(KEY, TOKEN);
        refuser.cause = new IOException("no buffer space");

        send();
        refuser.cause = null;
        receive(reset(40, new byte[16]));
        send();
        pass(SILENCE_NS);

        assertThat(opened).isZero();
    }

    @Test
    void shouldKeepItsSocketWhenNobodyIsAtThePort() {
        tell(KEY, TOKEN);
        refuser.cause = new PortUnreachableException();

        send();
        udp.runPendingTasks();

        assertThat(opened).isZero();
    }

    @Test
    void shouldBelieveThatNobodyIsThereOnceItWasSaidOften() {
        refuse(2);
        receive(reset(40, TOKEN));
        refuse(2);
        assertThat(ends).isEmpty();

        refuse(1);

        assertThat(ends).hasSize(1);
    }

    private void refuse(final int times) {
        for (int i = 0; i < times; i++) {
            send();
            udp.pipeline().fireExceptionCaught(new PortUnreachableException());
        }
    }

    @Test
    void shouldNotBelieveThatNobodyIsThereMoreOftenThanItSent() {
        refuse(2);

        for (int i = 0; i < 10; i++) {
            udp.pipeline().fireExceptionCaught(new PortUnreachableException());
        }

        assertThat(ends).isEmpty();
    }

    @Test
    void shouldHearFromWhatItSendsThatNobodyIsThere() {
        refuser.cause = new PortUnreachableException();

        for (int i = 0; i < 3; i++) {
            assertThat(ends).isEmpty();
            send();
            udp.runPendingTasks();
        }

        assertThat(ends).hasSize(1);
    }

    @Test
    void shouldBelieveAtOnceThatNobodyAnswersAHandshake() {
        active = false;
        send();

        udp.pipeline().fireExceptionCaught(new PortUnreachableException());

        assertThat(ends).hasSize(1);
    }
}
