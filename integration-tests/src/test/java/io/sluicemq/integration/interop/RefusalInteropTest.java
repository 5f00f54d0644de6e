package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import io.sluicemq.testkit.peers.RawZmtpListener;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import io.sluicemq.testkit.peers.ZmtpBytes;
import io.sluicemq.transport.CloseReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do not fit, or go too far: told to the listener, and no trouble for the others. */
@Timeout(60)
class RefusalInteropTest extends InteropTestBase {

    private static final int LIMIT_BYTES = 1_000;

    /** A key pair published with RFC 26 and libzmq's manual; good for tests only. */
    private static final byte[] CURVE_SECRET_KEY =
            "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldRefuseWrongSocketTypeAndServeTheOthers(final String peer) throws InterruptedException {
        try (PullSocket pull = context.pull(options().build());
                PeerSocket right = open(peer, PeerSocketType.PUSH);
                PeerSocket wrong = open(peer, PeerSocketType.PULL)) {
            final String endpoint = pull.bind(ANY_PORT);
            right.connect(endpoint);
            right.sendText(LIMIT, "before");
            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("before");

            wrong.connect(endpoint);
            events.awaitFailed(CloseReason.REFUSED);
            right.sendText(LIMIT, "after");

            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("after");
            assertThat(events.isDisconnectedWithin(Duration.ZERO)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldTellOfWrongSocketTypeThatWeConnectTo(final String peer) throws InterruptedException {
        try (PushSocket push = context.push(options().linger(Duration.ZERO).build());
                PeerSocket wrong = open(peer, PeerSocketType.PUSH);
                PeerSocket right = open(peer, PeerSocketType.PULL)) {
            push.connect(wrong.bind(THEIR_ANY_PORT));
            final CloseReason reason = events.awaitFailed();

            push.connect(right.bind(THEIR_ANY_PORT));
            awaitPeers(push, 1);
            // The first peer that was connected to holds its share, as libzmq's does without ZMQ_IMMEDIATE.
            push.send("one");
            push.send("two");

            // The foreign libraries close without ERROR, often before they have told their own type.
            assertThat(reason).isIn(CloseReason.REFUSED, CloseReason.CLOSED_BY_PEER);
            assertThat(right.receiveText(LIMIT)).isNotEmpty();
        }
    }

    @Test
    void shouldRefuseWhatIsNoZmtp() throws InterruptedException {
        try (PullSocket pull = context.pull(options().build());
                PeerSocket right = open(Peers.JEROMQ, PeerSocketType.PUSH);
                RawZmtpPeer wrong = RawZmtpPeer.connect(pull.bind(ANY_PORT))) {
            right.connect(pull.lastEndpoint());
            awaitPeers(pull, 1);

            wrong.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            wrong.expectClosed(LIMIT);
            right.sendText(LIMIT, "after");

            events.awaitFailed(CloseReason.HANDSHAKE_FAILED);
            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("after");
        }
    }

    @Test
    void shouldTellOfServerThatIsNoZmtp() throws InterruptedException {
        try (RawZmtpListener listener = RawZmtpListener.open();
                PushSocket push = context.push(options().build())) {
            push.connect(listener.endpoint());
            try (RawZmtpPeer wrong = listener.accept(LIMIT)) {
                wrong.send("220 mail.example ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
                wrong.expectClosed(LIMIT);
            }

            assertThat(events.awaitFailed()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldTellOfPlainServer(final String peer) throws InterruptedException {
        try (PeerSocket pull = open(peer, PeerSocketType.PULL).option(PeerOption.PLAIN_SERVER, 1);
                PushSocket push = context.push(options().build())) {
            push.connect(pull.bind(THEIR_ANY_PORT));

            assertThat(events.awaitFailed()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldTellOfCurveServer(final String peer) throws InterruptedException {
        try (PeerSocket pull = open(peer, PeerSocketType.PULL)
                        .option(PeerOption.CURVE_SERVER, 1)
                        .option(PeerOption.CURVE_SECRET_KEY, CURVE_SECRET_KEY);
                PushSocket push = context.push(options().build())) {
            push.connect(pull.bind(THEIR_ANY_PORT));

            assertThat(events.awaitFailed()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldRefusePlainClientAndServeTheOthers(final String peer) throws InterruptedException {
        try (PullSocket pull = context.pull(options().build());
                PeerSocket right = open(peer, PeerSocketType.PUSH);
                PeerSocket wrong = open(peer, PeerSocketType.PUSH)) {
            wrong.option(PeerOption.PLAIN_USERNAME, utf8("user")).option(PeerOption.PLAIN_PASSWORD, utf8("password"));
            wrong.connect(pull.bind(ANY_PORT));
            events.awaitFailed(CloseReason.HANDSHAKE_FAILED);
            right.connect(pull.lastEndpoint());
            right.sendText(LIMIT, "after");

            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("after");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldDisconnectPeerThatSendsBeyondOurLimit(final String peer) throws InterruptedException {
        try (PullSocket pull =
                        context.pull(options().maxMessageBytes(LIMIT_BYTES).build());
                PeerSocket right = open(peer, PeerSocketType.PUSH);
                PeerSocket wrong = open(peer, PeerSocketType.PUSH)) {
            final OurSocket ours = OurSocket.of(pull);
            wrong.connect(pull.bind(ANY_PORT));
            wrong.send(LIMIT, new byte[LIMIT_BYTES]);
            assertThat(ours.receive(LIMIT).get(0)).hasSize(LIMIT_BYTES);
            wrong.send(LIMIT, new byte[LIMIT_BYTES + 1]);
            final CloseReason reason = events.awaitDisconnected();
            right.connect(pull.lastEndpoint());
            right.sendText(LIMIT, "after");

            assertThat(reason).isEqualTo(CloseReason.MESSAGE_TOO_LARGE);
            assertThat(pull.stats().dropped(DropCause.TOO_LARGE)).isEqualTo(1);
            assertThat(ours.receiveText(LIMIT)).containsExactly("after");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldGoOnAfterMessageBeyondTheLimitOfPeer(final String peer) throws InterruptedException {
        try (PeerSocket pull = open(peer, PeerSocketType.PULL).option(PeerOption.MAX_FRAME_BYTES, LIMIT_BYTES);
                PushSocket push = context.push(options().build())) {
            push.connect(pull.bind(THEIR_ANY_PORT));
            push.send(new byte[LIMIT_BYTES]);
            assertThat(pull.receive(LIMIT).get(0)).hasSize(LIMIT_BYTES);
            push.send(new byte[LIMIT_BYTES + 1]);
            final CloseReason reason = events.awaitDisconnected();
            awaitPeers(push, 1);
            push.send("after");

            assertThat(reason).isIn(CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR);
            assertThat(pull.receiveText(LIMIT)).containsExactly("after");
        }
    }

    @Test
    void shouldGiveUpHalfHandshakes() throws InterruptedException {
        try (PullSocket pull = context.pull(
                        options().handshakeTimeout(Duration.ofMillis(200)).build());
                PeerSocket right = open(Peers.JEROMQ, PeerSocketType.PUSH)) {
            final String endpoint = pull.bind(ANY_PORT);
            right.connect(endpoint);
            awaitPeers(pull, 1);
            final byte[] greeting = ZmtpBytes.greeting(1);
            try (RawZmtpPeer silent = RawZmtpPeer.connect(endpoint);
                    RawZmtpPeer halfGreeting = RawZmtpPeer.connect(endpoint);
                    RawZmtpPeer greetingOnly = RawZmtpPeer.connect(endpoint)) {
                halfGreeting.send(Arrays.copyOf(greeting, 11));
                greetingOnly.send(greeting);
                silent.expectClosed(LIMIT);
                halfGreeting.expectClosed(LIMIT);
                greetingOnly.expectClosed(LIMIT);
            }
            right.sendText(LIMIT, "after");

            for (int i = 0; i < 3; i++) {
                events.awaitFailed(CloseReason.HANDSHAKE_TIMED_OUT);
            }
            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("after");
        }
    }
}
