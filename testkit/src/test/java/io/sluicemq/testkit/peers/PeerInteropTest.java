package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The foreign peers talk to each other, which shows that a later failure is not the harness's. */
@Timeout(120)
@ExtendWith(LeakCheckExtension.class)
class PeerInteropTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String ANY_PORT = "tcp://127.0.0.1:*";

    private static ZmqPeer libzmq;
    private static ZmqPeer jeromq;

    @BeforeAll
    static void startPeers() {
        PeerAssumptions.requireLibzmq();
        libzmq = LibzmqPeer.start();
        jeromq = JeroMqPeer.start();
    }

    @AfterAll
    static void closePeers() {
        if (libzmq != null) {
            libzmq.close();
        }
        if (jeromq != null) {
            jeromq.close();
        }
    }

    private static ZmqPeer peer(final String name) {
        return "libzmq".equals(name) ? libzmq : jeromq;
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq", "jeromq,libzmq", "libzmq,libzmq", "jeromq,jeromq"})
    void shouldCarryPushToPullInBulk(final String binder, final String connector) {
        try (PeerSocket pull = peer(binder).open(PeerSocketType.PULL);
                PeerSocket push = peer(connector).open(PeerSocketType.PUSH)) {
            push.connect(pull.bind(ANY_PORT));
            final BulkLoad load = BulkLoad.of(10_000, 100).withFrames(3);

            final PeerTask received = pull.receiveBulk(load, LIMIT);
            final PeerTask sent = push.sendBulk(load, LIMIT);

            assertThat(sent.await()).isEqualTo(10_000);
            assertThat(received.await()).isEqualTo(10_000);
        }
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq", "jeromq,libzmq"})
    void shouldCarryLargeMessage(final String binder, final String connector) {
        try (PeerSocket pull = peer(binder).open(PeerSocketType.PULL);
                PeerSocket push = peer(connector).open(PeerSocketType.PUSH)) {
            push.connect(pull.bind(ANY_PORT));
            final BulkLoad load = BulkLoad.of(1, 64 << 20);

            final PeerTask received = pull.receiveBulk(load, LIMIT);
            push.sendBulk(load, LIMIT).await();

            assertThat(received.await()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq", "jeromq,libzmq"})
    void shouldAnswerRequest(final String binder, final String connector) {
        try (PeerSocket rep = peer(binder).open(PeerSocketType.REP);
                PeerSocket req = peer(connector).open(PeerSocketType.REQ)) {
            req.connect(rep.bind(ANY_PORT));
            final PeerTask echoed = rep.echo(2, LIMIT);

            assertThat(req.sendText(LIMIT, "one", "", "more")).isTrue();
            assertThat(req.receiveText(LIMIT)).containsExactly("one", "", "more");
            assertThat(req.sendText(LIMIT, "two")).isTrue();
            assertThat(req.receiveText(LIMIT)).containsExactly("two");

            assertThat(echoed.await()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq,1", "jeromq,libzmq,1", "libzmq,jeromq,20", "jeromq,libzmq,20"})
    void shouldExchangeInBulk(final String binder, final String connector, final int window) {
        try (PeerSocket rep = peer(binder).open(PeerSocketType.REP);
                PeerSocket client = peer(connector).open(window == 1 ? PeerSocketType.REQ : PeerSocketType.DEALER)) {
            client.connect(rep.bind(ANY_PORT));
            final BulkLoad plain = BulkLoad.of(200, 100).withFrames(3);
            final BulkLoad load = window == 1 ? plain : plain.withPrefix(new byte[0]);

            final PeerTask echoed = rep.echo(200, LIMIT);
            final PeerTask exchanged = client.exchangeBulk(load, window, LIMIT);

            assertThat(exchanged.await()).isEqualTo(200);
            assertThat(echoed.await()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq", "jeromq,libzmq"})
    void shouldPublishToSubscribedTopicsOnly(final String binder, final String connector) {
        try (PeerSocket xpub = peer(binder).open(PeerSocketType.XPUB);
                PeerSocket sub = subscribed(xpub, xpub.bind(ANY_PORT), connector)) {

            xpub.sendText(LIMIT, "b", "not for you");
            xpub.sendText(LIMIT, "a", "for you");

            assertThat(sub.receiveText(LIMIT)).containsExactly("a", "for you");
            sub.unsubscribe("a".getBytes(StandardCharsets.UTF_8));
            assertThat(xpub.receiveText(LIMIT)).containsExactly("\u0000a");
        }
    }

    /** A SUB whose subscription was heard. JeroMQ 0.6 leaves some of its connects silent for good, so others are tried. */
    private PeerSocket subscribed(final PeerSocket xpub, final String endpoint, final String connector) {
        for (int attempt = 0; attempt < 5; attempt++) {
            final PeerSocket sub = peer(connector).open(PeerSocketType.SUB);
            sub.subscribe("a".getBytes(StandardCharsets.UTF_8));
            sub.connect(endpoint);
            if (xpub.receiveText(Duration.ofSeconds(4)).equals(List.of("\u0001a"))) {
                return sub;
            }
            sub.close();
        }
        throw new AssertionError("no subscription was heard, attempts=5");
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq", "jeromq,libzmq"})
    void shouldPublishFromPub(final String binder, final String connector) {
        try (PeerSocket pub = peer(binder).open(PeerSocketType.PUB);
                PeerSocket sub = peer(connector).open(PeerSocketType.SUB)) {
            sub.subscribe(new byte[0]);
            sub.connect(pub.bind(ANY_PORT));

            Await.until(
                    LIMIT,
                    () -> {
                        pub.sendText(Duration.ZERO, "topic", "body");
                        return !sub.receive(Duration.ofMillis(20)).isEmpty();
                    },
                    "a published message arrives");
        }
    }

    @ParameterizedTest(name = "{0} binds, {1} connects")
    @CsvSource({"libzmq,jeromq", "jeromq,libzmq"})
    void shouldRouteByIdentity(final String binder, final String connector) {
        final byte[] identity = {'d', '1'};
        try (PeerSocket router = peer(binder).open(PeerSocketType.ROUTER);
                PeerSocket dealer = peer(connector).open(PeerSocketType.DEALER)) {
            dealer.option(PeerOption.IDENTITY, identity);
            dealer.connect(router.bind(ANY_PORT));

            dealer.sendText(LIMIT, "hello");
            assertThat(router.receiveText(LIMIT)).containsExactly("d1", "hello");
            final BulkLoad answers = BulkLoad.of(500, 20);
            final PeerTask received = dealer.receiveBulk(answers, LIMIT);
            router.sendBulk(answers.withPrefix(identity), LIMIT).await();

            assertThat(received.await()).isEqualTo(500);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"libzmq", "jeromq"})
    void shouldSayThatThereIsNoRoomAndNoMessage(final String name) {
        try (PeerSocket push = peer(name).open(PeerSocketType.PUSH);
                PeerSocket pull = peer(name).open(PeerSocketType.PULL)) {
            push.bind(ANY_PORT);
            pull.bind(ANY_PORT);

            final boolean sent = push.sendText(Duration.ofMillis(30), "nobody there");
            final List<byte[]> received = pull.receive(Duration.ofMillis(30));

            assertThat(sent).isFalse();
            assertThat(received).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"libzmq", "jeromq"})
    void shouldBreakOffWhenClosed(final String name) {
        final PeerTask waiting;
        try (PeerSocket pull = peer(name).open(PeerSocketType.PULL)) {
            pull.bind(ANY_PORT);
            waiting = pull.receiveBulk(BulkLoad.of(1, 1), LIMIT);
        }

        Await.until(LIMIT, waiting::isDone, "the receive is broken off");

        assertThatThrownBy(waiting::await).hasMessageContaining("closed");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"libzmq", "jeromq"})
    void shouldSetEveryOptionItKnows(final String name) {
        try (PeerSocket xpub = peer(name).open(PeerSocketType.XPUB);
                PeerSocket router = peer(name).open(PeerSocketType.ROUTER);
                PeerSocket req = peer(name).open(PeerSocketType.REQ)) {
            for (final PeerOption option : PeerOption.values()) {
                final PeerSocket socket =
                        option.name().startsWith("XPUB") ? xpub : option.name().startsWith("REQ") ? req : router;
                if (!option.takesBytes()) {
                    socket.option(option, 1);
                }
            }

            assertThat(router.option(PeerOption.IDENTITY, new byte[] {1})).isSameAs(router);
        }
    }
}
