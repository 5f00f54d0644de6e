package io.sluicemq.examples;

import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/** Appends two records to a journal and reads them again. */
public final class KeepJournal {
    private static final int ORDER = 1;

    private KeepJournal() {}

    /** Uses a directory of its own and removes it afterwards. */
    public static void main(final String[] args) throws IOException {
        final Path folder = Files.createTempDirectory("journal");
        final Path directory = folder.resolve("orders");
        final UnsafeBuffer buffer = new UnsafeBuffer("two pieces".getBytes(StandardCharsets.UTF_8));
        // tag::append[]
        try (Journal journal = Journal.open(directory)) {
            journal.append(ORDER, buffer, 0, buffer.capacity()); // survives a killed process
            journal.append(ORDER, buffer, 4, 6);
            journal.sync(); // and a loss of power
        }
        // end::append[]
        // tag::read[]
        try (JournalReader reader = Journal.readOnly(directory)) {
            reader.poll(
                    (index, epochNs, type, body, offset, length) ->
                            System.out.println(type + ": " + body.getStringWithoutLengthUtf8(offset, length)),
                    10);
        }
        // end::read[]
        delete(folder);
    }

    private static void delete(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
