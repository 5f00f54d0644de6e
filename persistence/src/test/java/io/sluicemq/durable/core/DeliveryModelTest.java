package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.core.HostSession.Decision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Host and subscriber joined by queues that break at any moment, either of which may die at any moment and come back with what was
 * durable. At the end each message must have come, those of QoS 2 once.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
final class DeliveryModelTest {
    private static final int MESSAGES = 400;
    private static final int ROUNDS = Boolean.getBoolean("sluicemq.long") ? 3_000 : 100;
    private static final int STEPS_BEFORE_CALM = 6_000;

    record Sent(long index, long previous, int qos, boolean again) {}

    record Word(long storedUpTo, Progress processed) {}

    /** One run of the model. */
    private static final class Run {
        private final Random random;
        private final boolean dying;
        private final int receiveMaximum;

        /** QoS of each record of the log; those of others (QoS -1) do not match. */
        private final Map<Long, Integer> log = new HashMap<>();

        private final long lastIndex;
        private final ArrayDeque<Sent> toSubscriber = new ArrayDeque<>();
        private final ArrayDeque<Word> toHost = new ArrayDeque<>();

        private HostSession host;
        private long durablePosition = 1;
        private boolean joined;

        private SubscriberProgress subscriber = new SubscriberProgress();
        private final ReceiveWindow window;
        private final List<Long> inbox = new ArrayList<>();
        private final List<long[]> acknowledged = new ArrayList<>();
        private final List<Long> held = new ArrayList<>();
        private final Map<Long, Integer> handedOver = new HashMap<>();
        private long lastHandedOver;
        private boolean broken;

        Run(final Random random, final boolean dying) {
            this.random = random;
            this.dying = dying;
            receiveMaximum = 1 + random.nextInt(20);
            window = new ReceiveWindow(receiveMaximum);
            long index = 0;
            for (int i = 0; i < MESSAGES; i++) {
                index += 1 + random.nextInt(3);
                log.put(index, random.nextInt(4) - 1);
            }
            lastIndex = index;
            host = new HostSession(1, 0);
        }

        void go() {
            for (int step = 0; step < STEPS_BEFORE_CALM; step++) {
                step(dying && random.nextInt(100) == 0);
            }
            for (int step = 0; step < 100_000 && !isDone(); step++) {
                step(false);
            }
            assertThat(isDone()).as("all came").isTrue();
        }

        private boolean isDone() {
            return host.position() > lastIndex && held.isEmpty();
        }

        private void step(final boolean trouble) {
            if (trouble) {
                switch (random.nextInt(3)) {
                    case 0 -> breakConnection();
                    case 1 -> killHost();
                    default -> killSubscriber();
                }
            } else if (!joined) {
                join();
            } else {
                switch (random.nextInt(5)) {
                    case 0 -> send();
                    case 1 -> receive();
                    case 2 -> hear();
                    case 3 -> acknowledge();
                    default -> durablePosition = random.nextInt(10) == 0 ? host.position() : durablePosition;
                }
            }
        }

        private void join() {
            toSubscriber.clear();
            toHost.clear();
            host.onResume(subscriber.resume(0), receiveMaximum);
            window.begin();
            joined = true;
        }

        private void breakConnection() {
            joined = false;
            broken = true;
            host.onDisconnected();
        }

        private void killHost() {
            breakConnection();
            host = new HostSession(durablePosition, lastIndex);
        }

        private void killSubscriber() {
            breakConnection();
            subscriber = new SubscriberProgress();
            inbox.forEach(subscriber::recoverStored);
            acknowledged.forEach(each -> subscriber.recoverProcessed(each[0], each[1]));
            held.clear();
            lastHandedOver = 0;
        }

        private void send() {
            while (host.hasRoom() && host.cursor() <= lastIndex && random.nextInt(8) != 0) {
                final long index = host.cursor();
                final int qos = log.getOrDefault(index, -1);
                final Decision decision = qos <= 0 ? Decision.SKIP : host.decide(index, qos);
                if (decision == Decision.SKIP) {
                    host.onPassed(index + 1);
                } else {
                    toSubscriber.add(new Sent(index, host.previous(), qos, decision == Decision.SEND_AGAIN));
                    host.onSent(index, qos);
                }
            }
        }

        private void receive() {
            long stored = 0;
            while (!toSubscriber.isEmpty() && random.nextInt(8) != 0) {
                final Sent sent = toSubscriber.poll();
                switch (subscriber.onDelivery(sent.index, sent.previous, sent.qos)) {
                    case STORE -> {
                        mayCome(sent);
                        inbox.add(sent.index);
                        stored = sent.index;
                    }
                    case HAND_OVER -> handOver(sent);
                    case DUPLICATE ->
                        assertThat(sent.again).as("duplicate is marked").isTrue();
                    case GAP -> throw new AssertionError("gap before " + sent);
                }
            }
            if (stored > 0) {
                subscriber.onStored(stored);
            }
            tell();
        }

        private void mayCome(final Sent sent) {
            assertThat(window.add(sent.index, sent.qos))
                    .as("no more than the receive maximum")
                    .isTrue();
        }

        private void tell() {
            final Word word = new Word(subscriber.storedUpTo(), subscriber.progress(0));
            toHost.add(word);
            window.onStored(word.storedUpTo);
            window.onProcessed(word.processed);
        }

        private void handOver(final Sent sent) {
            mayCome(sent);
            assertThat(sent.index).as("in order").isGreaterThan(lastHandedOver);
            lastHandedOver = sent.index;
            held.add(sent.index);
            final int times = handedOver.merge(sent.index, 1, Integer::sum);
            if (times > 1) {
                assertThat(sent.again).as("handed over again is marked").isTrue();
            } else if (!broken) {
                assertThat(sent.again).as("first one is not marked").isFalse();
            }
        }

        private void hear() {
            while (!toHost.isEmpty() && random.nextInt(8) != 0) {
                final Word word = toHost.poll();
                host.onStored(word.storedUpTo);
                host.onProcessed(word.processed);
            }
        }

        private void acknowledge() {
            if (!held.isEmpty()) {
                final long index = held.remove(random.nextInt(held.size()));
                assertThat(subscriber.onProcessed(index)).isTrue();
                acknowledged.add(new long[] {index, subscriber.processedUpTo()});
                tell();
            }
        }

        void check() {
            final List<Long> exactlyOnce = log.keySet().stream()
                    .filter(index -> log.get(index) == Qos.EXACTLY_ONCE)
                    .sorted()
                    .toList();
            assertThat(inbox).as("inbox").isEqualTo(exactlyOnce);
            log.forEach((index, qos) -> {
                if (qos == Qos.AT_LEAST_ONCE) {
                    assertThat(handedOver).as("handed over").containsKey(index);
                    assertThat(acknowledged.stream()
                                    .filter(each -> each[0] == index)
                                    .count())
                            .as("acknowledged index=%d", index)
                            .isEqualTo(1);
                } else {
                    assertThat(handedOver).doesNotContainKey(index);
                }
            });
            if (!broken) {
                assertThat(handedOver.values()).allMatch(times -> times == 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDeliverAllAndThoseOfQos2Once(final boolean dying) {
        for (int i = 0; i < ROUNDS; i++) {
            final long seed = ThreadLocalRandom.current().nextLong();
            final Run run = new Run(new Random(seed), dying);
            try {
                run.go();
                run.check();
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
    }
}
