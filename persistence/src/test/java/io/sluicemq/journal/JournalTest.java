package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records come back as they were appended. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class JournalTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadWhatWasAppendedAfterReopening() {
        final JournalOptions options =
                JournalOptions.builder().segmentBytes(1 << 20).build();
        final List<String> expected = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            try (Journal journal = Journal.open(folder, options)) {
                assertThat(journal.report().clean())
                        .as(journal.report().toString())
                        .isTrue();
                for (int i = 0; i < 20_000; i++) {
                    final String text = round + "-" + i + "-" + "x".repeat(i % 100);
                    final UnsafeBuffer body = new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
                    assertThat(journal.append(i, body, 0, body.capacity())).isPositive();
                    expected.add(text);
                }
                journal.sync();
            }
        }

        final List<String> read = new ArrayList<>();
        try (JournalReader reader = Journal.readOnly(folder)) {
            while (reader.poll(
                            (index, ns, type, buffer, offset, length) ->
                                    read.add(buffer.getStringWithoutLengthUtf8(offset, length)),
                            1000)
                    > 0) {
                assertThat(reader.position()).isPositive();
            }
        }

        assertThat(read).isEqualTo(expected);
    }
}
