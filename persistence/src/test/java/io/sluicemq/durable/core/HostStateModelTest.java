package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.PublishOptions;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random changes of what a host keeps, then a close or a kill, again and again, over segments that come and go: sessions, their
 * subscriptions and the retained messages are what a model in memory says.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
final class HostStateModelTest {
    private static final int LIVES = Boolean.getBoolean("sluicemq.long") ? 300 : 8;
    private static final int MAX_OPERATIONS = 150;
    private static final int NAMES = 6;
    private static final int TOPICS = 40;
    private static final int MAX_PAYLOAD_BYTES = 3_000;
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int MAX_SESSIONS = 5;

    @TempDir
    private Path folder;

    private final Random random = new Random(Seed.next("host state model"));
    private final Map<String, ModelSession> sessions = new TreeMap<>();
    private final Map<String, String> retained = new TreeMap<>();
    private final ExpandableArrayBuffer message = new ExpandableArrayBuffer();
    private Journal journal;
    private HostState state;
    private HostLog log;
    private Path directory;

    /** As it should be. */
    private static final class ModelSession {
        private final int number;
        private final long expirySeconds;
        private final Map<String, SubscriptionOptions> subscriptions = new TreeMap<>();
        private long position;

        ModelSession(final int number, final long expirySeconds, final long position) {
            this.number = number;
            this.expirySeconds = expirySeconds;
            this.position = position;
        }
    }

    private void open(final Path at) {
        directory = at;
        state = new HostState(MAX_SESSIONS, 1 << 20, "");
        journal = Journal.open(
                at,
                JournalOptions.builder()
                        .segmentBytes(SEGMENT_BYTES)
                        .minFreeBytes(0)
                        .retainBytes(0)
                        .checkpoint(state)
                        .build());
        final long[] last = {0};
        journal.recover(state);
        try (var reader = journal.reader()) {
            reader.seekEnd();
            last[0] = reader.position() - 1;
        }
        log = new HostLog(journal, last[0]);
        state.start(log, 0);
    }

    @Test
    void shouldBeWhatAModelSaysAfterEachDeath() throws IOException {
        open(folder.resolve("life0"));
        for (int life = 1; life <= LIVES; life++) {
            for (int operation = random.nextInt(MAX_OPERATIONS); operation > 0; operation--) {
                operate();
            }
            final Path next = folder.resolve("life" + life);
            if (random.nextBoolean()) {
                journal.close();
            }
            copy(directory, next);
            journal.close();
            open(next);
            compare();
        }
        journal.close();
    }

    private static void copy(final Path from, final Path to) throws IOException {
        final List<Path> paths;
        try (Stream<Path> walk = Files.walk(from)) {
            paths = walk.toList();
        }
        for (final Path path : paths) {
            Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
    }

    private void operate() {
        final String name = "name" + random.nextInt(NAMES);
        final ModelSession session = sessions.get(name);
        switch (random.nextInt(10)) {
            case 0 -> openOrEnd(name, session);
            case 1, 2 -> subscribe(name, session);
            case 3 -> unsubscribe(name, session);
            case 4 -> move();
            default -> publish();
        }
    }

    private void openOrEnd(final String name, final ModelSession session) {
        if (session == null) {
            final long expirySeconds = 1L + random.nextInt(1_000);
            final HostedSession opened = state.open(name, expirySeconds);
            assertThat(opened == null).isEqualTo(sessions.size() == MAX_SESSIONS);
            if (opened != null) {
                opened.endsAtEpochMs = Long.MAX_VALUE;
                assertThat(state.write(opened)).isTrue();
                sessions.put(name, new ModelSession(opened.number, expirySeconds, opened.progress.position()));
            }
        } else if (random.nextInt(3) == 0) {
            state.end(state.find(name));
            sessions.remove(name);
        }
    }

    private String filter() {
        final int topic = random.nextInt(TOPICS);
        return switch (random.nextInt(3)) {
            case 0 -> "t/" + topic;
            case 1 -> "t/+/" + topic;
            default -> "t/" + topic + "/#";
        };
    }

    private void subscribe(final String name, final ModelSession session) {
        if (session != null) {
            final SubscriptionOptions options = new SubscriptionOptions(
                    random.nextInt(3),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3),
                    random.nextInt(9));
            final String filter = filter();
            final int code = state.subscribe(
                    state.find(name),
                    new Subscribe(
                            1,
                            options.maxQos(),
                            options.noLocal(),
                            options.retainAsPublished(),
                            options.retainHandling(),
                            options.subscriptionId(),
                            filter));
            assertThat(code).isEqualTo(options.maxQos());
            session.subscriptions.put(filter, options);
        }
    }

