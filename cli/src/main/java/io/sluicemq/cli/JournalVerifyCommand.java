package io.sluicemq.cli;

import io.sluicemq.journal.JournalReader;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads a journal from end to end and checks it. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        header = "Reads everything, checks every checksum, and names what is missing.",
        description = {
            "",
            "Ends with 1 if records are missing: damaged, or deleted by retention while it read. What the last open "
                    + "of the journal found torn at the end of what was not synced is not missing: it never counted.",
            ""
        })
final class JournalVerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JournalRange range;

    @Option(names = "--json", description = "print one JSON object")
    private boolean json;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (JournalReader reader = range.open()) {
            final JournalScan scan = JournalScan.of(reader);
            if (json) {
                out.println(new Json()
                        .put("segments", scan.segments().size())
                        .put("records", scan.records())
                        .put("bodyBytes", scan.bodyBytes())
                        .put(
                                "missing",
                                scan.gaps().stream()
                                        .map(gap -> new Json()
                                                .put("from", JournalIndex.text(gap.from()))
                                                .put("to", JournalIndex.text(gap.to())))
                                        .toList()));
            } else {
                scan.gaps().forEach(gap -> out.println(JournalIndex.missing(gap.from(), gap.to())));
                out.println("records=" + scan.records() + ", bodyBytes=" + scan.bodyBytes() + ", segments="
                        + scan.segments().size() + ", gaps=" + scan.gaps().size());
            }
            return scan.gaps().isEmpty() ? ExitCodes.OK : ExitCodes.FAILURE;
        }
    }
}
