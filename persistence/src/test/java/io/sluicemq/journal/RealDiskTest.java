package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is full, and one that nobody may write to: said at once, and nothing is lost. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class RealDiskTest {
    @TempDir
    private Path folder;

    @Test
    void shouldRefuseAndLoseNothingOnADiskThatIsFullOrMayNotBeWrittenTo() throws Exception {
        final Path full = Files.createDirectory(folder.resolve("full"));
        final Path readOnly = Files.createDirectory(folder.resolve("read-only"));
        try (Journal journal = Journal.open(readOnly, TestJournals.small().build())) {
            TestJournals.append(journal, "record");
        }
        final String mounts = "mount -t tmpfs -o size=6m tmpfs " + full + "\nmount --bind " + readOnly + " " + readOnly
                + "\nmount -o remount,bind,ro " + readOnly;
        PrivateMounts.assume(folder, mounts);
        final Path output = folder.resolve("output");

        final int exitCode = PrivateMounts.exitCode(PrivateMounts.start(
                output, mounts, PrivateMounts.jvm(RealDiskProgram.class, full.toString(), readOnly.toString())));

        assertThat(exitCode).as(Files.readString(output)).isZero();
        assertThat(full).isEmptyDirectory();
    }
}
