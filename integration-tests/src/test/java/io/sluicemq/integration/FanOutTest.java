package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SendResult;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher whose I/O agent serves the network subscribers, while a send is over at once. */
@Timeout(60)
class FanOutTest extends SocketTestBase {
    private static final PublisherOptions NO_DROP =
            PublisherOptions.builder().noDrop(true).build();
    private static final Duration LONG = Duration.ofSeconds(20);

    private SubSocket[] subscribe(
            final PubSocket pub, final String endpoint, final int count, final SocketOptions options)
            throws InterruptedException {
        final SubSocket[] subs = new SubSocket[count];
        for (int i = 0; i < count; i++) {
            subs[i] = context.sub(options, SubscriberOptions.DEFAULTS);
            subs[i].subscribe("");
            subs[i].connect(endpoint);
        }
        assertThat(pub.awaitSubscribers("", count, LONG)).isTrue();
        return subs;
    }

    private static String firstWrong(final SubSocket sub, final int from, final int to) throws InterruptedException {
        for (int i = from; i < to; i++) {
            final String text = receiveText(sub);
            if (!("n" + i).equals(text)) {
                return text + " instead of n" + i;
            }
        }
        return "";
    }

    @OverQuickNetworks
    void shouldReachAHundredSubscribersInOrderWithNoDrop(final Medium medium) throws Exception {
        final int count = 3_000;
        final PubSocket pub = context.pub(marks(50, 50), NO_DROP);
        final SubSocket[] subs = subscribe(pub, pub.bind(medium.fresh()), 100, marks(50, 50));
        final AtomicInteger sent = new AtomicInteger();
        final Future<Integer> sending = start(() -> {
            while (sent.get() < count && pub.send("n" + sent.get()) == SendResult.SENT) {
                sent.incrementAndGet();
            }
            return sent.get();
        });

        final int[] received = new int[subs.length];
        final AtomicReference<String> wrong = new AtomicReference<>();
        final int[] done = {0};
        Await.until(
                LONG,
                () -> {
                    for (int i = 0; i < subs.length; i++) {
                        final int sub = i;
                        subs[i].tryReceive(
                                (buffer, offset, length, more) -> {
                                    final String text = buffer.getStringWithoutLengthAscii(offset, length);
                                    if (!text.equals("n" + received[sub])) {
                                        wrong.compareAndSet(null, text + " instead of n" + received[sub]);
                                    }
                                    received[sub]++;
                                    done[0]++;
                                },
                                64);
                    }
                    return wrong.get() != null || done[0] == count * subs.length;
                },
                "all received");

        assertThat(wrong.get()).isNull();
        assertThat(get(sending)).isEqualTo(count);
        assertThat(pub.stats().dropped()).isEmpty();
        Await.until(LIMIT, () -> pub.stats().messagesSent() == (long) count * subs.length, "all counted as sent");
    }

    @OverQuickNetworks
    void shouldNotLetASlowSubscriberDisturbTheOthers(final Medium medium) throws Exception {
        final int count = 2_000;
        final PubSocket pub = context.pub(marks(20, 1), PublisherOptions.DEFAULTS);
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket slow = subscribe(pub, endpoint, 1, marks(1, 1))[0];
        final SubSocket quick = context.sub();
        quick.subscribe("");
        quick.connect(endpoint);
        assertThat(pub.awaitSubscribers("", 2, LIMIT)).isTrue();
        final byte[] body = new byte[30_000];

        for (int i = 0; i < count; i++) {
            pub.send(Message.of("n" + i).add(body));
            // One after the other, so that what is missing is missing for the slow one alone.
            assertThat(quick.receiveMessage(LIMIT).text(0)).isEqualTo("n" + i);
        }

        final long dropped = pub.stats().dropped(DropCause.HIGH_WATER_MARK);
        assertThat(dropped).isPositive();
        int received = 0;
        int last = -1;
        Message message = slow.receiveMessage(LIMIT);
        while (message != null) {
            final int number = Integer.parseInt(message.text(0).substring(1));
            assertThat(number).isGreaterThan(last);
            last = number;
            received++;
            message = slow.receiveMessage(MOMENT.multipliedBy(5));
        }
        assertThat(received + dropped).isEqualTo(count);
    }

