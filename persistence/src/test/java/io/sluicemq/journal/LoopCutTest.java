package io.sluicemq.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Power cuts of a real file system while a process appends and syncs. */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class LoopCutTest {
    private static final int CUTS = TestJournals.LONG ? 50 : 1;
    private static final int CUTS_NOT_FORCED = TestJournals.LONG ? 5 : 1;
    private static final int MAX_SYNCS = 40;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path notesFile;
    private MappedByteBuffer notes;
    private LoopDisk disk;

    @BeforeEach
    void makeFiles() throws IOException {
        notesFile = folder.resolve("notes");
        notes = LoopCutProgram.map(notesFile);
        disk = new LoopDisk(folder, "64M");
    }

    private Process start(final boolean forces, final int records) throws IOException {
        return disk.start(
                LoopCutProgram.class,
                disk.path("journal"),
                notesFile.toString(),
                Boolean.toString(forces),
                Integer.toString(records));
    }

    /** Cuts the power some syncs later. */
    private void runAndCut(final boolean forces, final Random random) throws Exception {
        final long syncs = notes.getLong(LoopCutProgram.SYNCS) + 1 + random.nextInt(MAX_SYNCS);
        final Process process = start(forces, Integer.MAX_VALUE);
        try {
            Await.until(
                    LIMIT,
                    () -> notes.getLong(LoopCutProgram.SYNCS) >= syncs || !process.isAlive(),
                    "syncs=" + syncs + ", of " + notes.getLong(LoopCutProgram.SYNCS));
            disk.cut(process);
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void shouldKeepWhatWasSyncedOnARealFileSystem() throws Exception {
        disk.format();
        final Random random = new Random(Seed.next("loop cuts"));
        for (int cut = 0; cut < CUTS; cut++) {
            runAndCut(true, random);
        }

        final Process last = start(true, 1);

        assertThat(LoopDisk.exitCode(last)).as("%s", disk.told()).isZero();
        System.out.println("loop cuts: cuts=" + CUTS + " syncs=" + notes.getLong(LoopCutProgram.SYNCS) + " synced="
                + notes.getLong(LoopCutProgram.SYNCED) + " beyond=" + notes.getLong(LoopCutProgram.BEYOND) + " lost=0");
    }

    /** Nothing would be shown by the test above if it could not fail. */
    @Test
    void shouldLoseSyncedRecordsOnARealFileSystemWhenForcingDoesNothing() throws Exception {
        final Random random = new Random(Seed.next("loop cuts, not forced"));
        int lost = 0;
        for (int cut = 0; cut < CUTS_NOT_FORCED; cut++) {
            notes.putLong(LoopCutProgram.SYNCED, 0);
            disk.format();
            runAndCut(false, random);
            final int exitCode = LoopDisk.exitCode(start(true, 1));
            lost += exitCode == 0 ? 0 : 1;
            assertThat(exitCode == 0 || disk.told().contains(LoopCutProgram.LOST))
                    .as("%s", disk.told())
                    .isTrue();
        }
        System.out.println("loop cuts, not forced: cuts=" + CUTS_NOT_FORCED + " cuts that lost=" + lost);

        assertThat(lost).isPositive();
    }
}
