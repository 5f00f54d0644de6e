package io.sluicemq.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets Chronicle start what it keeps for the life of the process, such as a thread that releases memory, before leaks are looked for. */
public final class WarmChronicle implements BeforeAllCallback {
    @Override
    public void beforeAll(final ExtensionContext context) {
        final Path directory;
        try {
            directory = Files.createTempDirectory("warm");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Journal journal = Journal.open(directory, TestJournals.small().build())) {
            TestJournals.append(journal, "warm ".repeat(1000));
            journal.sync();
        }
        TestJournals.delete(directory);
    }
}
