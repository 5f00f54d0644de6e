package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.RawZmtpListener;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import io.sluicemq.testkit.peers.Seed;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections break with messages under way: what was received and what was dropped make up what was sent, exactly. */
@Timeout(180)
@ExtendWith(LeakCheckExtension.class)
class LostConnectionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Duration MOMENT = Duration.ofMillis(50);
    /** In one life of a socket; after more short connections in a row it would wait for seconds before the next. */
    private static final int CUTS = 5;

    private static final int ROUNDS = Tier.count(3, 100);
    private static final SocketOptions OPTIONS = SocketOptions.builder()
            .reconnect(Duration.ofMillis(5), Duration.ZERO)
            .build();
    private static final FrameHandler IGNORE = (buffer, offset, length, more) -> {};

    private Random random;
    private Context sending;
    private Context receiving;
    private Background background;

    @BeforeEach
    void open() {
        random = new Random(Seed.next("LostConnectionsTest"));
        sending = Endpoints.context();
        receiving = Endpoints.context();
        background = new Background();
    }

    @AfterEach
    void close() {
        sending.close(Duration.ZERO);
        receiving.close(Duration.ZERO);
        background.close();
    }

    private static long dropped(final Socket socket) {
        return socket.stats().dropped().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Receives until the socket is closed. */
    private FutureTask<Boolean> startReceiver(final PullSocket pull) {
        return background.start("receiver", () -> {
            int taken = 0;
            while (taken >= 0) {
                taken = pull.receive(IGNORE, 100, MOMENT);
            }
            return pull.isClosed();
        });
    }

    private interface Cut {
        void run() throws Exception;
    }

    /** Cuts while messages flow, some of them at moments when the connection is not complete yet. */
    private void cutOften(final PullSocket pull, final Cut cut) throws Exception {
        for (int i = 0; i < CUTS; i++) {
            awaitMore(pull, random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(5_000));
            cut.run();
        }
    }

    private static void awaitMore(final PullSocket pull, final long messages) {
        final long before = pull.stats().messagesReceived();
        Await.until(LIMIT, () -> pull.stats().messagesReceived() >= before + messages, "messages flow");
    }

    private void assertAllAccountedFor(final long sent, final PushSocket push, final PullSocket pull) {
        Await.until(
                LIMIT,
                () -> pull.stats().messagesReceived() + dropped(pull) + dropped(push) >= sent,
                "sent=" + sent + ", " + push.stats() + ", " + pull.stats());
        push.close(LIMIT);
        pull.close();
        assertThat(pull.stats().messagesReceived() + dropped(pull) + dropped(push))
                .as("%s, %s", push.stats(), pull.stats())
                .isEqualTo(sent);
    }

    private void run(final PushSocket push, final PullSocket pull, final Cut cut) throws Exception {
        final FutureTask<Boolean> receiver = startReceiver(pull);
        final Sender sender = new Sender(push);
        cutOften(pull, cut);
        // More than queues and kernels hold: these came by the last connection, which has told of those before.
        awaitMore(pull, 20_000);
        final long sent = sender.stop();

        assertAllAccountedFor(sent, push, pull);
        assertThat(Background.result(receiver, LIMIT)).isTrue();
    }

    @Test
    void shouldAccountForAllWhenANetworkCutsWhatTheSenderConnected() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            final PushSocket push = sending.push(OPTIONS);
            final PullSocket pull = receiving.pull(OPTIONS);
            try (CuttingProxy proxy = new CuttingProxy(port(pull.bind("tcp://127.0.0.1:0")))) {
                push.connect(proxy.endpoint());

                run(push, pull, () -> proxy.cut(random.nextBoolean()));
            }
        }
    }

    @Test
    void shouldAccountForAllWhenANetworkCutsWhatTheReceiverConnected() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            final PushSocket push = sending.push(OPTIONS);
            final PullSocket pull = receiving.pull(OPTIONS);
            try (CuttingProxy proxy = new CuttingProxy(port(push.bind("tcp://127.0.0.1:0")))) {
                pull.connect(proxy.endpoint());

                run(push, pull, () -> proxy.cut(random.nextBoolean()));
            }
        }
    }

    @OverConnections
    void shouldAccountForAllWhenEitherSideDisconnects(final String transport) throws Exception {
        final int rounds = Tier.count(transport, 3, 100);
        for (int i = 0; i < rounds; i++) {
            final PushSocket push = sending.push(OPTIONS);
            final PullSocket pull = receiving.pull(OPTIONS);
            push.connect(pull.bind(Endpoints.fresh(transport)));

            run(push, pull, () -> disconnect(random.nextBoolean() ? push : pull));
        }
    }

    private static void disconnect(final Socket socket) {
        for (final PeerInfo peer : socket.peers()) {
            socket.disconnectPeer(peer.id());
        }
    }

    private static int port(final String endpoint) {
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    @OverConnections
    void shouldAccountForAllWhenReceiversComeAndGo(final String transport) throws Exception {
        final PushSocket push = sending.push(OPTIONS);
        PullSocket pull = receiving.pull(OPTIONS);
        final String endpoint = pull.bind(Endpoints.fresh(transport));
        push.connect(endpoint);
        final Sender sender = new Sender(push);
        long accounted = 0;
        for (int i = 0; i < CUTS; i++) {
            final FutureTask<Boolean> receiver = startReceiver(pull);
            final PullSocket current = pull;
            final long some = random.nextInt(3_000);
            Await.until(LIMIT, () -> current.stats().messagesReceived() >= some, "messages flow");
            pull.close(LIMIT);
            assertThat(Background.result(receiver, LIMIT)).isTrue();
            accounted += pull.stats().messagesReceived() + dropped(pull);
            pull = receiving.pull(OPTIONS);
            pull.bind(endpoint);
        }
        final FutureTask<Boolean> receiver = startReceiver(pull);
        final long sent = sender.stop() - accounted;

        assertAllAccountedFor(sent, push, pull);
        assertThat(Background.result(receiver, LIMIT)).isTrue();
        assertThat(push.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN)).isZero();
    }

    @Test
    void shouldHoldWhatAnOrdinaryPeerMayHaveReceivedForUnknown() throws Exception {
        try (RawZmtpListener listener = RawZmtpListener.open()) {
            final PushSocket push = sending.push(OPTIONS);
            push.connect(listener.endpoint());
            try (RawZmtpPeer peer = listener.accept(LIMIT)) {
                peer.handshake("PULL");
                for (int i = 0; i < 10; i++) {
                    push.send("n" + i);
                }
                for (int i = 0; i < 10; i++) {
                    peer.receiveFrame();
                }
                peer.reset();
            }

            Await.until(
                    LIMIT,
                    () -> push.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN) == 10,
                    "unknown=" + push.stats().dropped());
        }
    }

    @OverConnections
    void shouldBeExactWithoutWaitingWhenAReceiverIsClosedAtOnce(final String transport) throws Exception {
        final PushSocket push = sending.push(OPTIONS);
        final PullSocket pull = receiving.pull(OPTIONS);
        push.connect(pull.bind(Endpoints.fresh(transport)));
        for (int i = 0; i < 100; i++) {
            push.send("n" + i);
        }
        assertThat(pull.receiveMessage(LIMIT)).isNotNull();

        pull.close(Duration.ZERO);
        Await.until(LIMIT, () -> push.peers().stream().noneMatch(PeerInfo::connected), "the end");
        push.close(Duration.ZERO);

        assertThat(pull.stats().messagesReceived() + dropped(pull) + dropped(push))
                .as("%s, %s", push.stats(), pull.stats())
                .isEqualTo(100);
    }

    /** Sends on a thread of its own. */
    private final class Sender {
        private volatile boolean stopped;
        private final FutureTask<Long> result;

        Sender(final PushSocket push) {
            final byte[] small = new byte[50];
            final byte[] large = new byte[40_000];
            result = background.start("sender", () -> {
                long sent = 0;
                while (!stopped) {
                    final byte[] body = sent % 100 == 99 ? large : small;
                    sent += push.send(Message.of(body), MOMENT) == SendResult.SENT ? 1 : 0;
                }
                return sent;
            });
        }

        long stop() throws InterruptedException {
            stopped = true;
            return Background.result(result, LIMIT);
        }
    }
}
