package io.sluicemq.cli;

import io.sluicemq.journal.JournalException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code sluice} command. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Brokerless messaging from a shell: ZeroMQ's socket patterns over ZMTP 3.1.",
        description = {
            "",
            "A socket command turns the lines of standard input into messages, and messages into lines of standard "
                    + "output. Nothing but messages is written there; all else goes to standard error.",
            ""
        },
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  In one terminal, wait for messages:",
            "    sluice pull --bind tcp://127.0.0.1:5555",
            "  In another, send two:",
            "    printf 'hello\\nworld\\n' | sluice push --connect tcp://127.0.0.1:5555",
            "",
            "  sluice demo                     the library at work, on this machine alone",
            "  sluice help push                all about one command"
        },
        subcommands = {
            PushCommand.class,
            PullCommand.class,
            PubCommand.class,
            SubCommand.class,
            XPubCommand.class,
            XSubCommand.class,
            ReqCommand.class,
            RepCommand.class,
            DealerCommand.class,
            RouterCommand.class,
            PairCommand.class,
            PerfCommand.class,
            StatCommand.class,
            JournalCommand.class,
            ProxyCommand.class,
            DemoCommand.class,
            DemoPeerCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    Main() {}

    /**
     * Runs a command and ends the process with its exit code.
     *
     * @param args command and its arguments.
     */
    public static void main(final String[] args) {
        final int exitCode = run(args);
        System.exit(exitCode);
    }

    static int run(final String... args) {
        // Figures and help read the same everywhere.
        Locale.setDefault(Locale.ROOT);
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        final CommandLine line = new CommandLine(new Main());
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setUsageHelpAutoWidth(true);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((e, arguments) -> explainUsage(e));
        line.setExecutionExceptionHandler((e, command, result) -> explainFailure(e, command));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a COMMAND is missing");
    }

    private static int explainUsage(final ParameterException e) {
        final CommandLine command = e.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + UsageErrors.text(e));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Try '" + name + " --help'.");
        return ExitCodes.USAGE;
    }

    private static int explainFailure(final Exception e, final CommandLine command) throws Exception {
        final int exitCode;
        if (e instanceof CliException told) {
            exitCode = told.exitCode();
        } else if (e instanceof IllegalArgumentException) {
            exitCode = ExitCodes.USAGE;
        } else if (e instanceof IllegalStateException
                || e instanceof JournalException
                || e instanceof java.io.IOException) {
            exitCode = ExitCodes.FAILURE;
        } else {
            throw e;
        }
        final String text = e instanceof NoSuchFileException
                ? "file=" + e.getMessage() + ", limit=a file that is there, correct its name"
                : e.getMessage();
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + text);
        return exitCode;
    }
}