    @OverNetworks
    void shouldServeSubscribersOfThisProcessAndOthersInOrder(final Medium medium) throws Exception {
        for (final boolean noDrop : new boolean[] {false, true}) {
            final int count = 900;
            final PubSocket pub = context.pub(
                    SocketOptions.DEFAULTS,
                    PublisherOptions.builder().noDrop(noDrop).build());
            final SubSocket far = subscribe(pub, pub.bind(medium.fresh()), 1, SocketOptions.DEFAULTS)[0];
            final SubSocket near = context.sub();
            near.subscribe("n");
            near.connect(pub.bind(Medium.INPROC.fresh()));
            assertThat(pub.awaitSubscribers("n", 2, LIMIT)).isTrue();

            for (int i = 0; i < count; i++) {
                assertThat(pub.send("n" + i)).isEqualTo(SendResult.SENT);
            }

            assertThat(firstWrong(near, 0, count)).isEmpty();
            assertThat(firstWrong(far, 0, count)).isEmpty();
            assertThat(pub.stats().dropped()).isEmpty();
            pub.close();
        }
    }

    @OverNetworks
    void shouldGiveEachSubscriberItsTopicsInOrder(final Medium medium) throws Exception {
        final int count = 900;
        final PubSocket pub = context.pub();
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket[] subs = new SubSocket[4];
        for (int i = 0; i < subs.length; i++) {
            subs[i] = context.sub();
            subs[i].subscribe(i == 3 ? "" : "t" + i);
            subs[i].connect(endpoint);
            assertThat(pub.awaitSubscribers("t" + Math.min(i, 2), 1, LIMIT)).isTrue();
        }
        assertThat(pub.awaitSubscribers("t0", 2, LIMIT)).isTrue();

        for (int i = 0; i < count; i++) {
            pub.send(Message.of("t" + i % 3, Integer.toString(i)));
        }

        for (int i = 0; i < count; i++) {
            assertThat(receiveFrames(subs[i % 3])).containsExactly("t" + i % 3, Integer.toString(i));
            assertThat(receiveFrames(subs[3])).containsExactly("t" + i % 3, Integer.toString(i));
        }
    }

    @OverQuickNetworks
    void shouldKeepTheOrderOfSmallAndLargeMessages(final Medium medium) throws Exception {
        final int[] sizes = {1, 300, 20_000, 60_000, 70_000, 100, 300_000, 5, 2_000_000, 7};
        final int rounds = 6;
        for (final boolean noDrop : new boolean[] {false, true}) {
            final PubSocket pub = context.pub(
                    SocketOptions.DEFAULTS,
                    PublisherOptions.builder().noDrop(noDrop).build());
            final SubSocket[] subs = subscribe(pub, pub.bind(medium.fresh()), 3, SocketOptions.DEFAULTS);
            final Future<Boolean> sending = start(() -> {
                for (int i = 0; i < rounds * sizes.length; i++) {
                    pub.send(Message.of("n" + i).add(new byte[sizes[i % sizes.length]]));
                }
                return true;
            });

            for (int i = 0; i < rounds * sizes.length; i++) {
                for (final SubSocket sub : subs) {
                    final Message message = sub.receiveMessage(LIMIT);
                    assertThat(message.text(0)).isEqualTo("n" + i);
                    assertThat(message.frame(1)).hasSize(sizes[i % sizes.length]);
                }
            }
            assertThat(get(sending)).isTrue();
            assertThat(pub.stats().dropped()).isEmpty();
            pub.close();
        }
    }

