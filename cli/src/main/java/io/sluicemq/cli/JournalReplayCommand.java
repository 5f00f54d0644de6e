package io.sluicemq.cli;

import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the bodies of records, a line each. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        header = "Writes the bodies of records, one a line, for a socket command or another program.",
        footerHeading = "%nExample:%n",
        footer = "  sluice journal replay orders --from 3:0 --follow | sluice pub --bind tcp://*:5556")
final class JournalReplayCommand implements Callable<Integer> {
    private static final int BATCH = 1024;
    private static final long LOOK_MS = 10;

    @Spec
    private CommandSpec spec;

    @Mixin
    private JournalRange range;

    @Mixin
    private Layout layout;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "records of this type only, as dump shows it (default: of all)")
    private Integer type;

    @Option(names = "--follow", description = "wait for further records instead of ending at the last")
    private boolean follow;

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException, IOException {
        try {
            return Lifetime.run(stopped::countDown, this::replay);
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private int replay() throws InterruptedException {
        try (JournalReader reader = range.open()) {
            final Lines lines = new Lines();
            while (lines.left > 0 && stopped.getCount() > 0) {
                final int polled = reader.poll(lines, type == null ? (int) Math.min(lines.left, BATCH) : 1);
                if (polled == 0) {
                    lines.output.flush();
                    if (!follow || stopped.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                        return ExitCodes.OK;
                    }
                }
            }
            lines.output.flush();
        }
        return ExitCodes.OK;
    }

    /** Writes a record a line. */
    private final class Lines implements RecordHandler {
        private final LineOutput output = new LineOutput(
                new FileOutputStream(FileDescriptor.out),
                layout.lineLayout(false),
                () -> tell("line feeds inside "
                        + "records are written as \\n, use --format hex for the bytes as they are"));

        private long left = range.count();

        @Override
        public void onRecord(
                final long index,
                final long epochNs,
                final int recordType,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            if (type == null || type == recordType) {
                output.onFrame(buffer, offset, length, false);
                left--;
            }
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            tell(JournalIndex.missing(fromIndex, toIndex));
        }
    }

    private void tell(final String text) {
        spec.commandLine().getErr().println(spec.qualifiedName() + ": " + text);
    }
}
