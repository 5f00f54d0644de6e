package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.testkit.peers.LibzmqPeer;
import io.sluicemq.testkit.peers.PeerAssumptions;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import io.sluicemq.transport.CloseReason;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PING and PONG (RFC 37, "Heartbeats") with the foreign libraries, and a peer that is frozen. */
@Timeout(60)
class HeartbeatInteropTest extends InteropTestBase {

    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofMillis(400);

    /** Time in which a side that got no answer to its PING would have given up. */
    private static final Duration SEVERAL_TIMEOUTS = Duration.ofMillis(1_300);

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldStayConnectedWhenPeerAnswersOurPings(final String peer) throws InterruptedException {
        try (PeerSocket push = open(peer, PeerSocketType.PUSH);
                PullSocket pull = context.pull(options()
                        .heartbeat(INTERVAL, TIMEOUT, Duration.ofSeconds(1))
                        .build())) {
            push.connect(pull.bind(ANY_PORT));
            awaitPeers(pull, 1);

            assertThat(events.isDisconnectedWithin(SEVERAL_TIMEOUTS)).isFalse();
            push.sendText(LIMIT, "still here");

            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("still here");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldAnswerPingsOfPeer(final String peer) throws InterruptedException {
        try (PeerSocket push = open(peer, PeerSocketType.PUSH);
                PullSocket pull = context.pull(options().build())) {
            push.option(PeerOption.HEARTBEAT_INTERVAL_MS, INTERVAL.toMillis());
            push.option(PeerOption.HEARTBEAT_TIMEOUT_MS, TIMEOUT.toMillis());
            push.option(PeerOption.HEARTBEAT_TTL_MS, 1_000);
            push.connect(pull.bind(ANY_PORT));
            awaitPeers(pull, 1);

            assertThat(events.isDisconnectedWithin(SEVERAL_TIMEOUTS)).isFalse();
            push.sendText(LIMIT, "still here");

            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("still here");
        }
    }

    @Test
    void shouldNoticeFrozenPeerThatConnectedAndHearItAgainWhenItThaws() throws InterruptedException, IOException {
        PeerAssumptions.requireLibzmq();
        try (LibzmqPeer frozen = LibzmqPeer.start();
                PullSocket pull = context.pull(options()
                        .heartbeat(INTERVAL, TIMEOUT, Duration.ofSeconds(1))
                        .build())) {
            final PeerSocket push = frozen.open(PeerSocketType.PUSH);
            push.connect(pull.bind(ANY_PORT));
            awaitPeers(pull, 1);

            signal("STOP", frozen.pid());
            final CloseReason reason;
            try {
                reason = events.awaitDisconnected();
            } finally {
                signal("CONT", frozen.pid());
            }
            awaitPeers(pull, 1);
            push.sendText(LIMIT, "back");

            assertThat(reason).isEqualTo(CloseReason.HEARTBEAT_TIMED_OUT);
            assertThat(OurSocket.of(pull).receiveText(LIMIT)).containsExactly("back");
        }
    }

    @Test
    void shouldNoticeFrozenPeerThatWeConnectedToAndReachItAgainWhenItThaws() throws InterruptedException, IOException {
        PeerAssumptions.requireLibzmq();
        try (LibzmqPeer frozen = LibzmqPeer.start();
                PushSocket push = context.push(options()
                        .heartbeat(INTERVAL, TIMEOUT, Duration.ofSeconds(1))
                        .handshakeTimeout(Duration.ofMillis(500))
                        .build())) {
            final PeerSocket pull = frozen.open(PeerSocketType.PULL);
            push.connect(pull.bind(THEIR_ANY_PORT));
            awaitPeers(push, 1);

            signal("STOP", frozen.pid());
            final CloseReason reason;
            final CloseReason whileFrozen;
            try {
                reason = events.awaitDisconnected();
                whileFrozen = events.awaitFailed();
            } finally {
                signal("CONT", frozen.pid());
            }
            awaitPeers(push, 1);
            push.send("back");

            assertThat(reason).isEqualTo(CloseReason.HEARTBEAT_TIMED_OUT);
            assertThat(whileFrozen).isEqualTo(CloseReason.HANDSHAKE_TIMED_OUT);
            assertThat(pull.receiveText(LIMIT)).containsExactly("back");
        }
    }
}
