package io.sluicemq.durable.core;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets the journal's library start what it keeps for the life of the process before leaks are looked for. Put before the leak check. */
final class WarmJournal implements BeforeAllCallback {
    @Override
    public void beforeAll(final ExtensionContext context) {
        try {
            final Path directory = Files.createTempDirectory("warm");
            final JournalOptions options =
                    JournalOptions.builder().segmentBytes(1 << 20).build();
            try (Journal journal = Journal.open(directory, options)) {
                journal.append(1, new UnsafeBuffer(new byte[1]), 0, 1);
                journal.sync();
            }
            final List<Path> files;
            try (Stream<Path> walk = Files.walk(directory)) {
                files = walk.sorted(Comparator.reverseOrder()).toList();
            }
            for (final Path file : files) {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
