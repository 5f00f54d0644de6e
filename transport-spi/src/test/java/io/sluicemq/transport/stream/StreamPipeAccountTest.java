package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.PipeOptions.HeartbeatOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pipe says of its connection when that is over, against a peer whose bytes the test writes itself. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class StreamPipeAccountTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final UnsafeBuffer ABC = new UnsafeBuffer(bytes("abc"));
    private static final String COUNTS = "\021X-Received-Counts\0\0\0\010\0\0\0\0\0\0\0\011";
    private static final String END = "\004\006\005X-END";
    private static final String BEGIN_9 = begin(9);

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context);
    private final MemoryChannel[] channels = MemoryChannel.pair(new Random(1));
    private final MemoryChannel wire = channels[1];
    private StreamPipe pipe;
    private long number;

    private static byte[] bytes(final String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String eight(final long value) {
        return text(ByteBuffer.allocate(8).putLong(value).array());
    }

    private static String begin(final long number) {
        return "\004\020\007X-BEGIN" + eight(number);
    }

    private static String received(final long number, final long count, final boolean last) {
        return "\004\034\012X-RECEIVED" + eight(number) + eight(count) + (last ? "\001" : "\0");
    }

    private static String greeting(final int minor) {
        return "\377\0\0\0\0\0\0\0\001\177\003" + (char) minor + "NULL" + "\0".repeat(16 + 32);
    }

    private static String ready(final String type, final String more) {
        final String property = "\013Socket-Type\0\0\0" + (char) type.length() + type + more;
        return "\004" + (char) (6 + property.length()) + "\005READY" + property;
    }

    private RecordingEnd open(final int minor, final String peerProperties, final HeartbeatOptions beat) {
        final HandshakeConfig handshake =
                HandshakeConfig.builder(SocketType.PAIR).countsId(8).build();
        final RecordingEnd end = new RecordingEnd(
                context, handshake, new PipeOptions(1 << 30, 65_536, 0, 30 * SECOND_NS, beat, Map.of()));
        pipe = new StreamPipe(group, channels[0], end, true);
        pipe.start();
        send(greeting(minor) + ready("PAIR", peerProperties));
        assertThat(end.carrier).isNotNull();
        number = pipe.number();
        return end;
    }

    /** A peer that exchanges counts, and has begun to. */
    private RecordingEnd openExchange() {
        final RecordingEnd end = open(1, COUNTS, HeartbeatOptions.OFF);
        assertThat(sent()).endsWith(begin(number));
        send(BEGIN_9);
        return end;
    }

    private RecordingEnd openPlain() {
        final RecordingEnd end = open(1, "", HeartbeatOptions.OFF);
        sent();
        return end;
    }

    private void send(final String latin1) {
        wire.send(bytes(latin1));
        turn();
    }

    private void turn() {
        Turns.give(pipe, channels[0], group, context);
    }

    private String sent() {
        turn();
        return text(wire.takeAll());
    }

    private static void offer(final RecordingEnd end, final int messages) {
        for (int i = 0; i < messages; i++) {
            assertThat(end.carrier.offer(MessageKind.SINGLE, ABC, 0, 3)).isTrue();
        }
        end.carrier.flush();
    }

    @Test
    void shouldSayNothingOfItToAPeerThatDoesNotTakePart() {
        open(1, "", HeartbeatOptions.OFF);
        final String toPlain = sent();
        send("\0\001a".repeat(100));
        context.advance(SECOND_NS);

        assertThat(toPlain).doesNotContain("X-BEGIN");
        assertThat(sent()).isEmpty();
        assertThat(pipe.number()).isZero();
    }

    @Test
    void shouldSayNothingOfItOnVersion30() {
        open(0, COUNTS, HeartbeatOptions.OFF);
        final String to30 = sent();
        send("\0\001a");
        context.advance(SECOND_NS);

        assertThat(to30).doesNotContain("X-BEGIN");
        assertThat(sent()).isEmpty();
    }

    @Test
    void shouldIgnoreTheCommandsOfAPeerThatDidNotAnnounceThem() {
        final RecordingEnd end = openPlain();

        send(BEGIN_9 + BEGIN_9 + received(1, 5, false) + END + "\0\001a");

        assertThat(end.received).hasSize(1);
        assertThat(end.closedCount).isZero();
    }

    @Test
    void shouldTellWhatCameSomeTimeAfterTheFirstMessageAndThenBeQuiet() {
        openExchange();
        send("\0\001a\0\001b");
        final String atOnce = sent();
        context.advance(Account.TELL_NS - 1);
        send("\0\001c");
        final String before = sent();
        context.advance(1);
        final String inTime = sent();
        context.advance(100 * SECOND_NS);

        assertThat(atOnce).isEmpty();
        assertThat(before).isEmpty();
        assertThat(inTime).isEqualTo(received(9, 3, false));
        assertThat(sent()).isEmpty();
        send("\0\001d");
        assertThat(sent()).isEmpty();
        context.advance(Account.TELL_NS);
        assertThat(sent()).isEqualTo(received(9, 4, false));
    }

    @Test
    void shouldTellManyMessagesAtOnce() {
        openExchange();

        send("\0\001a".repeat(Account.TELL_MESSAGES));

        assertThat(sent()).isEqualTo(received(9, Account.TELL_MESSAGES, false));
    }

    @Test
    void shouldCountFramesOfAMessageAsOneAndCommandsAsNone() {
        openExchange();

        send("\001\001a\0\001b" + "\004\007\004PING\0\0");
        sent();
        context.advance(Account.TELL_NS);

        assertThat(sent()).isEqualTo(received(9, 1, false));
    }

    @Test
    void shouldTellTheEndThatItIsOverAlsoWhereTheAccountFails() {
        final RecordingEnd end = openExchange();
        end.onAccount = () -> {
            throw new IllegalStateException("of a test");
        };

        assertThatThrownBy(() -> pipe.abort(CloseReason.IO_ERROR, "over")).hasMessage("of a test");

        assertThat(end.closedCount).isEqualTo(1);
        assertThat(end.detail).isEqualTo("over");
    }

    @Test
    void shouldReportWhatThePeerReceivedOfWhatWasSent() {
        final RecordingEnd end = openExchange();
        offer(end, 5);
        send(received(number, 3, false));

        pipe.abort(CloseReason.IO_ERROR, "test");

        assertThat(end.account).isEqualTo(new ConnectionAccount(number, 5, 3, false, true, 9, 0, false, 0));
    }

    @Test
    void shouldNotReportAsSentWhatTheMediumDidNotTake() {
        final RecordingEnd end = openExchange();
        sent();
        channels[0].window(7);
        offer(end, 3);

        pipe.abort(CloseReason.IO_ERROR, "test");

        assertThat(end.account.sent()).isEqualTo(1);
        assertThat(end.unsent).isEqualTo(2);
    }

    @Test
    void shouldTellItsLastCountWhenItAborts() {
        final RecordingEnd end = openExchange();
        send("\0\001a\0\001b");

        pipe.abort(CloseReason.CLOSED_LOCALLY, "test");

        assertThat(text(wire.takeAll())).isEqualTo(received(9, 2, true));
        assertThat(end.account.received()).isEqualTo(2);
        assertThat(end.account.receivedKnown()).isFalse();
    }

    @Test
    void shouldEndInOrderWithAPeerThatTakesPart() {
        final RecordingEnd end = openExchange();
        offer(end, 4);
        end.carrier.finish(SECOND_NS * 1_000);
        final String ended = sent();
        final int closedBefore = end.closedCount;

        send("\0\001a" + received(number, 4, true));
        wire.shutdownOutput();
        turn();

        assertThat(ended).endsWith("\0\003abc" + END);
        assertThat(closedBefore).isZero();
        assertThat(text(wire.takeAll())).isEqualTo(received(9, 1, true));
        assertThat(end.reason).isEqualTo(CloseReason.CLOSED_LOCALLY);
        assertThat(end.account).isEqualTo(new ConnectionAccount(number, 4, 4, true, true, 9, 1, false, 0));
    }

    @Test
    void shouldAnswerAPeerThatEndsInOrder() {
        final RecordingEnd end = openExchange();
        offer(end, 2);
        sent();

        send("\0\001a" + END);
        final String answer = sent();
        final boolean taken = end.carrier.offer(MessageKind.SINGLE, ABC, 0, 3);
        final int closedBefore = end.closedCount;
        send(received(number, 2, true));
        wire.shutdownOutput();
        turn();

        assertThat(answer).isEqualTo(received(9, 1, true));
        assertThat(taken).isFalse();
        assertThat(closedBefore).isZero();
        assertThat(end.reason).isEqualTo(CloseReason.CLOSED_BY_PEER);
        assertThat(end.account).isEqualTo(new ConnectionAccount(number, 2, 2, true, true, 9, 1, true, 0));
    }

    @Test
    void shouldGiveUpAPeerThatEndsAndThenIsSilent() {
        final RecordingEnd end = openExchange();
        send(END);

        context.advance(11 * SECOND_NS);
        turn();

        assertThat(end.reason).isEqualTo(CloseReason.CLOSED_BY_PEER);
        assertThat(channels[0].isClosed()).isTrue();
    }

    @Test
    void shouldDisconnectAPeerThatTellsOfMoreThanItWasSent() {
        final RecordingEnd end = openExchange();
        offer(end, 4);

        send(received(number, 5, false));

        assertThat(end.reason).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.detail).contains("receivedCount=5, limit=0..4, ");
        assertThat(end.account.acknowledged()).isZero();
    }

    @Test
    void shouldDisconnectAPeerWhoseCountShrinks() {
        final RecordingEnd end = openExchange();
        offer(end, 4);

        send(received(number, 3, false) + received(number, 2, false));

        assertThat(end.reason).isEqualTo(CloseReason.PROTOCOL_ERROR);
        assertThat(end.account.acknowledged()).isEqualTo(3);
    }

    @Test
    void shouldPassOnCountsOfEarlierConnectionsAndDisconnectForAWrongOne() {
        final RecordingEnd end = openExchange();
        send(received(1_000_000_007, 5, true));
        end.carrier.receivedEarlier(77, 4);
        final String told = sent();
        final int closedBefore = end.closedCount;

        send(received(1_000_000_007, -1, true));

        assertThat(end.earlier).containsExactly("1000000007:5", "1000000007:-1");
        assertThat(told).isEqualTo(received(77, 4, true));
        assertThat(closedBefore).isZero();
        assertThat(end.reason).isEqualTo(CloseReason.PROTOCOL_ERROR);
    }

    @Test
    void shouldCountWhatItDiscardsWhileItEndsTheConnection() {
        final RecordingEnd end = openPlain();
        end.accepts = () -> end.received.isEmpty();
        send("\0\001a" + "\0\001b");
        end.carrier.finish(SECOND_NS * 1_000);
        turn();

        send("\0\001c" + "\001\001d\0\001e" + "\004\007\004PING\0\0");
        send("\002\0\0\0\0\0\001\0\0" + "x".repeat(40_000));
        send("x".repeat(25_536) + "\0\001f" + "\0\002n");
        wire.shutdownOutput();
        turn();

        assertThat(end.received).hasSize(1);
        assertThat(end.reason).isEqualTo(CloseReason.CLOSED_LOCALLY);
        assertThat(end.account.discarded()).as("b, c, de, the large one, f").isEqualTo(5);
        assertThat(end.account.received()).isEqualTo(6);
    }

    @Test
    void shouldTellThePeerOfWhatItDiscards() {
        final RecordingEnd end = openExchange();
        end.accepts = () -> false;
        end.carrier.finish(SECOND_NS * 1_000);
        send("\0\001a" + "\0\001b" + received(number, 0, true));
        sent();
        wire.shutdownOutput();
        turn();

        assertThat(text(wire.takeAll())).isEqualTo(received(9, 2, true));
        assertThat(end.account.discarded()).isEqualTo(2);
    }

    @Test
    void shouldTakeEverythingForInFlightWhenAPlainPeerBreaksOff() {
        final RecordingEnd end = openPlain();
        offer(end, 5);
        send("\0\001a");

        wire.shutdownOutput();
        turn();

        assertThat(end.account).isEqualTo(new ConnectionAccount(0, 5, 0, false, false, 0, 1, false, 0));
    }

    @Test
    void shouldTakeEverythingForReceivedWhenAPlainPeerAnswersAnOrderlyEnd() {
        final RecordingEnd end = openPlain();
        offer(end, 5);
        end.carrier.finish(SECOND_NS * 1_000);
        turn();

        wire.shutdownOutput();
        turn();

        assertThat(end.account.acknowledged()).isEqualTo(5);
    }

    @Test
    void shouldTakeWhatLiesBeforeAnAnsweredPingForReceived() {
        final RecordingEnd end = open(1, "", new HeartbeatOptions(SECOND_NS, 10 * SECOND_NS, 0));
        sent();
        offer(end, 3);
        sent();
        context.advance(SECOND_NS);
        final String ping = sent();
        offer(end, 2);

        send("\004\015\004PONG" + eight(3));
        send("\004\015\004PONG" + eight(5) + "\004\005\004PONG" + "\004\006\004PONGx");
        pipe.abort(CloseReason.IO_ERROR, "test");

        assertThat(ping).isEqualTo("\004\017\004PING\0\0" + eight(3));
        assertThat(end.account.sent()).isEqualTo(5);
        assertThat(end.account.acknowledged())
                .as("and not what no PING had asked for")
                .isEqualTo(3);
    }
}
