package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisher;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublishResult;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.core.RawSubscriber.Got;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A host in an empty directory for each test, at an endpoint of inproc. */
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
abstract class HostTestBase {
    static final String ENDPOINT = "inproc://host";

    /** Far more than anything takes that must happen. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Enough to see something that must not happen. */
    static final Duration MOMENT = Duration.ofMillis(200);

    static final int SEGMENT_BYTES = 1 << 20;

    static final PublishOptions ONCE =
            PublishOptions.builder().qos(QualityOfService.EXACTLY_ONCE).build();
    static final PublishOptions AT_MOST_ONCE =
            PublishOptions.builder().qos(QualityOfService.AT_MOST_ONCE).build();

    @TempDir
    Path folder;

    Context context;
    DurablePublisher publisher;

    @BeforeEach
    void openHost() {
        context = Context.create();
        publisher = openPublisher(directory(), ENDPOINT);
    }

    @AfterEach
    void closeHost() {
        publisher.close();
        context.close();
    }

    /** Of the host; what else is in the folder is the test's. */
    final Path directory() {
        return folder.resolve("host");
    }

    /** What the host is opened with. */
    DurablePublisherOptions.Builder options() {
        return DurablePublisherOptions.builder()
                .journal(JournalOptions.builder().segmentBytes(SEGMENT_BYTES));
    }

    final DurablePublisher openPublisher(final Path directory, final String endpoint) {
        final DurablePublisher opened =
                DurablePublisher.open(context, directory, options().build());
        opened.bind(endpoint);
        return opened;
    }

    final void reopen() {
        assertThat(publisher.close(PATIENCE)).isTrue();
        publisher = openPublisher(directory(), ENDPOINT);
    }

    final RawSubscriber subscriber() {
        return new RawSubscriber(context, ENDPOINT);
    }

    final long publish(final String text, final PublishOptions options) throws InterruptedException {
        final PublishResult result = publisher.publish("a/b", text, options);
        assertThat(result.outcome()).isEqualTo(PublishOutcome.PUBLISHED);
        return result.index();
    }

    /** Whether there is room for another message. */
    final boolean canPublish() {
        try {
            return publisher.publish("b", "x", PublishOptions.DEFAULTS).outcome() == PublishOutcome.PUBLISHED;
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> texts(final List<Got> deliveries) {
        return deliveries.stream().map(Got::text).toList();
    }

    /** What is in the files while the host runs is what it leaves when it is killed. */
    final void copyAsKilled(final Path to) throws IOException {
        final Path from = directory();
        try (Stream<Path> paths = Files.walk(from)) {
            for (final Path each : paths.filter(Files::isRegularFile).toList()) {
                final Path target = to.resolve(from.relativize(each).toString());
                Files.createDirectories(target.getParent());
                copyIfThere(each, target);
            }
        }
    }

    private static void copyIfThere(final Path from, final Path to) throws IOException {
        try {
            Files.copy(from, to);
        } catch (final NoSuchFileException e) {
            // A segment that is made ahead has another name by now.
            assertThat(from).doesNotExist();
        }
    }
}
