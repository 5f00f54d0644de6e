package io.sluicemq.durable.core;

import static io.sluicemq.durable.TestTopics.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.TestTopics;
import io.sluicemq.durable.TopicFilter;
import io.sluicemq.testkit.peers.MosquittoBroker;
import io.sluicemq.testkit.peers.PeerAssumptions;
import io.sluicemq.testkit.peers.RawMqttPeer;
import io.sluicemq.testkit.peers.RawMqttPeer.Packet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same filters and topics at a real broker: it and we must say the same. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class MosquittoDifferentialTest {
    private static final int FILTERS = Boolean.getBoolean("sluicemq.long") ? 100_000 : 10_000;
    private static final int TOPICS_OF_A_FILTER = 10;
    private static final int BATCH = 100;
    private static final int RETAINED_TOPICS = 2_000;
    private static final int RETAINED_FILTERS = 1_000;
    private static final int SYNTAX_TEXTS = 300;
    private static final int MAX_LEVELS = 6;
    private static final String[] LEVELS = {"a", "b", "c", "", "", "$x", "a b", "\u20ac\ud83d\ude00"};
    private static final String[] FILTER_LEVELS = {
        "a", "b", "c", "", "$x", "a b", "+", "+", "+", "#", "\u20ac\ud83d\ude00"
    };

    private final long seed = TestTopics.seed(MosquittoDifferentialTest.class);
    private final Random random = new Random(seed);

    @BeforeAll
    static void requireMosquitto() {
        PeerAssumptions.requireMosquitto();
    }

    @Test
    void shouldMatchAsTheBrokerDoes() {
        int matches = 0;
        final long startNs = System.nanoTime();
        try (MosquittoBroker broker = MosquittoBroker.start();
                RawMqttPeer peer = RawMqttPeer.connect(broker.port(), "differential")) {
            for (int done = 0; done < FILTERS; done += BATCH) {
                matches += compareBatch(peer);
            }
        }

        // Some must match and some must not, or this shows nothing.
        final int messages = FILTERS * TOPICS_OF_A_FILTER;
        assertThat(matches).isBetween(messages / 10, messages * 9 / 10);
        System.out.println("filters=" + FILTERS + " topics=" + messages + " matches=" + matches + " differences=0 ms="
                + (System.nanoTime() - startNs) / 1_000_000);
    }

    @Test
    void shouldFindRetainedMessagesAsTheBrokerDoes() {
        final List<String> topics = List.copyOf(randomTopics());
        final RetainedMessages retained = new RetainedMessages(RETAINED_TOPICS, Integer.MAX_VALUE);
        int matches = 0;
        try (MosquittoBroker broker = MosquittoBroker.start();
                RawMqttPeer peer = RawMqttPeer.connect(broker.port(), "differential")) {
            for (int i = 0; i < topics.size(); i++) {
                final DirectBuffer bytes = buffer(topics.get(i));
                retained.put(bytes, 0, bytes.capacity(), i, RetainedMessages.NEVER);
                peer.publish(topics.get(i), Integer.toString(i), true);
            }
            for (int i = 0; i < RETAINED_FILTERS; i++) {
                final String filter = TestTopics.randomFilter(random, MAX_LEVELS, FILTER_LEVELS);
                peer.subscribe(1, filter, 0);
                peer.unsubscribe(2, filter);
                peer.ping();
                peer.flush();
                final Set<String> received = new TreeSet<>();
                readUntilPong(peer).forEach(packet -> received.add(packet.payload()));
                final Set<String> found = new TreeSet<>();

                retained.walk(
                        RetainedCursor.matching(TopicFilter.of(filter)),
                        Integer.MAX_VALUE,
                        0,
                        (topic, length, index, expiryMs) -> found.add(Long.toString(index)));

                assertThat(found).as("seed=%d filter=%s", seed, filter).isEqualTo(received);
                matches += found.size();
            }
        }
        assertThat(matches).isGreaterThan(RETAINED_FILTERS);
    }

    @Test
    void shouldTakeAndRefuseFiltersAsTheBrokerDoes() {
        // Without $share: Mosquitto 2.0 takes shares that have no name or no filter, and not the plain filter $share.
        final String[] levels = {"a", "", "+", "#", "a+", "#b", "$x", "$share+", "++"};
        int refused = 0;
        try (MosquittoBroker broker = MosquittoBroker.start()) {
            for (int i = 0; i < SYNTAX_TEXTS; i++) {
                final String text = TestTopics.random(random, 4, levels);
                final boolean taken = isTaken(text);

                try (RawMqttPeer peer = RawMqttPeer.connect(broker.port(), "syntax")) {
                    peer.subscribe(1, text, 0);
                    peer.flush();
                    final Packet answer = peer.read();
                    final boolean takenThere =
                            answer != null && answer.type() == RawMqttPeer.SUBACK && answer.code() == 0;
                    assertThat(taken).as("seed=%d filter=%s", seed, text).isEqualTo(takenThere);
                }
                refused += taken ? 0 : 1;
            }
        }
        assertThat(refused).isBetween(SYNTAX_TEXTS / 10, SYNTAX_TEXTS * 9 / 10);
    }

    // Gives how many topics matched.
    private int compareBatch(final RawMqttPeer peer) {
        final SubscriptionIndex index = new SubscriptionIndex();
        final List<String> filters = new ArrayList<>();
        final List<String> topics = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            final String plain = TestTopics.randomFilter(random, MAX_LEVELS, FILTER_LEVELS);
            // Mosquitto 2.0 gives topics that begin with $ to no shared subscription; the standard does.
            final boolean shared = !plain.startsWith("$") && random.nextInt(8) == 0;
            final String filter = shared ? "$share/g/" + plain : plain;
            filters.add(filter);
            index.add(i, TopicFilter.of(plain), SubscriptionOptions.ofQos(0));
            peer.subscribe(1 + i, filter, 0);
            for (int at = 0; at < TOPICS_OF_A_FILTER; at++) {
                final String topic = random.nextBoolean() ? topicNear(plain) : randomTopic();
                peer.publish(topic, Integer.toString(topics.size()), false);
                topics.add(topic);
            }
            peer.unsubscribe(1 + i, filter);
        }
        peer.ping();
        peer.flush();
        final Set<Integer> received = new HashSet<>();
        readUntilPong(peer).forEach(packet -> received.add(Integer.valueOf(packet.payload())));
        for (int i = 0; i < topics.size(); i++) {
            compare(
                    index,
                    i / TOPICS_OF_A_FILTER,
                    filters.get(i / TOPICS_OF_A_FILTER),
                    topics.get(i),
                    received.contains(i));
        }
        return received.size();
    }

    private void compare(
            final SubscriptionIndex index,
            final int subscriber,
            final String filter,
            final String topic,
            final boolean received) {
        final DirectBuffer bytes = buffer(topic);
        final Set<Integer> found = new HashSet<>();
        index.match(
                bytes, 0, bytes.capacity(), SubscriptionIndex.NO_SUBSCRIBER, match -> found.add(match.subscriberId()));
        if (TestTopics.matches(TopicFilter.of(filter), topic) != received || found.contains(subscriber) != received) {
            throw new AssertionError("seed=" + seed + " filter=" + filter + " topic=" + topic + " broker=" + received
                    + " found=" + found);
        }
    }

    // The messages; everything else that may come is an acknowledgement.
    private List<Packet> readUntilPong(final RawMqttPeer peer) {
        final List<Packet> messages = new ArrayList<>();
        for (Packet packet = peer.read(); packet.type() != RawMqttPeer.PINGRESP; packet = peer.read()) {
            if (packet.type() == RawMqttPeer.PUBLISH) {
                messages.add(packet);
            } else {
                assertThat(packet.type()).as("seed=%d", seed).isIn(RawMqttPeer.SUBACK, RawMqttPeer.UNSUBACK);
                assertThat(packet.type() == RawMqttPeer.SUBACK ? packet.code() : 0)
                        .as("seed=%d", seed)
                        .isZero();
            }
        }
        return messages;
    }

    private Set<String> randomTopics() {
        final Set<String> topics = new TreeSet<>();
        while (topics.size() < RETAINED_TOPICS) {
            topics.add(randomTopic());
        }
        return topics;
    }

    private String randomTopic() {
        return TestTopics.random(random, MAX_LEVELS, LEVELS);
    }

    // A topic that the filter matches, or nearly.
    private String topicNear(final String filter) {
        final List<String> levels = new ArrayList<>();
        for (final String level : filter.split("/", -1)) {
            if (level.equals("#")) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    levels.add(LEVELS[random.nextInt(LEVELS.length)]);
                }
            } else if (level.equals("+") || random.nextInt(20) == 0) {
                levels.add(LEVELS[random.nextInt(LEVELS.length)]);
            } else {
                levels.add(level);
            }
        }
        final String topic = String.join("/", levels);
        return topic.isEmpty() ? "/" : topic;
    }

    private static boolean isTaken(final String text) {
        try {
            return TopicFilter.of(text).toString().equals(text);
        } catch (final IllegalArgumentException e) {
            return false;
        }
    }
}
