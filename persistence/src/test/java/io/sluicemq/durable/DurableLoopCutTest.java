package io.sluicemq.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.journal.Durability;
import io.sluicemq.journal.LoopDisk;
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

/** Power cuts while a host and a subscriber of one process work on a real file system. */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class DurableLoopCutTest {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final int CUTS = LONG ? 50 : 1;
    private static final int CUTS_JOURNALED = LONG ? 5 : 1;
    private static final int MAX_MESSAGES = 40;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path notesFile;
    private MappedByteBuffer notes;
    private LoopDisk disk;

    @BeforeEach
    void makeFiles() throws IOException {
        notesFile = folder.resolve("notes");
        notes = DurableLoopCutProgram.map(notesFile);
        // An inbox leaves 256 MiB free.
        disk = new LoopDisk(folder, "640M");
    }

    private Process start(final Durability level, final int messages) throws IOException {
        return disk.start(
                DurableLoopCutProgram.class,
                disk.path("host"),
                disk.path("inbox"),
                notesFile.toString(),
                level.name(),
                Integer.toString(messages));
    }

    /** Cuts the power some acknowledgements later. */
    private void runAndCut(final Durability level, final Random random) throws Exception {
        final long until = notes.getLong(DurableLoopCutProgram.ACKNOWLEDGED) + 1 + random.nextInt(MAX_MESSAGES);
        final Process process = start(level, Integer.MAX_VALUE);
        try {
            Await.until(
                    LIMIT,
                    () -> notes.getLong(DurableLoopCutProgram.ACKNOWLEDGED) >= until || !process.isAlive(),
                    "acknowledged=" + until + ", of " + notes.getLong(DurableLoopCutProgram.ACKNOWLEDGED));
            disk.cut(process);
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void shouldKeepWhatWasPublishedAndAcknowledgedWhenItWasSynced() throws Exception {
        disk.format();
        final Random random = new Random(Seed.next("durable loop cuts"));
        for (int cut = 0; cut < CUTS; cut++) {
            runAndCut(Durability.SYNCED, random);
        }

        final Process last = start(Durability.SYNCED, 1);

        assertThat(LoopDisk.exitCode(last)).as("%s", disk.told()).isZero();
        System.out.println(
                "durable loop cuts: cuts=" + CUTS + " published=" + notes.getLong(DurableLoopCutProgram.PUBLISHED)
                        + " acknowledged=" + notes.getLong(DurableLoopCutProgram.ACKNOWLEDGED) + " lost=0");
    }

    /** Nothing would be shown by the test above if it could not fail. */
    @Test
    void shouldLoseWhatWasOnlyJournaled() throws Exception {
        final Random random = new Random(Seed.next("durable loop cuts, journaled"));
        int lost = 0;
        for (int cut = 0; cut < CUTS_JOURNALED; cut++) {
            notes.putLong(DurableLoopCutProgram.PUBLISHED, 0);
            notes.putLong(DurableLoopCutProgram.ACKNOWLEDGED, 0);
            disk.format();
            runAndCut(Durability.JOURNALED, random);
            final int exitCode = LoopDisk.exitCode(start(Durability.JOURNALED, 1));
            lost += exitCode == 0 ? 0 : 1;
            assertThat(exitCode == 0 || disk.told().contains(DurableLoopCutProgram.LOST))
                    .as("%s", disk.told())
                    .isTrue();
        }
        System.out.println("durable loop cuts, journaled: cuts=" + CUTS_JOURNALED + " cuts that lost=" + lost);

        assertThat(lost).isPositive();
    }
}
