package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Proxy;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.XPubSocket;
import io.sluicemq.XSubSocket;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions as messages with JeroMQ, which speaks ZMTP 3.0, and as commands with libzmq, which speaks 3.1. */
@Timeout(60)
class SubscriptionInteropTest extends InteropTestBase {

    private static final String SUBSCRIBE = "\u0001";
    private static final String CANCEL = "\u0000";

    @ParameterizedTest
    @CsvSource({Peers.LIBZMQ + ",1", Peers.JEROMQ + ",0"})
    void shouldSeeSubscriptionsOfPeer(final String peer, final int zmtpMinor) throws InterruptedException {
        try (PeerSocket sub = open(peer, PeerSocketType.SUB);
                XPubSocket xpub = context.xpub(options().build(), PublisherOptions.DEFAULTS)) {
            final OurSocket ours = OurSocket.of(xpub);
            sub.connect(xpub.bind(ANY_PORT));

            sub.subscribe(utf8("a"));
            assertThat(ours.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "a");
            sub.subscribe(utf8("a"));
            sub.subscribe(utf8("b"));
            assertThat(ours.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "b");
            sub.unsubscribe(utf8("a"));
            sub.unsubscribe(utf8("b"));
            assertThat(ours.receiveText(LIMIT)).containsExactly(CANCEL + "b");
            ours.sendText("a", "1");
            ours.sendText("b", "2");
            ours.sendText("a", "3");

            assertThat(sub.receiveText(LIMIT)).containsExactly("a", "1");
            assertThat(sub.receiveText(LIMIT)).containsExactly("a", "3");
            sub.unsubscribe(utf8("a"));
            assertThat(ours.receiveText(LIMIT)).containsExactly(CANCEL + "a");
            assertThat(xpub.peers().get(0).metadata().versionMinor()).isEqualTo(zmtpMinor);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldTellPeerOfOurSubscriptions(final String peer) throws InterruptedException {
        try (PeerSocket xpub = open(peer, PeerSocketType.XPUB);
                SubSocket sub = context.sub(options().build(), SubscriberOptions.DEFAULTS)) {
            sub.connect(xpub.bind(THEIR_ANY_PORT));

            sub.subscribe("a");
            assertThat(xpub.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "a");
            sub.subscribe("a");
            sub.subscribe("b");
            assertThat(xpub.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "b");
            sub.unsubscribe("a");
            sub.unsubscribe("b");
            assertThat(xpub.receiveText(LIMIT)).containsExactly(CANCEL + "b");
            xpub.sendText(LIMIT, "b", "not for us");
            xpub.sendText(LIMIT, "a", "for us");

            assertThat(OurSocket.of(sub).receiveText(LIMIT)).containsExactly("a", "for us");
            sub.unsubscribe("a");
            assertThat(xpub.receiveText(LIMIT)).containsExactly(CANCEL + "a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldSubscribeAgainAtPeerThatCameBack(final String peer) throws InterruptedException {
        try (SubSocket sub = context.sub(options().build(), SubscriberOptions.DEFAULTS)) {
            final String endpoint;
            sub.subscribe("kept");
            sub.subscribe("dropped");
            try (PeerSocket first = open(peer, PeerSocketType.XPUB)) {
                endpoint = first.bind(THEIR_ANY_PORT);
                sub.connect(endpoint);
                first.receive(LIMIT);
                first.receive(LIMIT);
            }
            events.awaitDisconnected();
            sub.unsubscribe("dropped");
            try (PeerSocket second = open(peer, PeerSocketType.XPUB)) {
                second.bind(endpoint);

                assertThat(second.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "kept");
                assertThat(second.receiveText(MOMENT)).isEmpty();
                second.sendText(LIMIT, "kept on");
                assertThat(OurSocket.of(sub).receiveText(LIMIT)).containsExactly("kept on");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldBeSubscribedToAgainWhenBoundAnew(final String peer) throws InterruptedException {
        try (PeerSocket sub = open(peer, PeerSocketType.SUB)) {
            sub.option(PeerOption.RECONNECT_INTERVAL_MS, 20);
            sub.subscribe(utf8("kept"));
            sub.subscribe(utf8("dropped"));
            final String endpoint;
            try (PubSocket first = context.pub()) {
                endpoint = first.bind(ANY_PORT);
                sub.connect(endpoint);
                // It may take a second connection: JeroMQ leaves some of them silent.
                assertThat(awaitSubscriber(first, sub, "kept")).isTrue();
                assertThat(awaitSubscriber(first, sub, "dropped")).isTrue();
            }
            sub.unsubscribe(utf8("dropped"));
            try (PubSocket second = context.pub()) {
                second.bind(endpoint);

                assertThat(awaitSubscriber(second, sub, "kept")).isTrue();
                assertThat(second.awaitSubscribers("dropped", 1, Duration.ZERO)).isFalse();
                second.send("kept on");
                assertThat(sub.receiveText(LIMIT)).containsExactly("kept on");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Peers.LIBZMQ, Peers.JEROMQ})
    void shouldProxySubscriptionsAndPublications(final String peer) throws InterruptedException {
        // Closed in the midst of the test.
        final PeerSocket subscriber = open(peer, PeerSocketType.SUB);
        try (PeerSocket publisher = open(peer, PeerSocketType.XPUB);
                XSubSocket xsub = context.xsub(SocketOptions.DEFAULTS, SubscriberOptions.DEFAULTS);
                XPubSocket xpub = context.xpub(SocketOptions.DEFAULTS, PublisherOptions.DEFAULTS)) {
            publisher.connect(xsub.bind(ANY_PORT));
            subscriber.connect(xpub.bind(ANY_PORT));
            awaitPeers(xsub, 1);
            final Proxy proxy = Proxy.builder(xsub, xpub).build();
            final Thread running = new Thread(() -> run(proxy), "proxy");
            running.start();

            try {
                subscriber.subscribe(utf8("a"));
                assertThat(publisher.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "a");
                publisher.sendText(LIMIT, "b", "not asked for");
                publisher.sendText(LIMIT, "a", "asked for");
                assertThat(subscriber.receiveText(LIMIT)).containsExactly("a", "asked for");
                subscriber.unsubscribe(utf8("a"));
                assertThat(publisher.receiveText(LIMIT)).containsExactly(CANCEL + "a");
                subscriber.subscribe(utf8("c"));
                assertThat(publisher.receiveText(LIMIT)).containsExactly(SUBSCRIBE + "c");
                // What a subscriber leaves behind is taken back for it.
                subscriber.close();
                assertThat(publisher.receiveText(LIMIT)).containsExactly(CANCEL + "c");
            } finally {
                proxy.stop();
                Await.until(LIMIT, () -> !running.isAlive(), "the proxy ends");
            }
        }
    }

    private static void run(final Proxy proxy) {
        try {
            proxy.run();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
