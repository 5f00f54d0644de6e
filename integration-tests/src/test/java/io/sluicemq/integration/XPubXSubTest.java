package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Message;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.XPubSocket;
import io.sluicemq.XSubSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class XPubXSubTest extends SocketTestBase {
    private static final String SUBSCRIBE = "\1";
    private static final String CANCEL = "\0";

    private XPubSocket xpub(final PublisherOptions options) {
        return context.xpub(SocketOptions.DEFAULTS, options);
    }

    private XSubSocket xsub(final String endpoint) throws InterruptedException {
        final XSubSocket xsub = context.xsub();
        xsub.connect(endpoint);
        awaitPeers(xsub, 1);
        return xsub;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @OverAllTransports
    void shouldShowSubscriptionsAsMessages(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = context.xpub();
        final String endpoint = xpub.bind(medium.fresh());
        final XSubSocket xsub = xsub(endpoint);

        xsub.send(SUBSCRIBE + "topic");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "topic");
        xpub.send("topic 1");
        assertThat(receiveText(xsub)).isEqualTo("topic 1");
        xsub.send(CANCEL + "topic");
        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "topic");
        xpub.send("topic 2");

        assertSilent(xsub);
    }

    @OverAllTransports
    void shouldShowSubscriptionsOfASub(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = context.xpub();
        final SubSocket sub = context.sub();
        sub.subscribe("");
        sub.connect(xpub.bind(medium.fresh()));

        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE);
        sub.subscribe("more");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "more");
        sub.close();

        assertThat(new String[] {receiveText(xpub), receiveText(xpub)})
                .containsExactlyInAnyOrder(CANCEL, CANCEL + "more");
    }

    @OverAllTransports
    void shouldShowSubscriptionsWhereThePublisherConnects(final Medium medium) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            final XPubSocket xpub = context.xpub();
            final SubSocket sub = context.sub();
            sub.subscribe("early");
            xpub.connect(sub.bind(medium.fresh()));

            assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "early");
            sub.close();
            assertThat(receiveText(xpub)).isEqualTo(CANCEL + "early");
            xpub.close();
        }
    }

    @OverAllTransports
    void shouldShowAPrefixLongerThanAShortFrame(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = context.xpub();
        final SubSocket sub = context.sub();
        final String prefix = "long ".repeat(100);
        sub.connect(xpub.bind(medium.fresh()));

        sub.subscribe(prefix);
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + prefix);
        xpub.send(prefix + "!");
        xpub.send(prefix.substring(1));

        assertThat(receiveText(sub)).isEqualTo(prefix + "!");
        assertSilent(sub);
    }

    @OverAllTransports
    void shouldShowOnlyTheFirstAndLastOfAPrefixByDefault(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = context.xpub();
        final String endpoint = xpub.bind(medium.fresh());
        final XSubSocket one = xsub(endpoint);
        final XSubSocket two = xsub(endpoint);

        one.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        one.send(SUBSCRIBE + "A");
        two.send(SUBSCRIBE + "A");
        two.send(SUBSCRIBE + "marker");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "marker");
        two.send(CANCEL + "A");
        two.send(CANCEL + "marker");
        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "marker");
        one.send(CANCEL + "A");
        one.send(CANCEL + "A");

        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "A");
        assertSilent(xpub);
    }

    @OverAllTransports
    void shouldShowEverySubscriptionWhenVerbose(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = xpub(PublisherOptions.builder().verbose(true).build());
        final String endpoint = xpub.bind(medium.fresh());
        final XSubSocket one = xsub(endpoint);
        final XSubSocket two = xsub(endpoint);

        one.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        two.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        one.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        two.send(CANCEL + "A");
        assertSilent(xpub);
        one.send(CANCEL + "A");
        one.send(CANCEL + "A");

        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "A");
        assertSilent(xpub);
    }

    @OverAllTransports
    void shouldShowEveryCancellationTooWhenVerboser(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = xpub(PublisherOptions.builder().verboser(true).build());
        final String endpoint = xpub.bind(medium.fresh());
        final XSubSocket one = xsub(endpoint);
        final XSubSocket two = xsub(endpoint);

        one.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        two.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        one.send(CANCEL + "A");
        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "A");
        two.send(CANCEL + "A");

        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "A");
        assertSilent(xpub);
    }

    @OverAllTransports
    void shouldLetTheApplicationDecideWhenManual(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = xpub(PublisherOptions.builder().manual(true).build());
        final String endpoint = xpub.bind(medium.fresh());
        final SubSocket sub = context.sub();
        sub.subscribe("A");
        sub.subscribe("XA");
        sub.connect(endpoint);

        assertThat(new String[] {receiveText(xpub), receiveText(xpub)})
                .containsExactlyInAnyOrder(SUBSCRIBE + "A", SUBSCRIBE + "XA");
        xpub.send("A0");
        assertThat(xpub.subscribePeer(bytes("XA"))).isTrue();
        xpub.send("A1");
        xpub.send("XA1");
        assertThat(receiveText(sub)).isEqualTo("XA1");
        sub.unsubscribe("A");
        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "A");
        assertThat(xpub.cancelPeer(bytes("XA"))).isTrue();
        xpub.send("XA2");

        assertSilent(sub);
    }

    @OverAllTransports
    void shouldShowWhatAPeerHadAskedForWhenItLeavesWhileManual(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = xpub(PublisherOptions.builder().manual(true).build());
        final SubSocket sub = context.sub();
        sub.subscribe("A");
        sub.connect(xpub.bind(medium.fresh()));
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        xpub.subscribePeer(bytes("other"));

        sub.close();

        assertThat(receiveText(xpub)).isEqualTo(CANCEL + "A");
        assertSilent(xpub);
    }

    @OverAllTransports
    void shouldGreetEachSubscriber(final Medium medium) throws InterruptedException {
        final XPubSocket xpub =
                xpub(PublisherOptions.builder().welcomeMessage(Message.of("W")).build());
        final String endpoint = xpub.bind(medium.fresh());
        for (int i = 0; i < 2; i++) {
            final SubSocket sub = context.sub();
            sub.subscribe("W");
            sub.connect(endpoint);
            assertThat(receiveText(sub)).isEqualTo("W");
        }
    }

    @OverAllTransports
    void shouldCarryMessagesUpstream(final Medium medium) throws InterruptedException {
        final XPubSocket xpub = context.xpub();
        final XSubSocket xsub = xsub(xpub.bind(medium.fresh()));
        awaitPeers(xpub, 1);

        assertThat(xsub.send("hello up there")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(xpub)).isEqualTo("hello up there");
        xsub.send(Message.of("two", "frames"));
        assertThat(receiveFrames(xpub)).containsExactly("two", "frames");
        xsub.send(SUBSCRIBE + "A");
        assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "A");
        xsub.send("");

        assertThat(receiveText(xpub)).isEmpty();
    }

    @OverAllTransports
    void shouldForwardSubscriptionsAndMessagesThroughAnXsubAndAnXpub(final Medium medium) throws Exception {
        final XSubSocket front = context.xsub();
        final XPubSocket back = context.xpub();
        final XPubSocket source = context.xpub();
        final SubSocket sub = context.sub();
        join(medium, front, source);
        sub.connect(back.bind(medium.fresh()));
        sub.subscribe("A");
        front.send(back.receiveMessage(LIMIT));
        assertThat(receiveText(source)).isEqualTo(SUBSCRIBE + "A");

        source.send(Message.of("A", "through"));
        back.send(front.receiveMessage(LIMIT));

        assertThat(receiveFrames(sub)).containsExactly("A", "through");
    }

    @OverAllTransports
    void shouldShowManySubscriptionsThoughNobodyReceivesForAWhile(final Medium medium) throws InterruptedException {
        final XPubSocket xpub =
                context.xpub(SocketOptions.builder().ringBytes(4096).build(), PublisherOptions.DEFAULTS);
        final SubSocket sub = context.sub();
        sub.connect(xpub.bind(medium.fresh()));
        awaitPeers(sub, 1);
        final int count = 3_000;
        for (int i = 0; i < count; i++) {
            sub.subscribe("topic" + i);
        }

        for (int i = 0; i < count; i++) {
            assertThat(receiveText(xpub)).isEqualTo(SUBSCRIBE + "topic" + i);
        }
        xpub.send("topic" + (count - 1));
        assertThat(receiveText(sub)).isEqualTo("topic" + (count - 1));
        sub.close();
        for (int i = 0; i < count; i++) {
            assertThat(receiveText(xpub)).startsWith(CANCEL + "topic");
        }
    }
}