    @OverQuickNetworks
    void shouldWriteAMessageOnceHoweverManySubscribersThereAre(final Medium medium) throws Exception {
        final int mark = 7;
        try (Context invoked =
                Context.create(Medium.contextOptions().invoked(true).build())) {
            final PubSocket pub = invoked.pub(marks(mark, 1), NO_DROP);
            final SubSocket[] subs = subscribe(pub, pub.bind(medium.fresh()), 20, SocketOptions.DEFAULTS);

            // Nobody does the agent's work now, so what can be sent lies in the one ring.
            for (int i = 0; i < mark; i++) {
                assertThat(pub.trySend(Message.of("n" + i))).isEqualTo(SendResult.SENT);
            }
            assertThat(pub.trySend(Message.of("too many"))).isEqualTo(SendResult.BACK_PRESSURED);
            assertThat(pub.stats().messagesSent()).isZero();
            final long copies = (long) mark * subs.length;
            Await.until(
                    LIMIT,
                    () -> {
                        // Once, and again where each of them has rings of its own for lanes.
                        invoked.invoke();
                        return pub.stats().messagesSent() >= copies;
                    },
                    "all have gone");

            assertThat(pub.stats().messagesSent()).isEqualTo(copies);
            for (final SubSocket sub : subs) {
                assertThat(firstWrong(sub, 0, mark)).isEmpty();
            }
        }
    }

    @OverNetworks
    void shouldDoTheAgentsWorkWhileASendWaitsInAnInvokedContext(final Medium medium) throws Exception {
        final int count = 20_000;
        final SocketOptions small = SocketOptions.builder().ringBytes(4096).build();
        for (final PublisherOptions options : new PublisherOptions[] {PublisherOptions.DEFAULTS, NO_DROP}) {
            try (Context invoked =
                    Context.create(Medium.contextOptions().invoked(true).build())) {
                final PubSocket pub = invoked.pub(small, options);
                final SubSocket sub = subscribe(pub, pub.bind(medium.fresh()), 1, SocketOptions.DEFAULTS)[0];
                final Future<Long> receiving = start(() -> received(sub));

                for (int i = 0; i < count; i++) {
                    assertThat(pub.send(new byte[100])).isEqualTo(SendResult.SENT);
                }

                assertThat(pub.close(LIMIT)).isZero();
                assertThat(get(receiving) + pub.stats().dropped(DropCause.HIGH_WATER_MARK))
                        .isEqualTo(count);
                assertThat(options.noDrop() && !pub.stats().dropped().isEmpty()).isFalse();
            }
        }
    }

    /** Until the publisher is gone, and all that it had sent is here. */
    private static long received(final SubSocket sub) throws InterruptedException {
        int more = 1;
        while (more > 0 || sub.peers().stream().anyMatch(PeerInfo::connected)) {
            more = sub.receive((buffer, offset, length, hasMore) -> {}, 100, MOMENT);
        }
        return sub.stats().messagesReceived();
    }

    @OverNetworks
    void shouldDeliverWhatTheAgentHasNotLookedAtWhenTheSocketIsClosed(final Medium medium) throws Exception {
        try (Context invoked =
                Context.create(Medium.contextOptions().invoked(true).build())) {
            final PubSocket pub = invoked.pub();
            final SubSocket[] subs = subscribe(pub, pub.bind(medium.fresh()), 3, SocketOptions.DEFAULTS);
            for (int i = 0; i < 500; i++) {
                pub.send("n" + i);
            }
            assertThat(pub.stats().messagesSent()).isZero();

            assertThat(pub.close(LIMIT)).isZero();

            for (final SubSocket sub : subs) {
                assertThat(firstWrong(sub, 0, 500)).isEmpty();
            }
        }
    }

