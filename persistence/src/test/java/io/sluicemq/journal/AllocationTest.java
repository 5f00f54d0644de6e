package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A record costs no garbage, neither to append nor to read. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class AllocationTest {
    private static final int RECORDS = 100_000;
    /** At most: a loaded machine takes long to compile. */
    private static final int ROUNDS = 60;
    /** The compilers' own doings; a hundredth of a byte for each record. */
    private static final long SLACK_BYTES = 1000;

    @TempDir
    private Path folder;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final UnsafeBuffer body = new UnsafeBuffer(new byte[64]);

    private long allocatedBytes() {
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void shouldAllocateNothingToAppendAndToRead() {
        final JournalOptions options =
                JournalOptions.builder().segmentBytes(512 << 20).minFreeBytes(0).build();
        long appendBytes = Long.MAX_VALUE;
        long readBytes = Long.MAX_VALUE;
        try (Journal journal = Journal.open(folder, options);
                JournalReader reader = journal.reader()) {
            final JournalBatch batch = journal.newBatch();
            final long[] sum = new long[1];
            final RecordHandler handler = (index, ns, type, buffer, offset, length) -> sum[0] += buffer.getByte(offset);
            // The first rounds warm up.
            for (int round = 0; round < ROUNDS && (appendBytes >= SLACK_BYTES || readBytes >= SLACK_BYTES); round++) {
                final long start = allocatedBytes();
                for (int i = 0; i < RECORDS / 2; i++) {
                    journal.append(i, body, 0, 64);
                }
                for (int i = 0; i < RECORDS / 2; i += 10) {
                    batch.clear();
                    for (int j = 0; j < 10; j++) {
                        batch.add(i, body, 0, 64);
                    }
                    journal.append(batch);
                }
                final long appended = allocatedBytes();
                int read = 0;
                while (read < RECORDS) {
                    read += reader.poll(handler, 100);
                }
                readBytes = Math.min(readBytes, allocatedBytes() - appended);
                appendBytes = Math.min(appendBytes, appended - start);
            }
        }

        assertThat(appendBytes).as("bytes for %d appends", RECORDS).isLessThan(SLACK_BYTES);
        assertThat(readBytes).as("bytes for %d reads", RECORDS).isLessThan(SLACK_BYTES);
    }
}
