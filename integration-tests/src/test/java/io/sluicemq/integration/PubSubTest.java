package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PubSubTest extends SocketTestBase {

    private static void awaitSubscribers(final PubSocket pub, final String topic, final int count)
            throws InterruptedException {
        assertThat(pub.awaitSubscribers(topic, count, LIMIT))
                .as("%d subscribers of %s", count, topic)
                .isTrue();
    }

    private SubSocket subscriber(final String endpoint, final String... prefixes) {
        final SubSocket sub = context.sub();
        for (final String prefix : prefixes) {
            sub.subscribe(prefix);
        }
        sub.connect(endpoint);
        return sub;
    }

    @OverAllTransports
    void shouldDeliverWhatAPrefixMatches(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = subscriber(pub.bind(medium.fresh()), "ab", "x");
        awaitSubscribers(pub, "ab", 1);
        awaitSubscribers(pub, "x", 1);

        for (final String topic : new String[] {"a", "ab", "abc", "b", "x", "xyz", "", "Ab", "end"}) {
            assertThat(pub.send(topic)).isEqualTo(SendResult.SENT);
        }
        pub.send(Message.of("abend", "only the first frame counts"));
        pub.send(Message.of("no", "ab"));
        pub.send("x last");

        assertThat(receiveText(sub)).isEqualTo("ab");
        assertThat(receiveText(sub)).isEqualTo("abc");
        assertThat(receiveText(sub)).isEqualTo("x");
        assertThat(receiveText(sub)).isEqualTo("xyz");
        assertThat(receiveFrames(sub)).containsExactly("abend", "only the first frame counts");
        assertThat(receiveText(sub)).isEqualTo("x last");
        assertSilent(sub);
    }

    @OverAllTransports
    void shouldDeliverEverythingForTheEmptyPrefix(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = subscriber(pub.bind(medium.fresh()), "");
        awaitSubscribers(pub, "anything", 1);

        pub.send("");
        pub.send("a");

        assertThat(receiveText(sub)).isEmpty();
        assertThat(receiveText(sub)).isEqualTo("a");
    }

    @OverAllTransports
    void shouldDeliverOnceThoughSeveralPrefixesMatch(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = subscriber(pub.bind(medium.fresh()), "", "a", "ab", "abc");
        awaitSubscribers(pub, "z", 1);
        awaitSubscribers(pub, "abc", 1);

        pub.send("abcd");
        pub.send("z");

        assertThat(receiveText(sub)).isEqualTo("abcd");
        assertThat(receiveText(sub)).isEqualTo("z");
        assertSilent(sub);
    }

    @OverAllTransports
    void shouldDeliverToEverySubscriber(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket[] subs = new SubSocket[5];
        for (int i = 0; i < subs.length; i++) {
            subs[i] = subscriber(endpoint, "t", "only" + i);
        }
        awaitSubscribers(pub, "t", subs.length);
        awaitSubscribers(pub, "only3", 1);

        pub.send("only3");
        pub.send("t");

        for (int i = 0; i < subs.length; i++) {
            if (i == 3) {
                assertThat(receiveText(subs[i])).isEqualTo("only3");
            }
            assertThat(receiveText(subs[i])).isEqualTo("t");
        }
    }

    @OverAllTransports
    void shouldCountSubscriptionsToOnePrefix(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = subscriber(pub.bind(medium.fresh()), "a", "a");
        awaitSubscribers(pub, "a", 1);

        sub.unsubscribe("a");
        sub.subscribe("b");
        awaitSubscribers(pub, "b", 1);
        pub.send("a1");
        assertThat(receiveText(sub)).isEqualTo("a1");
        sub.unsubscribe("a");
        sub.subscribe("c");
        awaitSubscribers(pub, "c", 1);
        pub.send("a2");
        pub.send("c");

        assertThat(receiveText(sub)).isEqualTo("c");
        assertSilent(sub);
    }

    @OverAllTransports
    void shouldIgnoreAnUnsubscribeOfWhatWasNotSubscribed(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = subscriber(pub.bind(medium.fresh()), "a");
        sub.unsubscribe("ab");
        sub.unsubscribe("");
        awaitSubscribers(pub, "a", 1);

        pub.send("ab");

        assertThat(receiveText(sub)).isEqualTo("ab");
    }

    @OverAllTransports
    void shouldSendNothingToALateSubscriberOfWhatWasBefore(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final String endpoint = pub.bind(medium.fresh());
        assertThat(pub.send("missed")).isEqualTo(SendResult.SENT);
        assertThat(pub.awaitSubscribers("m", 1, MOMENT)).isFalse();

        final SubSocket sub = subscriber(endpoint, "");
        awaitSubscribers(pub, "m", 1);
        pub.send("seen");

        assertThat(receiveText(sub)).isEqualTo("seen");
    }

    @OverAllTransports
    void shouldSubscribeWhereThePublisherConnects(final Medium medium) throws InterruptedException {
        final SubSocket sub = context.sub();
        final String endpoint = sub.bind(medium.fresh());
        sub.subscribe("a");
        final PubSocket[] pubs = {context.pub(), context.pub()};
        for (final PubSocket pub : pubs) {
            pub.connect(endpoint);
            awaitSubscribers(pub, "a", 1);
        }

        pubs[0].send("a0");
        assertThat(receiveText(sub)).isEqualTo("a0");
        pubs[1].send("a1");
        assertThat(receiveText(sub)).isEqualTo("a1");
        sub.subscribe("b");
        awaitSubscribers(pubs[0], "b", 1);
        pubs[0].send("b0");
        assertThat(receiveText(sub)).isEqualTo("b0");
    }

    @OverAllTransports
    void shouldForgetASubscriberThatIsGone(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket gone = subscriber(endpoint, "a");
        final SubSocket stays = subscriber(endpoint, "a");
        awaitSubscribers(pub, "a", 2);
        gone.close();
        Await.until(LIMIT, () -> pub.peers().size() == 1, "one left");

        assertThat(pub.awaitSubscribers("a", 2, Duration.ZERO)).isFalse();
        pub.send("a");

        assertThat(receiveText(stays)).isEqualTo("a");
        assertThat(pub.stats().dropped()).isEmpty();
    }

    @OverNetworks
    void shouldSubscribeAgainAfterAReconnect(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub();
        final SubSocket sub = context.sub(
                SocketOptions.builder()
                        .reconnect(Duration.ofMillis(10), Duration.ZERO)
                        .build(),
                SubscriberOptions.DEFAULTS);
        sub.subscribe("a");
        sub.subscribe("b");
        sub.connect(pub.bind(medium.fresh()));
        awaitSubscribers(pub, "a", 1);
        final int before = pub.peers().get(0).id();
        sub.unsubscribe("b");

        pub.disconnectPeer(before);
        Await.until(LIMIT, () -> pub.peers().stream().anyMatch(peer -> peer.id() != before), "reconnected");
        awaitSubscribers(pub, "a", 1);
        pub.send("b");
        pub.send("a");

        assertThat(receiveText(sub)).isEqualTo("a");
    }

    @OverAllTransports
    void shouldDropForAFullSubscriberAndCountIt(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub(marks(10, 10), PublisherOptions.DEFAULTS);
        final SubSocket sub = context.sub(marks(10, 10), SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        sub.connect(pub.bind(medium.fresh()));
        awaitSubscribers(pub, "", 1);

        final int count = 400;
        final byte[] body = new byte[60_000];
        for (int i = 0; i < count; i++) {
            assertThat(pub.send(body)).isEqualTo(SendResult.SENT);
        }

        int received = 0;
        while (sub.receiveMessage(MOMENT.multipliedBy(5)) != null) {
            received++;
        }
        final long dropped = pub.stats().dropped(DropCause.HIGH_WATER_MARK);
        assertThat(received).isGreaterThanOrEqualTo(10);
        assertThat(dropped).isPositive();
        assertThat(received + dropped).isEqualTo(count);
    }

    @OverAllTransports
    void shouldLoseNothingWithNoDrop(final Medium medium) throws Exception {
        final PubSocket pub = context.pub(
                marks(10, 10), PublisherOptions.builder().noDrop(true).build());
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket[] subs = new SubSocket[2];
        for (int i = 0; i < subs.length; i++) {
            subs[i] = context.sub(marks(10, 10), SubscriberOptions.DEFAULTS);
            subs[i].subscribe("");
            subs[i].connect(endpoint);
        }
        awaitSubscribers(pub, "", subs.length);
        int sent = 0;
        while (pub.send(Message.of("n" + sent).add(new byte[60_000]), MOMENT) == SendResult.SENT) {
            sent++;
        }
        assertThat(pub.trySend(Message.of("x").add(new byte[60_000]))).isEqualTo(SendResult.BACK_PRESSURED);

        final int first = sent;
        final Future<Integer> sending = start(() -> {
            int more = first;
            while (more < first + 100 && pub.send("n" + more) == SendResult.SENT) {
                more++;
            }
            return more;
        });
        final Future<String> other = start(() -> receiveAll(subs[1], first + 100));

        assertThat(receiveAll(subs[0], first + 100)).isEmpty();
        assertThat(get(other)).isEmpty();
        assertThat(get(sending)).isEqualTo(first + 100);
        assertThat(pub.stats().dropped()).isEmpty();
    }

    private static String receiveAll(final SubSocket sub, final int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            final String text = receiveText(sub);
            if (!("n" + i).equals(text)) {
                return text + " instead of " + i;
            }
        }
        return "";
    }

    @OverAllTransports
    void shouldDeliverWhatDoesNotMatchWithInvertedMatching(final Medium medium) throws InterruptedException {
        final PubSocket pub = context.pub(
                SocketOptions.DEFAULTS,
                PublisherOptions.builder().invertMatching(true).build());
        final SubSocket sub = context.sub(
                SocketOptions.DEFAULTS,
                SubscriberOptions.builder().invertMatching(true).build());
        sub.subscribe("a");
        sub.connect(pub.bind(medium.fresh()));
        awaitPeers(sub, 1);
        awaitSubscribers(pub, "b", 1);
        Await.until(LIMIT, () -> pub.trySend(Message.of("a")) == SendResult.SENT, "sent");

        pub.send("b");
        pub.send("ab");
        pub.send("ba");

        assertThat(receiveText(sub)).isEqualTo("b");
        assertThat(receiveText(sub)).isEqualTo("ba");
        assertSilent(sub);
    }

    @OverAllTransports
    void shouldKeepTheOrderForEachOfSeveralSubscribers(final Medium medium) throws Exception {
        final PubSocket pub = context.pub(
                SocketOptions.DEFAULTS, PublisherOptions.builder().noDrop(true).build());
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket all = subscriber(endpoint, "");
        final SubSocket some = subscriber(endpoint, "n1");
        awaitSubscribers(pub, "n1", 2);
        final int count = 2_000;
        final Future<Integer> sending = start(() -> {
            int sent = 0;
            while (sent < count && pub.send("n" + sent) == SendResult.SENT) {
                sent++;
            }
            return sent;
        });

        assertThat(receiveAll(all, count)).isEmpty();
        for (int i = 0; i < count; i++) {
            if (("n" + i).startsWith("n1")) {
                assertThat(receiveText(some)).isEqualTo("n" + i);
            }
        }
        assertThat(get(sending)).isEqualTo(count);
    }
}