    private void unsubscribe(final String name, final ModelSession session) {
        if (session != null) {
            final List<String> filters = new ArrayList<>(session.subscriptions.keySet());
            final String filter = filters.isEmpty() ? "t/none" : filters.get(random.nextInt(filters.size()));
            assertThat(state.unsubscribe(state.find(name), filter))
                    .isEqualTo(filters.isEmpty() ? Reasons.NO_SUBSCRIPTION_EXISTED : Reasons.SUCCESS);
            session.subscriptions.remove(filter);
        }
    }

    /** All are live, and have what there is. */
    private void move() {
        final long liveIndex = log.lastIndex() + 1;
        sessions.forEach((name, session) -> {
            state.find(name).live = true;
            session.position = liveIndex;
        });
        state.writePositions(liveIndex);
    }

    /** Retained, in the place of another, or taken out; or just a message, so that segments fill. */
    private void publish() {
        final String topic = "t/" + random.nextInt(TOPICS);
        final boolean retain = random.nextBoolean();
        final String payload = random.nextInt(4) == 0 ? "" : "p".repeat(1 + random.nextInt(MAX_PAYLOAD_BYTES));
        final int flags = random.nextInt(3) | (retain ? Published.RETAIN : 0);
        final int at = Published.put(message, 0, flags, 0, topic, PublishOptions.DEFAULTS);
        final int length = at + message.putStringWithoutLengthAscii(at, payload);
        assertThat(log.batch.add(HostRecord.PUBLISHED, message, 0, length)).isTrue();
        final long index = log.appendPublished(false);
        assertThat(index).isPositive();
        if (retain) {
            state.retained.apply(index, 0, message, 0, length);
            if (payload.isEmpty()) {
                retained.remove(topic);
            } else {
                retained.put(topic, payload);
            }
        }
    }

    private void compare() {
        assertThat(state.sessions())
                .extracting(session -> session.name)
                .containsExactlyInAnyOrderElementsOf(sessions.keySet());
        sessions.forEach((name, model) -> {
            final HostedSession found = state.find(name);
            assertThat(found.number).isEqualTo(model.number);
            assertThat(found.expirySeconds).isEqualTo(model.expirySeconds);
            assertThat(found.endsAtEpochMs).isEqualTo(Long.MAX_VALUE);
            assertThat(found.progress.position()).as(name).isEqualTo(model.position);
            final Map<String, SubscriptionOptions> subscriptions = new TreeMap<>();
            found.subscriptions.forEach((filter, each) -> subscriptions.put(filter.toString(), each.options));
            assertThat(subscriptions).isEqualTo(model.subscriptions);
        });
        final Map<String, String> kept = new HashMap<>();
        state.retained.write((type, buffer, offset, length) -> read(buffer, offset, length, kept));
        assertThat(kept.equals(retained))
                .as("retained=%d, model=%d", kept.size(), retained.size())
                .isTrue();
    }

    private static void read(
            final DirectBuffer buffer, final int offset, final int length, final Map<String, String> kept) {
        final int body = offset + Byte.BYTES + 2 * Long.BYTES;
        final Published published = new Published().wrap(buffer, body, offset + length - body);
        final String topic = buffer.getStringWithoutLengthAscii(published.topicAt(), published.topicBytes());
        final int payload = published.topicAt() + published.topicBytes() + Integer.BYTES;
        final byte[] bytes = new byte[offset + length - payload];
        buffer.getBytes(payload, bytes);
        kept.put(topic, new String(bytes, StandardCharsets.US_ASCII));
    }
}
