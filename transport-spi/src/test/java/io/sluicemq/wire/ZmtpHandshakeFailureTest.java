package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.ZmtpHandshake.State;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that fail, and configurations that are refused. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ZmtpHandshakeFailureTest {
    private static final byte[] GREETING = Golden.greeting(3, 1, "NULL");

    private static HandshakeDriver push(final boolean listening) {
        return new HandshakeDriver(
                new ZmtpHandshake(HandshakeConfig.builder(SocketType.PUSH).build(), listening, 0));
    }

    private static void assertFailed(final byte[] input, final HandshakeFailure expected, final String textPart) {
        final HandshakeDriver push = push(true);

        push.give(input);

        assertThat(push.handshake.failure()).as(push.handshake.failureText()).isEqualTo(expected);
        assertThat(push.handshake.state()).isEqualTo(State.FAILED);
        assertThat(push.handshake.failureText()).contains(textPart);
        assertThat(push.give(input)).isZero();
    }

    @Test
    void shouldRefuseOtherProtocols() {
        assertFailed(Bytes.of("GET / HTTP/1.1"), HandshakeFailure.BAD_SIGNATURE, "firstOctet=71, limit=255");
        assertFailed(Bytes.of(0x16, 0x03, 0x01), HandshakeFailure.BAD_SIGNATURE, "firstOctet=22");
        assertFailed(
                Bytes.of("SLUICESHM"),
                HandshakeFailure.BAD_SIGNATURE,
                "firstOctet=83, limit=255, the peer uses shm://, or another protocol of text: use the same scheme");
    }

    @Test
    void shouldRefuseZmtp10() {
        final byte[] anonymous = Bytes.of(0x01, 0x00); // RFC 13: length 1, flags: final
        final byte[] longIdentity = Bytes.of(0xFF, Bytes.zeros(8), 0x00);
        final byte[] withRevision = Bytes.of(Golden.signature(0), 0x00);

        assertFailed(anonymous, HandshakeFailure.VERSION_UNSUPPORTED, "peerVersion=ZMTP 1.0");
        assertFailed(longIdentity, HandshakeFailure.VERSION_UNSUPPORTED, "peerVersion=ZMTP 1.0");
        assertFailed(withRevision, HandshakeFailure.VERSION_UNSUPPORTED, "peerVersion=ZMTP 1.0");
    }

    @Test
    void shouldRefuseOtherMechanism() {
        assertFailed(
                Golden.greeting(3, 1, "CURVE"), HandshakeFailure.MECHANISM_MISMATCH, "peerMechanism=CURVE, limit=NULL");
        assertFailed(Golden.greeting(3, 1, "NULLX"), HandshakeFailure.MECHANISM_MISMATCH, "peerMechanism=NULLX");
        assertFailed(Golden.greeting(3, 1, ""), HandshakeFailure.MECHANISM_MISMATCH, "peerMechanism=,");
    }

    @Test
    void shouldRefuse20WhereSecurityIsAskedFor() {
        final HandshakeConfig config = HandshakeConfig.builder(SocketType.PUSH)
                .mechanism((metadata, listening) -> new NamedMechanism("PLAIN"))
                .build();
        final HandshakeDriver push = new HandshakeDriver(new ZmtpHandshake(config, true, 0));

        push.give(Golden.dealer20(""));

        assertThat(push.handshake.failure()).isEqualTo(HandshakeFailure.VERSION_UNSUPPORTED);
        assertThat(push.handshake.failureText()).contains("peerVersion=ZMTP 2.0");
    }

    @Test
    void shouldRefuseWhatIsNotReady() {
        final byte[] type = Golden.property("Socket-Type", "PULL");
        final byte[] message = Bytes.of(GREETING, Bytes.frame(0x00, Bytes.of(5, "READY", type)));
        final byte[] more = Bytes.of(GREETING, Bytes.frame(0x05, Bytes.of(5, "READY", type)));
        final byte[] ping = Bytes.of(GREETING, Bytes.frame(0x04, Bytes.of(4, "PING", 0, 0)));
        final byte[] empty = Bytes.of(GREETING, 0x04, 0x00);

        assertFailed(message, HandshakeFailure.BAD_READY, "flags=0, limit=COMMAND");
        assertFailed(more, HandshakeFailure.BAD_READY, "flags=5, limit=COMMAND");
        assertFailed(ping, HandshakeFailure.BAD_READY, "command=PING, limit=READY");
        assertFailed(empty, HandshakeFailure.BAD_READY, "command=MALFORMED, limit=READY");
    }

    @Test
    void shouldRefuseBadMetadata() {
        final byte[] type = Golden.property("Socket-Type", "PULL");
        assertBadMetadata("limit=Socket-Type", new byte[0]);
        assertBadMetadata("comes twice", type, Golden.property("socket-type", "PULL"));
        assertBadMetadata("nameLength=0", type, Bytes.of(0, Bytes.zeros(4)));
        assertBadMetadata("nameLength=9", type, Bytes.of(9, "X-a", Bytes.zeros(4)));
        assertBadMetadata("nameLength=1", type, Bytes.of(1));
        assertBadMetadata("valueLength=5, limit=4", type, Bytes.of(1, "X", Bytes.of(0, 0, 0, 5), "abcd"));
        assertBadMetadata("valueLength=4294967295", type, Bytes.of(1, "X", Bytes.of(255, 255, 255, 255)));
        assertBadMetadata("name=X?Y", type, Golden.property("X\nY", ""));
        assertBadMetadata("routingIdLength=256, limit=255", type, Golden.property("Identity", "i".repeat(256)));
        assertBadMetadata("routingId[0]=0", type, Golden.property("Identity", "\0abc"));
    }

    private static void assertBadMetadata(final String textPart, final byte[]... properties) {
        assertFailed(Bytes.of(GREETING, Golden.ready(properties)), HandshakeFailure.BAD_READY, textPart);
    }

    @Test
    void shouldAnswerWrongSocketTypeWithErrorInPlaceOfReadyWhenListening() {
        final HandshakeDriver push = push(true);
        push.give(GREETING);
        push.takeSent();

        push.give(Golden.ready(Golden.property("Socket-Type", "SUB")));

        assertThat(push.handshake.failure()).isEqualTo(HandshakeFailure.INCOMPATIBLE_SOCKET_TYPE);
        assertThat(push.handshake.failureText()).startsWith("peerSocketType=SUB, localSocketType=PUSH");
        final String reason = "Invalid socket type SUB for PUSH";
        assertThat(push.takeSent())
                .isEqualTo(Bytes.of(
                        0x04, // flags: COMMAND        RFC 37, "Error Handling"
                        7 + reason.length(), // size
                        0x05, // name length
                        "ERROR",
                        reason.length(), // reason length
                        reason));
    }

    @Test
    void shouldSendErrorBehindReadyWhenDialling() {
        final HandshakeDriver push = push(false);
        push.give(GREETING);
        push.give(Golden.ready(Golden.property("Socket-Type", "nonsense\n")));

        final byte[] sent = push.takeSent();

        final byte[] ready = Golden.ready(Golden.property("Socket-Type", "PUSH"));
        final String reason = "Invalid socket type nonsense? for PUSH";
        assertThat(sent)
                .startsWith(Bytes.of(0xFF))
                .endsWith(Bytes.of(ready, 0x04, 7 + reason.length(), 5, "ERROR", reason.length(), reason));
    }

    @Test
    void shouldRefuseWrongSocketTypeOf20PeerWithoutError() {
        final HandshakeDriver push = push(true);
        push.takeSent();

        push.give(Golden.dealer20(""));

        assertThat(push.handshake.failure()).isEqualTo(HandshakeFailure.INCOMPATIBLE_SOCKET_TYPE);
        assertThat(push.takeSent()).isEqualTo(Bytes.of(0x08, 0x00, 0x00)); // our type and identity only
        assertFailed(
                Bytes.of(Golden.signature(0), 1, 77),
                HandshakeFailure.INCOMPATIBLE_SOCKET_TYPE,
                "peerSocketType=77, limit=10");
        assertFailed(Bytes.of(Golden.signature(0), 1, 7, 0x01, 0x00), HandshakeFailure.BAD_READY, "flags=1, limit=0");
    }

    @Test
    void shouldTellBothSidesWhenCheckRefuses() {
        final HandshakeConfig strict = HandshakeConfig.builder(SocketType.PUSH)
                .peerCheck(peer -> "go away")
                .build();
        final HandshakeConfig plain = HandshakeConfig.builder(SocketType.PULL).build();
        final HandshakeDriver listening = new HandshakeDriver(new ZmtpHandshake(strict, true, 0));
        final HandshakeDriver dialling = new HandshakeDriver(new ZmtpHandshake(plain, false, 0));

        HandshakeDriver.marry(dialling, listening, 5);

        assertThat(listening.handshake.failure()).isEqualTo(HandshakeFailure.REFUSED_BY_CHECK);
        assertThat(listening.handshake.failureText()).startsWith("reason=go away");
        assertThat(dialling.handshake.failure()).isEqualTo(HandshakeFailure.REFUSED_BY_PEER);
        assertThat(dialling.handshake.failureText()).startsWith("reason=go away");
    }

    @Test
    void shouldTakeFailingCheckAsRefusal() {
        final HandshakeConfig config = HandshakeConfig.builder(SocketType.PUSH)
                .peerCheck(peer -> {
                    throw new IllegalStateException("boom");
                })
                .build();
        final HandshakeDriver push = new HandshakeDriver(new ZmtpHandshake(config, true, 0));

        push.give(Golden.libzmqPull());

        assertThat(push.handshake.failure()).isEqualTo(HandshakeFailure.REFUSED_BY_CHECK);
        assertThat(push.handshake.failureText()).contains("boom");
    }

    @Test
    void shouldLimitBytesOfHandshakeAsSoonAsAnnounced() {
        final byte[] announced = Bytes.of(GREETING, 0x06, Bytes.of(0, 0, 0, 0, 0, 0, 0x40, 0)); // 16,384
        final byte[] negative = Bytes.of(GREETING, 0x06, 0x80, Bytes.zeros(7));

        assertFailed(announced, HandshakeFailure.TOO_LARGE, "frameLength=16384 after 73 bytes, limit=16384");
        assertFailed(negative, HandshakeFailure.TOO_LARGE, "frameLength=9223372036854775808");
    }

    @Test
    void shouldAcceptHandshakeOfExactlyTheLimit() {
        final byte[] type = Golden.property("Socket-Type", "PULL");
        final int room = 16_384 - 64 - 9 - 6 - type.length - 1 - 3 - 4;
        final byte[] input = Bytes.of(GREETING, Golden.ready(type, Golden.property("X-a", "v".repeat(room))));
        final HandshakeDriver push = push(false);

        push.give(input);
        push.takeSent();

        assertThat(input).hasSize(16_384);
        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -50, Long.MAX_VALUE - 5})
    void shouldTimeOut(final long startNs) {
        final HandshakeConfig config =
                HandshakeConfig.builder(SocketType.PUSH).handshakeTimeoutNs(100).build();
        final ZmtpHandshake handshake = new ZmtpHandshake(config, false, startNs);

        handshake.onTime(startNs + 99);
        assertThat(handshake.state()).isEqualTo(State.IN_PROGRESS);
        assertThat(handshake.deadlineNs()).isEqualTo(startNs + 100);
        handshake.onTime(startNs + 100);

        assertThat(handshake.failure()).isEqualTo(HandshakeFailure.TIMED_OUT);
        assertThat(handshake.failureText()).startsWith("phase=GREETING, limit=100 ns");
    }

    @Test
    void shouldTimeOutPeerThatNeverTakesOurReady() {
        final HandshakeDriver push = push(false);
        push.give(Golden.libzmqPull());

        push.handshake.onTime(HandshakeConfig.DEFAULT_HANDSHAKE_TIMEOUT_NS);

        assertThat(push.handshake.failure()).isEqualTo(HandshakeFailure.TIMED_OUT);
    }

    @Test
    void shouldRefuseWrongConfiguration() {
        final HandshakeConfig.Builder builder = HandshakeConfig.builder(SocketType.PUSH);

        assertThatThrownBy(() -> builder.routingId(Bytes.zeros(256)).build())
                .hasMessageContaining("routingIdLength=256, limit=255");
        assertThatThrownBy(() -> builder.routingId(Bytes.of(0, 1)).build()).hasMessageContaining("routingId[0]=0");
        builder.routingId(Bytes.of("ok"));
        assertThatThrownBy(() -> builder.handshakeTimeoutNs(0).build())
                .hasMessageContaining("handshakeTimeoutNs=0, limit=1..");
        builder.handshakeTimeoutNs(1);
        assertThatThrownBy(() -> builder.maxHandshakeBytes(100).build())
                .hasMessageContaining("maxHandshakeBytes=100, limit=1024..1048576");
        builder.maxHandshakeBytes(1024);
        builder.property("X-large", Bytes.zeros(1024));
        assertThatThrownBy(builder::build).hasMessageContaining("limit=1024, send shorter properties");
        builder.property("Resource", "x");
        assertThatThrownBy(builder::build).hasMessageContaining("property=Resource, limit=X-");
    }

    /** Has a name and does nothing. */
    private record NamedMechanism(String name) implements Mechanism {
        @Override
        public boolean asServer() {
            return true;
        }

        @Override
        public HandshakeError consume(final DirectBuffer buffer, final int offset, final int length) {
            return null;
        }

        @Override
        public int produce(final MutableDirectBuffer target, final int offset) {
            return 0;
        }

        @Override
        public byte[] peerMetadata() {
            return null;
        }

        @Override
        public void accept() {}

        @Override
        public boolean done() {
            return false;
        }
    }
}
