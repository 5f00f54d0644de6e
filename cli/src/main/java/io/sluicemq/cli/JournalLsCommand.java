package io.sluicemq.cli;

import io.sluicemq.journal.JournalReader;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the segments of a journal. */
@Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        header = "Lists the segments of a journal with what they hold: records of its owner, bytes, times.")
final class JournalLsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JournalRange range;

    @Option(names = "--json", description = "print one JSON object a line, one for each segment")
    private boolean json;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (JournalReader reader = range.open()) {
            final JournalScan scan = JournalScan.of(reader);
            if (!json) {
                out.println("  segment    records  body bytes  first                           last");
            }
            scan.segments().forEach(each -> out.println(json ? json(each) : text(each)));
            scan.gaps()
                    .forEach(gap -> spec.commandLine()
                            .getErr()
                            .println(spec.qualifiedName() + ": " + JournalIndex.missing(gap.from(), gap.to())));
        }
        return ExitCodes.OK;
    }

    private static String text(final JournalScan.Totals totals) {
        return String.format(
                Locale.ROOT,
                "%9d %10d %11d  %-30s  %s",
                totals.segment(),
                totals.records(),
                totals.bodyBytes(),
                JournalRange.instant(totals.firstNs()),
                JournalRange.instant(totals.lastNs()));
    }

    private static Json json(final JournalScan.Totals totals) {
        return new Json()
                .put("segment", totals.segment())
                .put("records", totals.records())
                .put("bodyBytes", totals.bodyBytes())
                .put("lastIndex", JournalIndex.text(totals.lastIndex()))
                .put("firstEpochNs", totals.firstNs())
                .put("lastEpochNs", totals.lastNs());
    }
}
