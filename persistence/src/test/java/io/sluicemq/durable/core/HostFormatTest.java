package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalException;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What journals a host takes for its own: its version's, those from before logs said what they are, and no others. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class HostFormatTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ENDPOINT = "inproc://format";

    @TempDir
    private Path folder;

    private Context context;

    @BeforeEach
    void open() {
        context = Context.create();
    }

    @AfterEach
    void close() {
        context.close();
    }

    private static JournalOptions.Builder journal() {
        return JournalOptions.builder().segmentBytes(1 << 20).compressAboveBytes(0);
    }

    private DurablePublisher openPublisher() {
        final DurablePublisher publisher = DurablePublisher.open(
                context,
                folder,
                DurablePublisherOptions.builder().journal(journal()).build());
        publisher.bind(ENDPOINT);
        return publisher;
    }

    private static void append(final Journal journal, final WireOutput record) {
        journal.append(record.buffer().getByte(0), record.buffer(), 0, record.length());
    }

    private List<Integer> types() {
        final List<Integer> types = new ArrayList<>();
        try (Journal journal = Journal.open(folder, journal().build())) {
            journal.recover((index, epochNs, type, buffer, offset, length) -> types.add(type));
        }
        return types;
    }

    private void assertRefused(final String... texts) {
        final List<Integer> before = types();
        assertThatThrownBy(this::openPublisher)
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContainingAll(texts);
        assertThat(types()).as("nothing is written").isEqualTo(before);
    }

    @Test
    void shouldSayInTheFirstRecordWhatTheLogIs() throws InterruptedException {
        try (DurablePublisher publisher = openPublisher()) {
            assertThat(publisher.publish("a", "x", PublishOptions.DEFAULTS).outcome())
                    .isEqualTo(PublishOutcome.PUBLISHED);
        }
        openPublisher().close();

        assertThat(types()).startsWith(HostRecord.HOST, HostRecord.PUBLISHED).containsOnlyOnce(HostRecord.HOST);
    }

    private static void appendPublished(final Journal journal, final int flags, final String topic) {
        final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
        final int payloadAt = Published.put(body, 0, flags, 0, topic, PublishOptions.DEFAULTS);
        body.putByte(payloadAt, (byte) 'x');
        journal.append(HostRecord.PUBLISHED, body, 0, payloadAt + 1);
    }

    @Test
    void shouldReadALogFromBeforeLogsSaidWhatTheyAre() throws InterruptedException {
        try (Journal journal = Journal.open(folder, journal().build())) {
            append(
                    journal,
                    new WireOutput()
                            .begin(HostRecord.SESSION)
                            .u32(1)
                            .u32(Hello.NEVER)
                            .i64(HostedSession.NEVER)
                            .i64(1)
                            .i64(0)
                            .string("desk"));
            append(
                    journal,
                    new WireOutput()
                            .begin(HostRecord.SUBSCRIBED)
                            .u32(1)
                            .u8(Qos.AT_LEAST_ONCE)
                            .u32(0)
                            .i64(0)
                            .i64(0)
                            .string("a"));
            appendPublished(journal, Qos.AT_LEAST_ONCE, "a");
            appendPublished(journal, Qos.AT_LEAST_ONCE | Published.RETAIN, "b");
        }

        try (DurablePublisher publisher = openPublisher();
                RawSubscriber subscriber = new RawSubscriber(context, ENDPOINT)) {
            assertThat(subscriber.hello("desk").sessionPresent()).isTrue();
            subscriber.resume(0, 0);
            subscriber.subscribe("b", 1);

            assertThat(subscriber.deliveries(2))
                    .extracting(RawSubscriber.Got::topic)
                    .containsExactly("a", "b");
            assertThat(publisher.close(PATIENCE)).isTrue();
        }
        openPublisher().close();
        assertThat(types()).containsOnlyOnce(HostRecord.HOST);
    }

    @Test
    void shouldRefuseARecordOfALaterVersion() {
        openPublisher().close();
        try (Journal journal = Journal.open(folder, journal().build())) {
            journal.recover((index, epochNs, type, buffer, offset, length) -> {});
            append(journal, new WireOutput().begin(14).u32(1));
        }

        assertRefused("recordType=14", "limit=those of this version", "use the one that wrote it");
    }

    @Test
    void shouldRefuseALogOfALaterVersion() {
        try (Journal journal = Journal.open(folder, journal().build())) {
            append(journal, new WireOutput().begin(HostRecord.HOST).u32(HostFormat.VERSION + 1));
        }

        assertRefused("version=2", "limit=1", "use the one that wrote it");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 10, 13, 99})
    void shouldRefuseAJournalOfAnApplication(final int type) {
        final UnsafeBuffer record = new UnsafeBuffer("an order of 100".getBytes(StandardCharsets.US_ASCII));
        try (Journal journal = Journal.open(folder, journal().build())) {
            journal.append(type, record, 0, record.capacity());
        }

        assertRefused("recordType=" + type, "limit=a publisher's record", "use another directory");
    }
}
