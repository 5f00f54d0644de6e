package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class PrivateDirectoryTest {
    private static final String NAME = ".sluicemq-1-1-1";

    @TempDir
    private Path folder;

    @Test
    void shouldKnowADirectoryThatItMade() throws IOException {
        try (PrivateDirectory made = PrivateDirectory.beside(folder.resolve("orders"));
                Stream<Path> files = Files.list(folder)) {
            assertThat(made).isNotNull();
            assertThat(files)
                    .singleElement()
                    .satisfies(file -> assertThat(PrivateDirectory.isOne(file)).isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".sluicemq-", ".sluicemq-config", ".sluicemq-1-1", ".sluicemq-1-1-1.old", "sluicemq-1-1-1"})
    void shouldNotTakeADirectoryOfAnotherNameForOne(final String name) throws IOException {
        final Path directory = Files.createDirectory(folder.resolve(name));

        assertThat(PrivateDirectory.isOne(directory)).isFalse();
    }

    /** The caller tells of it once; a warning is for one of our own. */
    @Test
    void shouldThrowWhenAStaleOneCannotBeRemoved() throws IOException {
        final Path directory = Files.createDirectory(folder.resolve(NAME));
        Files.createFile(directory.resolve("of-another-user"));
        Files.setLastModifiedTime(directory, FileTime.fromMillis(0));

        assertThatThrownBy(() -> PrivateDirectory.removeIfStale(directory)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldNotTakeAFileOfThatNameForOne() throws IOException {
        assertThat(PrivateDirectory.isOne(Files.createFile(folder.resolve(NAME))))
                .isFalse();
    }

    @Test
    void shouldNotTakeALinkToADirectoryOfSomebodyElseForOne() throws IOException {
        final Path precious = Files.createDirectory(folder.resolve("precious"));

        assertThat(PrivateDirectory.isOne(Files.createSymbolicLink(folder.resolve(NAME), precious)))
                .isFalse();
    }
}
