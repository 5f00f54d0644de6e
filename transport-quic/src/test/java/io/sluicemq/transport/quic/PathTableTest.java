package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.sluicemq.testkit.TestAgent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class PathTableTest {
    private static final InetSocketAddress PORT = at(1);
    private static final InetSocketAddress HOME = at(2);
    private static final InetSocketAddress AWAY = at(3);
    private static final InetSocketAddress ELSEWHERE = at(4);
    private static final byte[] CLIENT_ID = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final byte[] OTHER_ID = {1, 2, 3, 4, 5, 6, 7, 9};
    private static final int LENGTH = 100;

    private final TestAgent agent = new TestAgent();
    private final PathTable table = new PathTable(agent);
    private final EmbeddedChannel udp = new EmbeddedChannel(table, new Codec());
    private final PathCheck check = new PathCheck();
    private final ResetTokens resets = new ResetTokens(new byte[] {1}, PORT);
    private PeerPath begun;

    private static InetSocketAddress at(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** In the place of QUIC: each long header begins a connection. */
    private final class Codec extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message) {
            final ByteBuf bytes = ((DatagramPacket) message).content();
            if (bytes.getByte(bytes.readerIndex()) < 0) {
                table.ids().newId(PathTable.ID_BYTES);
                begun = table.add();
            }
            context.fireChannelRead(message);
        }
    }

    @BeforeEach
    void open() {
        table.resets(resets);
    }

    @AfterEach
    void close() {
        udp.finishAndReleaseAll();
        agent.close();
    }

    private PeerPath begin(final InetSocketAddress from, final byte[] clientId) {
        final ByteBuf first = Unpooled.buffer();
        first.writeByte(0xC0).writeInt(1).writeByte(8).writeLong(7).writeByte(clientId.length);
        first.writeBytes(clientId).writeZero(1_200);
        udp.writeInbound(new DatagramPacket(first, PORT, from));
        udp.<DatagramPacket>readInbound().release();
        agent.turn();
        return begun;
    }

    /** Returns whom QUIC takes for the sender. */
    private InetSocketAddress receive(final PeerPath path, final InetSocketAddress from) {
        return receive(path.usedId(), from);
    }

    private InetSocketAddress receive(final long id, final InetSocketAddress from) {
        final ByteBuf bytes = Unpooled.buffer();
        bytes.writeByte(0x40).writeLong(id).writeZero(LENGTH - 9);
        agent.turn();
        udp.writeInbound(new DatagramPacket(bytes, PORT, from));
        final DatagramPacket seen = udp.readInbound();
        seen.release();
        return seen.sender();
    }

    /** Returns where it went. */
    private InetSocketAddress send(final byte[] clientId, final InetSocketAddress to, final int length) {
        final ByteBuf bytes = Unpooled.buffer();
        bytes.writeByte(0x40).writeBytes(clientId).writeZero(length - 1 - clientId.length);
        udp.writeOutbound(new DatagramPacket(bytes, to));
        return takeRecipient();
    }

    private InetSocketAddress takeRecipient() {
        final DatagramPacket sent = udp.readOutbound();
        if (sent != null) {
            sent.release();
        }
        return sent == null ? null : sent.recipient();
    }

    private ByteBuf takeQuestion(final InetSocketAddress to) {
        final DatagramPacket question = udp.readOutbound();
        assertThat(question.recipient()).isEqualTo(to);
        assertThat(PathCheck.is(PathCheck.QUESTION, question.content())).isTrue();
        return copy(question);
    }

    private static ByteBuf copy(final DatagramPacket datagram) {
        final ByteBuf copy = Unpooled.copiedBuffer(datagram.content());
        datagram.release();
        return copy;
    }

    private ByteBuf answer(final ByteBuf question, final byte[] key) {
        final ByteBuf answer = Unpooled.buffer();
        PathCheck.begin(answer, PathCheck.ANSWER);
        answer.writeBytes(question, 1, PathCheck.TOKEN_BYTES);
        check.seal(answer, key);
        return answer;
    }

    private void receiveAnswer(final ByteBuf answer, final InetSocketAddress from) {
        udp.writeInbound(new DatagramPacket(answer.copy(), PORT, from));
        assertThat(udp.<Object>readInbound()).isNull();
    }

    private void move(final PeerPath path, final InetSocketAddress to) {
        receive(path, to);
        final ByteBuf question = takeQuestion(to);
        receiveAnswer(answer(question, path.key()), to);
    }

    @Test
    void shouldSendToTheNewAddressOnceItHasAnswered() {
        final PeerPath path = begin(HOME, CLIENT_ID);

        assertThat(receive(path, AWAY)).isEqualTo(HOME);
        final ByteBuf question = takeQuestion(AWAY);
        assertThat(send(CLIENT_ID, HOME, 1_200)).as("before the answer").isEqualTo(HOME);
        receiveAnswer(answer(question, path.key()), AWAY);

        assertThat(send(CLIENT_ID, HOME, 1_200)).isEqualTo(AWAY);
        assertThat(receive(path, AWAY)).isEqualTo(HOME);
        assertThat(takeRecipient()).as("question").isNull();
    }

    @Test
    void shouldCopyAtMostThreeTimesWhatCameToAnAddressThatHasNotAnswered() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        receive(path, AWAY);
        takeQuestion(AWAY);
        final int budget = 3 * LENGTH - PathCheck.BYTES;

        assertThat(send(CLIENT_ID, HOME, budget)).isEqualTo(AWAY);
        assertThat(takeRecipient()).isEqualTo(HOME);

        assertThat(send(CLIENT_ID, HOME, 20)).isEqualTo(HOME);
        assertThat(takeRecipient()).isNull();
    }

    @Test
    void shouldGoBackHome() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        move(path, AWAY);

        move(path, HOME);

        assertThat(path.isDiverted()).isFalse();
        assertThat(send(CLIENT_ID, HOME, LENGTH)).isEqualTo(HOME);
    }

    @Test
    void shouldNotMoveForAnAnswerThatIsWrong() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        receive(path, AWAY);
        final ByteBuf question = takeQuestion(AWAY);
        final ByteBuf right = answer(question, path.key());

        receiveAnswer(answer(question, new byte[PathCheck.KEY_BYTES]), AWAY);
        receiveAnswer(right, ELSEWHERE);
        receiveAnswer(right.copy().setByte(1, right.getByte(1) + 1), AWAY);
        receiveAnswer(question, AWAY);

        assertThat(path.hasMoved()).isFalse();
    }

    @Test
    void shouldNotMoveForAnAnswerThatCameBeforeTheLastMove() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        receive(path, AWAY);
        final ByteBuf replayed = answer(takeQuestion(AWAY), path.key());
        receiveAnswer(replayed, AWAY);
        move(path, ELSEWHERE);

        receiveAnswer(replayed, AWAY);

        assertThat(path.current()).isEqualTo(ELSEWHERE);
    }

    @Test
    void shouldSendToWhoHasTheOldAddressOfAnother() {
        final PeerPath moved = begin(HOME, CLIENT_ID);
        move(moved, AWAY);

        final PeerPath next = begin(HOME, OTHER_ID);

        assertThat(send(OTHER_ID, HOME, LENGTH)).isEqualTo(HOME);
        assertThat(send(CLIENT_ID, HOME, LENGTH)).isEqualTo(AWAY);
        move(next, ELSEWHERE);
        assertThat(send(OTHER_ID, HOME, LENGTH)).isEqualTo(ELSEWHERE);
        assertThat(send(CLIENT_ID, HOME, LENGTH)).isEqualTo(AWAY);
    }

    @Test
    void shouldNotMoveWhoCannotBeToldFromItsNeighbour() {
        begin(HOME, CLIENT_ID);
        final PeerPath same = begin(HOME, CLIENT_ID);

        receive(same, AWAY);

        assertThat(takeRecipient()).as("question").isNull();
    }

    @Test
    void shouldForgetAConnectionThatHasEnded() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        move(path, AWAY);
        table.remove(path);

        assertThat(receiveUnknown(path.firstId(), LENGTH)).isNotNull();
        assertThat(send(CLIENT_ID, HOME, LENGTH)).isEqualTo(HOME);
    }

    /** Returns the answer, or null. */
    private ByteBuf receiveUnknown(final long id, final int length) {
        final ByteBuf bytes = Unpooled.buffer();
        bytes.writeByte(0x40).writeLong(id).writeZero(length - 9);
        udp.writeInbound(new DatagramPacket(bytes, PORT, AWAY));
        assertThat(udp.<Object>readInbound()).isNull();
        final DatagramPacket reset = udp.readOutbound();
        return reset == null ? null : copy(reset);
    }

    @Test
    void shouldTellTheTokenOfAConnectionThatItDoesNotKnow() {
        final long id = 4_711;

        for (int length = 29; length < 60; length++) {
            final ByteBuf reset = receiveUnknown(id, length);
            assertThat(reset.readableBytes()).isBetween(ResetTokens.MIN_BYTES, length - 1);
            assertThat(reset.getByte(0) & 0xC0).isEqualTo(0x40);
            final byte[] token = new byte[ResetTokens.BYTES];
            reset.getBytes(reset.readableBytes() - token.length, token);
            assertThat(token).isEqualTo(resets.tokenOf(id));
        }

        assertThat(receiveUnknown(id, 28)).as("to what is too small").isNull();
    }

    @Test
    void shouldTellNoMoreTokensThanItsBound() {
        for (int i = 0; i < PathTable.MAX_RESETS; i++) {
            assertThat(receiveUnknown(i, LENGTH)).isNotNull();
        }

        assertThat(receiveUnknown(1, LENGTH)).isNull();

        agent.advance(1_000_000_000L);
        agent.turn();
        assertThat(receiveUnknown(1, LENGTH)).isNotNull();
    }

    @Test
    void shouldKnowTheLastFewIdsOfAClientThatRetiresThem() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        ByteBuffer newest = ByteBuffer.allocate(PathTable.ID_BYTES).putLong(0, path.ids()[0]);

        for (int i = 0; i < 100; i++) {
            newest = table.ids().newId(newest, PathTable.ID_BYTES);
        }

        assertThat(path.ids()).hasSize(PeerPath.MAX_IDS).contains(path.firstId(), newest.getLong(0));
        assertThat(receive(path.firstId(), AWAY)).isEqualTo(HOME);
    }

    @Test
    void shouldMoveAClientThatHasChangedItsIdOften() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        final long first = path.firstId();
        ByteBuffer newest = ByteBuffer.allocate(PathTable.ID_BYTES).putLong(0, first);

        for (int i = 0; i < PeerPath.MAX_IDS + 1; i++) {
            newest = table.ids().newId(newest, PathTable.ID_BYTES);
            assertThat(receive(newest.getLong(0), HOME)).isEqualTo(HOME);
        }
        move(path, AWAY);

        assertThat(path.ids()).doesNotContain(first);
        assertThat(path.current()).isEqualTo(AWAY);
    }

    @Test
    void shouldAskOtherAddressesNoMoreOftenThanItsBound() {
        final PeerPath path = begin(HOME, CLIENT_ID);
        final long startNs = agent.nowNs();
        int questions = 0;

        for (int i = 0; i < 10_000; i++) {
            receive(path, at(10 + i));
            questions += takeRecipient() == null ? 0 : 1;
        }

        final long durationMs = (agent.nowNs() - startNs) / 1_000_000L;
        assertThat((long) questions).isBetween(2L, 2 * (durationMs + 1));
    }
}
