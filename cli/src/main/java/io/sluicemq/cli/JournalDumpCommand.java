package io.sluicemq.cli;

import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.agrona.DirectBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows records with all that is known of them. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        header = "Shows the records of a journal: index, time, type, length and body.")
final class JournalDumpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JournalRange range;

    @Mixin
    private Layout layout;

    @Option(names = "--json", description = "print one JSON object a line")
    private boolean json;

    @Override
    public Integer call() {
        final Printer printer = new Printer(spec.commandLine().getOut());
        try (JournalReader reader = range.open()) {
            long left = range.count();
            int polled = 1;
            while (left > 0 && polled > 0) {
                polled = reader.poll(printer, (int) Math.min(left, 1024));
                left -= polled;
            }
        }
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }

    /** Prints a record a line. */
    private final class Printer implements RecordHandler {
        private final PrintWriter out;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final LineOutput lines = new LineOutput(bytes, layout.lineLayout(false), () -> {});

        private Printer(final PrintWriter out) {
            this.out = out;
        }

        @Override
        public void onRecord(
                final long index,
                final long epochNs,
                final int type,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            final String body = body(buffer, offset, length);
            if (json) {
                out.println(new Json()
                        .put("index", JournalIndex.text(index))
                        .put("epochNs", epochNs)
                        .put("type", type)
                        .put("length", length)
                        .put("body", body));
            } else {
                out.println(JournalIndex.text(index) + " " + JournalRange.instant(epochNs) + " type=" + type
                        + " length=" + length + " " + body);
            }
        }

        private String body(final DirectBuffer buffer, final int offset, final int length) {
            bytes.reset();
            lines.onFrame(buffer, offset, length, false);
            lines.flush();
            final String line = bytes.toString(StandardCharsets.UTF_8);
            return line.substring(0, line.length() - 1);
        }

        @Override
        public void onSkipped(final long fromIndex, final long toIndex) {
            out.flush();
            spec.commandLine().getErr().println(spec.qualifiedName() + ": " + JournalIndex.missing(fromIndex, toIndex));
        }
    }
}
