package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.ZmtpHandshake.State;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that succeed; those that fail are in {@link ZmtpHandshakeFailureTest}. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ZmtpHandshakeTest {
    private static final byte[] SIGNATURE_AND_MAJOR = Bytes.of(
            0xFF, // signature          RFC 37, "Version Negotiation"
            Bytes.zeros(8), // padding
            0x7F, // end of signature
            0x03); // major

    private static final byte[] REST_OF_GREETING = Bytes.of(
            0x01, // minor
            "NULL",
            Bytes.zeros(16), // mechanism, 20 octets
            0x00, // as-server
            Bytes.zeros(31)); // filler

    private static HandshakeDriver driver(final SocketType type, final boolean listening) {
        return new HandshakeDriver(
                new ZmtpHandshake(HandshakeConfig.builder(type).build(), listening, 0));
    }

    @Test
    void shouldTellWhatAMediumAddsForOneConnection() {
        final HandshakeConfig socket = HandshakeConfig.builder(SocketType.PUSH).build();
        final HandshakeDriver push =
                new HandshakeDriver(new ZmtpHandshake(socket.with(Map.of("X-Own", new byte[] {1, 2})), false, 0));
        push.give(Golden.signature(0));
        push.give(Bytes.of(0x03));
        push.takeSent();

        push.give(Bytes.of(0x01, "NULL", Bytes.zeros(16), 0x00, Bytes.zeros(31)));

        assertThat(push.takeSent())
                .endsWith(Bytes.of(
                        "Socket-Type", Bytes.of(0, 0, 0, 4), "PUSH", 0x05, "X-Own", Bytes.of(0, 0, 0, 2, 1, 2)));
        assertThat(socket.with(Map.of())).isSameAs(socket);
    }

    @Test
    void shouldShakeHandsWithLibzmqStepByStep() {
        final HandshakeDriver push = driver(SocketType.PUSH, false);

        // Both send first; libzmq sends its major only when it has our signature, the rest when it has our major.
        assertThat(push.takeSent()).isEqualTo(SIGNATURE_AND_MAJOR);
        push.give(Golden.signature(0));
        assertThat(push.takeSent()).isEmpty();
        push.give(Bytes.of(0x03));
        assertThat(push.takeSent()).isEqualTo(REST_OF_GREETING);
        push.give(Bytes.of(0x01, "NULL", Bytes.zeros(16), 0x00, Bytes.zeros(31)));
        assertThat(push.takeSent())
                .isEqualTo(Bytes.of(
                        0x04, // flags: COMMAND      RFC 37, "The NULL Mechanism"
                        0x1A, // size
                        0x05, // name length
                        "READY",
                        0x0B, // property name length
                        "Socket-Type",
                        Bytes.of(0, 0, 0, 4), // value length, big endian
                        "PUSH"));
        assertThat(push.handshake.state()).isEqualTo(State.IN_PROGRESS);
        push.give(Golden.ready(Golden.property("Socket-Type", "PULL")));

        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
        assertThat(push.handshake.peer().socketType()).isEqualTo(SocketType.PULL);
        assertThat(push.handshake.peer().versionMajor()).isEqualTo(3);
        assertThat(push.handshake.peer().versionMinor()).isEqualTo(1);
        assertThat(push.handshake.peer().takesSubscriptionCommands()).isTrue();
    }

    private static HandshakeDriver eager(final SocketType type, final boolean listening) {
        return new HandshakeDriver(
                new ZmtpHandshake(HandshakeConfig.builder(type).build(), listening, 0, Map::of, true));
    }

    @Test
    void shouldSayAllAtOnceWhereThePeerNeedNotBeWaitedFor() {
        final HandshakeDriver push = eager(SocketType.PUSH, false);

        assertThat(push.handshake.saysAllAtOnce()).isTrue();
        assertThat(push.takeSent())
                .isEqualTo(Bytes.of(
                        SIGNATURE_AND_MAJOR, REST_OF_GREETING, Golden.ready(Golden.property("Socket-Type", "PUSH"))));
        push.give(Golden.greeting(3, 1, "NULL"));
        push.give(Golden.ready(Golden.property("Socket-Type", "PULL")));

        assertThat(push.takeSent()).isEmpty();
        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
        assertThat(push.handshake.peer().socketType()).isEqualTo(SocketType.PULL);
    }

    @Test
    void shouldHoldReadyWhenListeningThoughThePeerNeedNotBeWaitedFor() {
        final HandshakeDriver pull = eager(SocketType.PULL, true);

        assertThat(pull.handshake.saysAllAtOnce()).isFalse();
        assertThat(pull.takeSent()).isEqualTo(Bytes.of(SIGNATURE_AND_MAJOR, REST_OF_GREETING));
        pull.give(Bytes.of(
                Golden.greeting(3, 1, "NULL"), Golden.ready(Golden.property("Socket-Type", "PUSH")), "and more"));

        assertThat(pull.takeSent()).isEqualTo(Golden.ready(Golden.property("Socket-Type", "PULL")));
        assertThat(pull.handshake.state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void shouldAskForWhatTheMediumKnowsOnceThePeerHasSpoken() {
        final AtomicInteger asked = new AtomicInteger();
        final HandshakeDriver push = new HandshakeDriver(new ZmtpHandshake(
                HandshakeConfig.builder(SocketType.PUSH).build(),
                false,
                0,
                () -> Map.of("number", String.valueOf(asked.incrementAndGet())),
                true));

        push.give(Golden.greeting(3, 1, "NULL"));
        assertThat(asked).hasValue(0);
        push.give(Golden.ready(Golden.property("Socket-Type", "PULL")));

        assertThat(push.handshake.peer().attributes()).containsEntry("number", "1");
    }

    @Test
    void shouldRefuse20WhereThePeerNeedNotBeWaitedFor() {
        final HandshakeDriver push = eager(SocketType.PUSH, false);

        push.give(Bytes.of(Golden.signature(0), 0x01));

        assertThat(push.handshake.failure()).isEqualTo(HandshakeFailure.VERSION_UNSUPPORTED);
    }

    @Test
    void shouldHoldReadyWhenListeningUntilPeerIsChecked() {
        final HandshakeDriver push = driver(SocketType.PUSH, true);

        push.give(Golden.greeting(3, 1, "NULL"));
        assertThat(push.takeSent()).isEqualTo(Bytes.of(SIGNATURE_AND_MAJOR, REST_OF_GREETING));
        push.give(Golden.ready(Golden.property("Socket-Type", "PULL")));

        assertThat(push.handshake.state()).isEqualTo(State.IN_PROGRESS); // READY not taken yet
        assertThat(push.takeSent()).isEqualTo(Golden.ready(Golden.property("Socket-Type", "PUSH")));
        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void shouldTellThat30PeersTakeSubscriptionsAsMessages() {
        final HandshakeDriver push = driver(SocketType.PUSH, false);

        push.give(Golden.pull30());
        push.takeSent();

        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
        assertThat(push.handshake.peer().versionMinor()).isZero();
        assertThat(push.handshake.peer().takesSubscriptionCommands()).isFalse();
        assertThat(push.handshake.peer().takesCommands()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0200, 0x0302, 0x0400, 0xFF00})
    void shouldTakeUnknownVersionsFor31(final int version) {
        final HandshakeDriver push = driver(SocketType.PUSH, false);

        push.give(Golden.greeting(version >> 8, version & 0xFF, "NULL"));
        push.give(Golden.ready(Golden.property("Socket-Type", "PULL")));
        push.takeSent();

        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
        assertThat(push.handshake.peer().versionMajor()).isEqualTo(3);
        assertThat(push.handshake.peer().versionMinor()).isEqualTo(1);
    }

    @Test
    void shouldGoDownTo20StepByStep() {
        final HandshakeConfig config = HandshakeConfig.builder(SocketType.ROUTER)
                .routingId(Bytes.of("me"))
                .build();
        final HandshakeDriver router = new HandshakeDriver(new ZmtpHandshake(config, true, 0));

        assertThat(router.takeSent()).isEqualTo(SIGNATURE_AND_MAJOR);
        router.give(Golden.signature(3));
        assertThat(router.takeSent()).isEmpty();
        router.give(Bytes.of(0x01)); // revision: 2.0    RFC 15
        assertThat(router.takeSent())
                .isEqualTo(Bytes.of(
                        0x06, // socket type: ROUTER
                        0x00, // flags: final
                        0x02, // size
                        "me"));
        router.give(Bytes.of(0x05, 0x00, 0x03, "you"));

        assertThat(router.handshake.state()).isEqualTo(State.COMPLETE);
        final PeerMetadata peer = router.handshake.peer();
        assertThat(peer.versionMajor()).isEqualTo(2);
        assertThat(peer.socketType()).isEqualTo(SocketType.DEALER);
        assertThat(peer.routingId()).isEqualTo(Bytes.of("you"));
        assertThat(peer.propertyNames()).isEmpty();
        assertThat(peer.takesCommands()).isFalse();
    }

    @Test
    void shouldLeaveTrafficBehindHandshake() {
        final byte[] traffic = Bytes.of(0x00, 0x04, "ALOL");
        for (final byte[] handshake : List.of(Golden.libzmqDealer("id"), Golden.dealer20(""), Golden.dealer20("id"))) {
            final HandshakeDriver router = driver(SocketType.ROUTER, true);

            final int consumed = router.give(Bytes.of(handshake, traffic));

            assertThat(consumed).isEqualTo(handshake.length);
            assertThat(router.give(traffic)).isZero();
        }
    }

    @Test
    void shouldGiveTheSameHoweverInputIsSplit() {
        final byte[] traffic = Bytes.of(0x00, 0x04, "ALOL");
        final byte[] large =
                Golden.ready(Golden.property("Socket-Type", "DEALER"), Golden.property("X-Large", "x".repeat(1000)));
        final List<byte[]> inputs = List.of(
                Bytes.of(Golden.libzmqDealer("id"), traffic),
                Bytes.of(Golden.dealer20("id"), traffic),
                Bytes.of(Golden.greeting(3, 0, "NULL"), large, traffic),
                Bytes.of(Golden.greeting(3, 1, "NULL"), Golden.ready(Golden.property("Socket-Type", "PULL"))),
                Bytes.of(Golden.greeting(3, 1, "CURVE"), traffic),
                Bytes.of("GET / HTTP/1.1"));
        for (final byte[] input : inputs) {
            final String whole = run(input, input.length);

            assertThat(run(input, 1)).isEqualTo(whole);
            for (int split = 1; split < input.length; split++) {
                assertThat(run(input, split, input.length - split))
                        .as("split=%d", split)
                        .isEqualTo(whole);
            }
        }
    }

    private static String run(final byte[] input, final int... chunks) {
        final HandshakeConfig config =
                HandshakeConfig.builder(SocketType.ROUTER).build();
        return HandshakeDriver.run(new ZmtpHandshake(config, true, 0), input, chunks);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 11, 1000})
    void shouldShakeHandsWithItself(final int chunk) {
        final HandshakeConfig dealer = HandshakeConfig.builder(SocketType.DEALER)
                .routingId(Bytes.of("d-1"))
                .property("X-Credit", "on")
                .property("x-bytes", Bytes.of(0, 255))
                .build();
        final HandshakeDriver dialling = new HandshakeDriver(new ZmtpHandshake(dealer, false, 0));
        final HandshakeDriver listening = driver(SocketType.ROUTER, true);

        HandshakeDriver.marry(dialling, listening, chunk);

        assertThat(dialling.handshake.state()).isEqualTo(State.COMPLETE);
        assertThat(listening.handshake.state()).isEqualTo(State.COMPLETE);
        final PeerMetadata peer = listening.handshake.peer();
        assertThat(peer.routingId()).isEqualTo(Bytes.of("d-1"));
        assertThat(peer.property("x-credit")).isEqualTo("on");
        assertThat(peer.propertyBytes("X-BYTES")).isEqualTo(Bytes.of(0, 255));
        assertThat(peer.property("X-Missing")).isNull();
        assertThat(peer.propertyNames()).containsExactlyInAnyOrder("Socket-Type", "Identity", "X-Credit", "x-bytes");
        assertThat(dialling.handshake.peer().socketType()).isEqualTo(SocketType.ROUTER);
        assertThat(dialling.handshake.peer().routingId()).isEmpty();
    }

    @Test
    void shouldSendIdentityAsLibzmqDoes() {
        for (final SocketType type : SocketType.values()) {
            final HandshakeDriver driver = driver(type, false);
            driver.give(Golden.greeting(3, 1, "NULL"));

            final String sent = new String(driver.takeSent(), StandardCharsets.ISO_8859_1);

            final boolean expected = type == SocketType.REQ || type == SocketType.DEALER || type == SocketType.ROUTER;
            assertThat(sent.contains("\u0008Identity\0\0\0\0")).as("%s", type).isEqualTo(expected);
        }
    }

    @Test
    void shouldReadPropertyNamesInAnyCase() {
        final HandshakeDriver router = driver(SocketType.ROUTER, true);

        router.give(Bytes.of(
                Golden.greeting(3, 1, "NULL"),
                Golden.ready(Golden.property("SOCKET-TYPE", "REQ"), Golden.property("identity", "abc"))));

        assertThat(router.handshake.peer().socketType()).isEqualTo(SocketType.REQ);
        assertThat(router.handshake.peer().routingId()).isEqualTo(Bytes.of("abc"));
    }

    @Test
    void shouldLetCheckSeePeer() {
        final HandshakeConfig config = HandshakeConfig.builder(SocketType.PUSH)
                .peerCheck(peer -> "green".equals(peer.property("X-Team")) ? null : "not green")
                .build();
        final HandshakeDriver push = new HandshakeDriver(new ZmtpHandshake(config, true, 0));

        push.give(Golden.greeting(3, 1, "NULL"));
        push.give(Golden.ready(Golden.property("Socket-Type", "PULL"), Golden.property("X-Team", "green")));
        push.takeSent();

        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void shouldNotTimeOutOnceComplete() {
        final HandshakeDriver push = driver(SocketType.PUSH, false);
        push.give(Golden.libzmqPull());
        push.takeSent();

        push.handshake.onTime(Long.MAX_VALUE / 2);

        assertThat(push.handshake.state()).isEqualTo(State.COMPLETE);
    }
}
