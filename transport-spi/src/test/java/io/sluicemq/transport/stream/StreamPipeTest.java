package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.PipeOptions.HeartbeatOptions;
import io.sluicemq.transport.SocketType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One pipe against a peer whose bytes the test writes itself. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class StreamPipeTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final String GREETING_3_0 = greeting(0);
    private static final String GREETING_3_1 = greeting(1);

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context);
    private final MemoryChannel[] channels = MemoryChannel.pair(new Random(1));
    private final MemoryChannel wire = channels[1];

    /** Text of Latin-1 characters stands for bytes; those that are not printable are written in octal. */
    private static byte[] bytes(final String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String greeting(final int minor) {
        return "\377\0\0\0\0\0\0\0\001\177\003" + (char) minor + "NULL" + "\0".repeat(16 + 32);
    }

    private static String ready(final String type) {
        final String property = "\013Socket-Type\0\0\0" + (char) type.length() + type;
        return "\004" + (char) (6 + property.length()) + "\005READY" + property;
    }

    private StreamPipe pipe;

    private RecordingEnd start(final SocketType own, final PipeOptions options) {
        final RecordingEnd end = new RecordingEnd(context, own, options);
        pipe = new StreamPipe(group, channels[0], end, true);
        pipe.start();
        return end;
    }

    private RecordingEnd open(final SocketType own, final String greeting, final String peerType) {
        return open(own, greeting, peerType, RecordingEnd.OPTIONS);
    }

    private RecordingEnd open(
            final SocketType own, final String greeting, final String peerType, final PipeOptions options) {
        final RecordingEnd end = start(own, options);
        send(greeting + ready(peerType));
        wire.takeAll();
        assertThat(end.carrier).isNotNull();
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

    private static UnsafeBuffer buffer(final String latin1) {
        return new UnsafeBuffer(bytes(latin1));
    }

    private static PipeOptions options(final long maxMessageBytes, final int maxFrames, final HeartbeatOptions beat) {
        return new PipeOptions(maxMessageBytes, maxFrames, 0, 30 * SECOND_NS, beat, Map.of());
    }

    @Test
    void shouldGatherMessagesIntoOneWrite() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        final int writesBefore = channels[0].writes();

        end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3);
        end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 1, 0);
        end.carrier.offer(MessageKind.FRAMES, buffer("\001\001x\0\001y"), 0, 6);
        final int writesAtOffer = channels[0].writes();
        end.carrier.flush();

        assertThat(writesAtOffer).isEqualTo(writesBefore);
        assertThat(channels[0].writes()).isEqualTo(writesBefore + 1);
        assertThat(sent()).isEqualTo("\0\003abc" + "\0\0" + "\001\001x\0\001y");
    }

    @Test
    void shouldSendSubscriptionsAsCommandsTo31() {
        final RecordingEnd end = open(SocketType.SUB, GREETING_3_1, "PUB");

        end.carrier.subscription(true, buffer("A"), 1);
        end.carrier.subscription(true, buffer(""), 0);
        end.carrier.subscription(false, buffer("A"), 1);

        assertThat(sent()).isEqualTo("\004\013\011SUBSCRIBEA\004\012\011SUBSCRIBE\004\010\006CANCELA");
    }

    @Test
    void shouldSendSubscriptionsAsMessagesTo30() {
        final RecordingEnd end = open(SocketType.SUB, GREETING_3_0, "PUB");

        end.carrier.subscription(true, buffer("A"), 1);
        end.carrier.subscription(false, buffer(""), 0);

        assertThat(sent()).isEqualTo("\0\002\001A\0\001\0");
    }

    @Test
    void shouldTakeSubscriptionsInBothForms() {
        final RecordingEnd end = open(SocketType.XPUB, GREETING_3_1, "XSUB");

        send("\0\002\001A" + "\004\013\011SUBSCRIBEB" + "\0\001\0" + "\004\007\006CANCEL");
        send("\0\002\002A" + "\0\0" + "\001\001\001\0\001\001");

        assertThat(end.subscriptions).containsExactly("+A", "+B", "-", "-");
        assertThat(end.received)
                .containsExactly(
                        ByteBuffer.wrap(bytes("\002A")),
                        ByteBuffer.allocate(0),
                        ByteBuffer.wrap(bytes("\001\001\001\0\001\001")));
    }

    @Test
    void shouldLeaveMessagesAloneThatOnlyLookLikeSubscriptions() {
        final RecordingEnd end = open(SocketType.PULL, GREETING_3_1, "PUSH");

        send("\0\002\001A" + "\004\013\011SUBSCRIBEB");

        assertThat(end.subscriptions).isEmpty();
        assertThat(end.received).containsExactly(ByteBuffer.wrap(bytes("\001A")));
    }

    @Test
    void shouldAnswerPingAndDropUnknownCommands() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");

        send("\004\005\004WHAT" + "\004\012\004PING\0\0LOL" + "\0\001m");

        assertThat(sent()).isEqualTo("\004\010\004PONGLOL");
        assertThat(end.received).hasSize(1);
        assertThat(end.closedCount).isZero();
    }

    @Test
    void shouldKeepFewPongsForAPeerThatReadsNothing() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        channels[0].window(0);

        for (int i = 0; i < 2_000; i++) {
            send("\004\012\004PING\0\0LOL");
        }
        channels[0].window(Integer.MAX_VALUE);

        assertThat(sent().length()).isBetween(10, 6 * 1024);
        assertThat(end.closedCount).isZero();
    }

    @Test
    void shouldPingAndGiveUpASilentPeer() {
        final HeartbeatOptions beat = new HeartbeatOptions(SECOND_NS, 2 * SECOND_NS, 0);
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR", options(-1, 10, beat));

        context.advance(SECOND_NS);
        final String ping = sent();
        context.advance(SECOND_NS);
        turn();
        final int closedBefore = end.closedCount;
        context.advance(SECOND_NS);

        assertThat(ping).isEqualTo("\004\007\004PING\0\0");
        assertThat(closedBefore).isZero();
        assertThat(end.reason).isEqualTo(CloseReason.HEARTBEAT_TIMED_OUT);
    }

    @Test
    void shouldNotGiveUpAPeerThatItDoesNotRead() {
        final HeartbeatOptions beat = new HeartbeatOptions(SECOND_NS, SECOND_NS, 0);
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR", options(-1, 10, beat));
        end.accepts = () -> false;
        send("\0\001m");

        for (int i = 0; i < 10; i++) {
            context.advance(SECOND_NS);
            turn();
        }
        final int closedWhilePaused = end.closedCount;
        end.accepts = () -> true;
        end.carrier.resumeReading();
        turn();

        assertThat(closedWhilePaused).isZero();
        assertThat(end.received).hasSize(1);
        assertThat(end.refusals).as("offers while there was no room").isEqualTo(1);
        assertThat(end.closedCount).isZero();
    }

    @Test
    void shouldStopReadingWhileThereIsNoRoom() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        end.accepts = () -> end.received.size() < 1;

        send("\0\001a\0\001b\0\001c");

        assertThat(end.received).hasSize(1);
        assertThat(channels[0].ops() & SelectionKey.OP_READ).isZero();
    }

    @Test
    void shouldResumeWhenAskedWithinTheRefusal() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        final int[] calls = {0};
        end.accepts = () -> {
            end.carrier.resumeReading();
            return ++calls[0] % 2 == 0;
        };

        send("\0\001a\0\001b\0\001c");

        assertThat(end.received).hasSize(3);
    }

    @Test
    void shouldCountWhatWasNotHandedToTheMedium() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        channels[0].window(10);
        for (int i = 0; i < 5; i++) {
            // Five bytes each on the wire, so that two go.
            end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3);
        }
        end.carrier.flush();
        final boolean drained = end.carrier.isDrained();

        end.carrier.abort(CloseReason.CLOSED_LOCALLY, "test");

        assertThat(drained).isFalse();
        assertThat(end.unsent).isEqualTo(3);
        assertThat(end.closedCount).isEqualTo(1);
    }

    @Test
    void shouldCountWhatWasOnlyGathered() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3);

        end.carrier.abort(CloseReason.CLOSED_LOCALLY, "test");

        assertThat(end.unsent).isEqualTo(1);
    }

    @Test
    void shouldSendCommandsBetweenMessagesThatWait() {
        final RecordingEnd end = open(SocketType.SUB, GREETING_3_1, "PUB");
        channels[0].window(7);
        for (int i = 0; i < 4; i++) {
            end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3);
        }
        end.carrier.flush();

        end.carrier.subscription(true, buffer("A"), 1);
        turn();
        channels[0].window(Integer.MAX_VALUE);

        final String message = "\0\003abc";
        assertThat(sent()).isEqualTo(message + message + "\004\013\011SUBSCRIBEA" + message + message);
    }

    @Test
    void shouldGoOnWithALargeMessageThatIsOfferedAgain() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        final UnsafeBuffer large = new UnsafeBuffer(ByteBuffer.allocateDirect(100_000));
        large.setMemory(0, 100_000, (byte) 'x');
        channels[0].window(30_000);

        final boolean first = end.carrier.offer(MessageKind.SINGLE, large, 0, 100_000);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean done = false;
        for (int i = 0; i < 10 && !done; i++) {
            out.writeBytes(wire.takeAll());
            final int writableBefore = end.writable;
            turn();
            assertThat(end.writable).isEqualTo(writableBefore + 1);
            done = end.carrier.offer(MessageKind.SINGLE, large, 0, 100_000);
        }
        out.writeBytes(wire.takeAll());

        assertThat(first).isFalse();
        assertThat(done).isTrue();
        assertThat(text(out.toByteArray())).isEqualTo("\002\0\0\0\0\0\001\206\240" + "x".repeat(100_000));
        assertThat(end.carrier.isDrained()).isTrue();
    }

    @Test
    void shouldRejectAnotherMessageInTheMiddleOfALargeOne() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        channels[0].window(1_000);
        end.carrier.offer(MessageKind.SINGLE, new UnsafeBuffer(new byte[50_000]), 0, 50_000);

        assertThatThrownBy(() -> end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("length=3, limit=50000, ");
    }

    @Test
    void shouldSendTheBatchOfAPipeThatWasNotFlushed() {
        final RecordingEnd first = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        final MemoryChannel[] others = MemoryChannel.pair(new Random(2));
        final RecordingEnd second = new RecordingEnd(context, SocketType.PAIR, RecordingEnd.OPTIONS);
        final StreamPipe other = new StreamPipe(group, others[0], second, true);
        other.start();
        others[1].send(bytes(GREETING_3_1 + ready("PAIR")));
        other.onReady(SelectionKey.OP_READ);
        others[1].takeAll();

        first.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3);
        second.carrier.offer(MessageKind.SINGLE, buffer("def"), 0, 3);
        second.carrier.flush();

        assertThat(text(wire.takeAll())).isEqualTo("\0\003abc");
        assertThat(text(others[1].takeAll())).isEqualTo("\0\003def");
    }

    @Test
    void shouldReadWhatThePeerHadSentWhenAWriteFails() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        channels[0].failWrites(new IOException("Broken pipe"));
        wire.send(bytes("\0\001a\0\001b"));

        end.carrier.offer(MessageKind.SINGLE, buffer("abc"), 0, 3);
        end.carrier.flush();
        final int closedAtFlush = end.closedCount;
        turn();

        assertThat(closedAtFlush).isZero();
        assertThat(end.received).hasSize(2);
        assertThat(end.reason).isEqualTo(CloseReason.IO_ERROR);
        assertThat(end.detail).contains("Broken pipe");
        assertThat(end.unsent).isEqualTo(1);
    }

    @Test
    void shouldTellWhenThePeerLeavesInTheHandshake() {
        final RecordingEnd end = start(SocketType.PAIR, RecordingEnd.OPTIONS);
        send(GREETING_3_1.substring(0, 20));

        wire.shutdownOutput();
        turn();

        assertThat(end.reason).isEqualTo(CloseReason.CLOSED_BY_PEER);
        assertThat(end.detail).contains("handshake");
        assertThat(end.carrier).isNull();
        assertThat(channels[0].isClosed()).isTrue();
    }

    @Test
    void shouldTimeOutAHandshake() {
        final RecordingEnd end = start(SocketType.PAIR, RecordingEnd.OPTIONS);
        send(GREETING_3_1);

        context.advance(30 * SECOND_NS);

        assertThat(end.reason).isEqualTo(CloseReason.HANDSHAKE_TIMED_OUT);
        assertThat(end.closedCount).isEqualTo(1);
    }

    @Test
    void shouldTellARefusedPeerBeforeItCloses() {
        final RecordingEnd end = start(SocketType.PUB, RecordingEnd.OPTIONS);
        wire.takeAll();

        send(GREETING_3_1 + ready("REQ"));
        final String answer = sent();
        final boolean closedAtOnce = channels[0].isClosed();
        wire.shutdownOutput();
        turn();

        assertThat(answer).contains("\005ERROR");
        assertThat(closedAtOnce).isFalse();
        assertThat(end.reason).isEqualTo(CloseReason.REFUSED);
        assertThat(channels[0].isClosed()).isTrue();
    }

    @Test
    void shouldEndOnAnErrorBehindTheHandshake() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");

        send("\004\011\005ERROR\002no");

        assertThat(end.reason).isEqualTo(CloseReason.REFUSED);
        assertThat(end.detail).contains("reason=no");
    }

    @Test
    void shouldKeepToTheLimits() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR", options(5, 2, HeartbeatOptions.OFF));

        send("\0\005abcde" + "\0\006abcdef");

        assertThat(end.received).hasSize(1);
        assertThat(end.reason).isEqualTo(CloseReason.MESSAGE_TOO_LARGE);
        assertThat(end.detail).contains("messageBytes=6, limit=5");
    }

    @Test
    void shouldHandOverAMessageThatComesRightBehindTheHandshake() {
        final RecordingEnd end = start(SocketType.PAIR, RecordingEnd.OPTIONS);

        send(GREETING_3_1 + ready("PAIR") + "\0\001a\0\005ab");
        send("cde");

        assertThat(end.received).containsExactly(ByteBuffer.wrap(bytes("a")), ByteBuffer.wrap(bytes("abcde")));
    }

    @Test
    void shouldCloseWhenTheEndThrows() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        end.accepts = () -> {
            throw new IllegalStateException("socket trouble");
        };

        assertThatThrownBy(() -> send("\0\001a")).hasMessage("socket trouble");

        assertThat(end.closedCount).isEqualTo(1);
        assertThat(channels[0].isClosed()).isTrue();
    }

    @Test
    void shouldDiscardWhatIsRefusedWhileItEnds() {
        final RecordingEnd end = open(SocketType.PAIR, GREETING_3_1, "PAIR");
        end.accepts = () -> false;
        send("\0\001a");

        end.carrier.finish(context.nowNs() + SECOND_NS);
        send("\0\001b");
        wire.shutdownOutput();
        turn();

        assertThat(end.reason).isEqualTo(CloseReason.CLOSED_LOCALLY);
        assertThat(end.closedCount).isEqualTo(1);
    }

    @Test
    void shouldLeaveNothingOfAClosedPipeInTheTimers() {
        final WeakReference<PipeEnd> end = new WeakReference<>(open(SocketType.PAIR, GREETING_3_1, "PAIR"));

        pipe.abort(CloseReason.CLOSED_LOCALLY, "closed");
        turn();
        pipe = null;
        for (int i = 0; i < 50 && end.get() != null; i++) {
            System.gc();
        }

        assertThat(end.get()).isNull();
    }
}
