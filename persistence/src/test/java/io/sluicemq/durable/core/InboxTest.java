package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The subscriber's journal without its thread. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class InboxTest {
    private static final int SEGMENTS = 4;

    @TempDir
    private Path folder;

    private final List<Integer> seenWhenTold = new ArrayList<>();
    private Inbox inbox;

    private Inbox open() {
        return new Inbox(
                folder,
                DurableSubscriberOptions.builder("desk")
                        .segmentBytes(1 << 20)
                        .inboxMaxBytes(SEGMENTS << 20)
                        .build(),
                (kind, correlationId) -> seenWhenTold.add(countResults()));
    }

    private int countResults() {
        try (Results reader = inbox.results()) {
            return reader.poll((position, producer, index, buffer, offset, length) -> {}, 100);
        }
    }

    private void append(final long correlationId) {
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[AcknowledgeCommand.BYTES + 1]);
        AcknowledgeCommand.encode(bytes, PendingRecords.AWAITED | AcknowledgeCommand.WITH_RESULT, 0, 0, correlationId);
        assertThat(inbox.acknowledge(new AcknowledgeCommand().wrap(bytes, 0, bytes.capacity())))
                .isNull();
    }

    @Test
    void shouldShowResultsToAnyoneBeforeTheirWriterIsTold() {
        inbox = open();

        append(1);
        append(2);
        final int before = countResults();
        inbox.commit();
        append(3);
        inbox.commit();

        assertThat(before).isZero();
        assertThat(seenWhenTold).containsExactly(2, 2, 3);
        inbox.close();
    }

    @Test
    void shouldTakeMoreAfterManyOpensThatLeftLittleBehind() {
        final WireOutput message = new WireOutput();
        RawHost.delivery(message, Qos.EXACTLY_ONCE, 1, 0, "not processed");
        inbox = open();
        inbox.store(inbox.producer(new UUID(1, 2)), 1, message.buffer(), 0, message.length());
        inbox.commit();

        for (int i = 0; i < SEGMENTS + 1; i++) {
            inbox.close();
            inbox = open();
        }

        assertThat(inbox.state().inboxSize()).isOne();
        assertThat(inbox.isFull()).isFalse();
        inbox.close();
    }

    @Test
    void shouldShowResultsOfAnEarlierProcessAtOnce() {
        inbox = open();
        append(1);
        inbox.commit();
        inbox.close();

        inbox = open();

        assertThat(countResults()).isOne();
        inbox.close();
    }
}