    @OverNetworks
    void shouldCountForEachSubscriberWhatACloseLeftBehind(final Medium medium) throws Exception {
        final PubSocket pub = context.pub(marks(10, 1), NO_DROP);
        final SubSocket[] subs = subscribe(pub, pub.bind(medium.fresh()), 2, marks(1, 1));
        int sent = 0;
        while (pub.send(Message.of(new byte[60_000]), MOMENT) == SendResult.SENT) {
            sent++;
        }

        final long left = pub.close(MOMENT);

        assertThat(left).isPositive();
        assertThat(pub.stats().dropped(DropCause.LINGER_EXPIRED)).isEqualTo(left);
        long received = 0;
        for (final SubSocket sub : subs) {
            received += received(sub);
        }
        final long counted = pub.stats().dropped().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        // What the kernels held then may have arrived, or not.
        final long unknown = pub.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN);
        assertThat(received + counted).isBetween(2L * sent, 2L * sent + unknown);
    }

    @OverNetworks
    void shouldDeliverWhatWasSentBeforeADisconnect(final Medium medium) throws Exception {
        final int count = 300;
        final SubSocket sub = context.sub();
        sub.subscribe("");
        final String endpoint = sub.bind(medium.fresh());
        final PubSocket pub = context.pub();
        pub.connect(endpoint);
        assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
        for (int i = 0; i < count; i++) {
            pub.send("n" + i);
        }

        pub.disconnect(endpoint);

        assertThat(firstWrong(sub, 0, count)).isEmpty();
    }

    @OverNetworks
    void shouldGoOnWhenASubscriberThatWasWaitedForIsGone(final Medium medium) throws Exception {
        final PubSocket pub = context.pub(marks(5, 1), NO_DROP);
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket stuck = subscribe(pub, endpoint, 1, marks(1, 1))[0];
        while (pub.send(Message.of(new byte[60_000]), MOMENT) == SendResult.SENT) {
            // Until it is full.
        }
        final Future<SendResult> waiting = start(() -> pub.send("on"));

        stuck.close(Duration.ZERO);

        assertThat(get(waiting)).isEqualTo(SendResult.SENT);
        final SubSocket other = context.sub();
        other.subscribe("later");
        other.connect(endpoint);
        assertThat(pub.awaitSubscribers("later", 1, LIMIT)).isTrue();
        assertThat(pub.send("later")).isEqualTo(SendResult.SENT);
        assertThat(receiveText(other)).isEqualTo("later");
    }

    @OverNetworks
    void shouldNotWaitForItselfWhenACallbackSends(final Medium medium) throws Exception {
        final int count = 5_000;
        final AtomicReference<PubSocket> publisher = new AtomicReference<>();
        final AtomicInteger sent = new AtomicInteger();
        final SocketListener sending = new SocketListener() {
            @Override
            public void onConnected(final PeerInfo peer) {
                final PubSocket pub = publisher.get();
                for (int i = 0; pub != null && pub.peers().size() == 2 && i < count; i++) {
                    sent.addAndGet(pub.trySend(Message.of("n" + i)) == SendResult.SENT ? 1 : 0);
                }
            }
        };
        final PubSocket pub = context.pub(
                SocketOptions.builder().ringBytes(4096).listener(sending).build(), PublisherOptions.DEFAULTS);
        final String endpoint = pub.bind(medium.fresh());
        final SubSocket sub = subscribe(pub, endpoint, 1, SocketOptions.DEFAULTS)[0];
        publisher.set(pub);
        final SubSocket trigger = context.sub();
        trigger.connect(endpoint);
        final Future<Long> receiving = start(() -> received(sub));

        Await.until(LIMIT, () -> sent.get() == count, "all sent");
        pub.close(LIMIT);

        assertThat(get(receiving)).isPositive();
        assertThat(sub.stats().messagesReceived() + pub.stats().dropped(DropCause.HIGH_WATER_MARK))
                .isEqualTo(count);
    }

    @Test
    void shouldTakeManyThreads() throws Exception {
        final int count = 5_000;
        final PubSocket pub = context.pub(SocketOptions.DEFAULTS, NO_DROP);
        final SubSocket sub = subscribe(pub, pub.bind(Medium.TCP.fresh()), 1, SocketOptions.DEFAULTS)[0];
        final List<Future<Integer>> sending = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final String name = Integer.toString(i);
            sending.add(start(() -> {
                int number = 0;
                while (number < count && pub.send(Message.of(name, Integer.toString(number))) == SendResult.SENT) {
                    number++;
                }
                return number;
            }));
        }

        final int[] next = new int[3];
        for (int i = 0; i < 3 * count; i++) {
            final Message message = sub.receiveMessage(LIMIT);
            final int thread = Integer.parseInt(message.text(0));
            assertThat(message.text(1)).isEqualTo(Integer.toString(next[thread]++));
        }
        for (final Future<Integer> each : sending) {
            assertThat(get(each)).isEqualTo(count);
        }
    }
}
