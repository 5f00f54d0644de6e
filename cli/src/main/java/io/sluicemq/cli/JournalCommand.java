package io.sluicemq.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks into journals. */
@Command(
        name = "journal",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        header = "Looks into the journal of a directory, also while its owner is at work.",
        description = {
            "",
            "Nothing is locked, changed or repaired. A record is named by its index, which is written as "
                    + "segment:ordinal.",
            ""
        },
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice journal ls /var/lib/orders                     the segments and what they hold",
            "  sluice journal dump /var/lib/orders --from 3:0        records with index, time and type",
            "  sluice journal replay /var/lib/orders --since 2026-11-22T09:00:00Z | sluice push --connect tcp://host:5555",
            "  sluice journal verify /var/lib/orders                 reads and checks everything"
        },
        subcommands = {
            JournalLsCommand.class,
            JournalDumpCommand.class,
            JournalReplayCommand.class,
            JournalVerifyCommand.class
        })
final class JournalCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a COMMAND is missing");
    }
}
