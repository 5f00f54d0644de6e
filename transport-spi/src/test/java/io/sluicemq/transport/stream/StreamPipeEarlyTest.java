package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A medium whose peers all speak one version, so that the side that dials waits for nobody. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class StreamPipeEarlyTest {
    private static final String GREETING = "\377\0\0\0\0\0\0\0\0\177\003\001NULL" + "\0".repeat(16 + 32);
    private static final String SUBSCRIBE_A = "\004\013\011SUBSCRIBEa";
    private static final String CANCEL_A = "\004\010\006CANCELa";

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context);
    private final MemoryChannel[] channels = MemoryChannel.pair(new Random(1));
    private final MemoryChannel wire = channels[1];
    private StreamPipe pipe;

    @BeforeEach
    void makeEager() {
        channels[0].eager();
    }

    private static byte[] bytes(final String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String ready(final String type) {
        final String property = "\013Socket-Type\0\0\0" + (char) type.length() + type;
        return "\004" + (char) (6 + property.length()) + "\005READY" + property;
    }

    private RecordingEnd dial(final RecordingEnd end) {
        pipe = new StreamPipe(group, channels[0], end, false);
        pipe.start();
        return end;
    }

    private RecordingEnd dialSubscriber() {
        final RecordingEnd end = new RecordingEnd(context, SocketType.SUB, RecordingEnd.OPTIONS);
        end.early = carrier -> carrier.subscription(true, new UnsafeBuffer(bytes("a")), 1);
        return dial(end);
    }

    private void send(final String latin1) {
        wire.send(bytes(latin1));
        Turns.give(pipe, channels[0], group, context);
    }

    private String sent() {
        Turns.give(pipe, channels[0], group, context);
        return new String(wire.takeAll(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldSendSubscriptionsBehindReadyInTheFirstWrite() {
        dialSubscriber();

        assertThat(channels[0].writes()).isEqualTo(1);
        assertThat(sent()).isEqualTo(GREETING + ready("SUB") + SUBSCRIBE_A);
    }

    @Test
    void shouldSendChangesBeforeThePeerHasSpokenAndNothingTwice() {
        final RecordingEnd end = new RecordingEnd(context, SocketType.SUB, RecordingEnd.OPTIONS);
        end.early = carrier -> end.carrier = carrier;
        dial(end);
        sent();

        end.carrier.subscription(true, new UnsafeBuffer(bytes("a")), 1);
        end.carrier.subscription(false, new UnsafeBuffer(bytes("a")), 1);
        assertThat(sent()).isEqualTo(SUBSCRIBE_A + CANCEL_A);
        send(GREETING + ready("PUB"));

        assertThat(end.peer.socketType()).isEqualTo(SocketType.PUB);
        assertThat(sent()).isEmpty();
    }

    @Test
    void shouldTakeNoMessageBeforeThePeerHasSpoken() {
        final RecordingEnd end = new RecordingEnd(context, SocketType.XSUB, RecordingEnd.OPTIONS);
        end.early = carrier -> end.carrier = carrier;
        dial(end);
        sent();

        assertThat(end.carrier.offer(MessageKind.SINGLE, new UnsafeBuffer(bytes("m")), 0, 1))
                .isFalse();
        assertThat(sent()).isEmpty();
    }

    private RecordingEnd dialRequester() {
        channels[0].takeMessageEarly();
        final RecordingEnd end = new RecordingEnd(context, SocketType.REQ, RecordingEnd.OPTIONS);
        end.early = carrier -> end.carrier = carrier;
        return dial(end);
    }

    private static boolean offerEarly(final RecordingEnd end, final int length) {
        return end.carrier.offerEarly(MessageKind.SINGLE, new UnsafeBuffer(new byte[length]), 0, length);
    }

    @Test
    void shouldSendAMessageBehindReadyWhereTheMediumTakesIt() {
        final RecordingEnd end = dialRequester();

        assertThat(offerEarly(end, 1)).isTrue();
        end.carrier.flush();

        assertThat(sent()).startsWith(GREETING).endsWith("REQ\010Identity\0\0\0\0\0\1\0");
        send(GREETING + ready("REP"));
        assertThat(offerEarly(end, 1)).isFalse();
        end.carrier.abort(CloseReason.CLOSED_LOCALLY, "done");
        assertThat(end.account.sent()).isEqualTo(1);
    }

    @Test
    void shouldTakeNoLargeMessageBeforeThePeerHasSpoken() {
        final RecordingEnd end = dialRequester();
        sent();

        assertThat(offerEarly(end, Carrier.MAX_EARLY_BYTES + 1)).isFalse();
        assertThat(sent()).isEmpty();
        assertThat(offerEarly(end, Carrier.MAX_EARLY_BYTES)).isTrue();
    }

    @Test
    void shouldCountNothingAsLostThatWasOfferedToNobody() {
        final RecordingEnd end = dialRequester();
        channels[0].window(0);
        assertThat(offerEarly(end, 1)).isTrue();

        end.carrier.abort(CloseReason.CLOSED_LOCALLY, "nobody came");

        assertThat(end.unsent).isZero();
        assertThat(end.account).isNull();
    }

    @Test
    void shouldBeRefusedCleanlyByAPeerThatWantsNoSubscriptions() {
        final RecordingEnd end = dialSubscriber();

        send(GREETING + "\004\013\005ERROR\004none");
        wire.shutdownOutput();
        Turns.give(pipe, channels[0], group, context);

        assertThat(end.carrier).isNull();
        assertThat(end.reason).isEqualTo(CloseReason.REFUSED);
        assertThat(end.detail).contains("none");
    }

    @Test
    void shouldTakeSubscriptionsThatCameWithReady() {
        final RecordingEnd end = new RecordingEnd(context, SocketType.XPUB, RecordingEnd.OPTIONS);
        pipe = new StreamPipe(group, channels[0], end, true);
        pipe.start();

        send(GREETING + ready("SUB") + SUBSCRIBE_A);

        assertThat(end.subscriptions).containsExactly("+a");
        assertThat(sent()).isEqualTo(GREETING + ready("XPUB"));
    }
}
