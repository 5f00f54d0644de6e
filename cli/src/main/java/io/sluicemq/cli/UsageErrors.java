package io.sluicemq.cli;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says of a wrong command line what the value, the limit and the remedy are, as all other errors do. */
final class UsageErrors {
    private UsageErrors() {}

    static String text(final ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            return superfluous(
                    unmatched.getCommandLine(), unmatched.getUnmatched().get(0));
        }
        final ArgSpec arg = e.getArgSpec();
        return arg == null || e.getValue() == null ? e.getMessage() : wrongValue(arg, e.getValue());
    }

    private static String superfluous(final CommandLine command, final String argument) {
        if (!command.getSubcommands().isEmpty()) {
            final String label = command.getCommandSpec().usageMessage().synopsisSubcommandLabel();
            return label + "=" + argument + ", limit=those that --help lists, choose one of them";
        }
        final String remedy = command.getCommand() instanceof SocketCommand<?>
                ? "limit=options, write --bind or --connect before an endpoint; messages come from standard input"
                : "limit=the arguments of the usage line, leave it out";
        return "argument=" + argument + ", " + remedy;
    }

    private static String wrongValue(final ArgSpec arg, final String value) {
        final String option = arg.isOption() ? ((OptionSpec) arg).longestName() : "";
        final String name = arg.isOption() ? option.substring("--".length()) : arg.paramLabel();
        return name + "=" + value + ", limit=" + limit(arg.type(), (option + " ").stripLeading());
    }

    private static String limit(final Class<?> type, final String option) {
        if (type.isEnum()) {
            return Arrays.toString(type.getEnumConstants()) + ", give one of them";
        }
        if (type == long.class || type == Long.class) {
            return "whole numbers up to " + Long.MAX_VALUE + ", give one, such as " + option + "10";
        }
        if (type == int.class || type == Integer.class) {
            return "whole numbers up to " + Integer.MAX_VALUE + ", give one, such as " + option + "10";
        }
        if (type == Double.class) {
            return "numbers, give one, such as " + option + "0.5";
        }
        return "no value, leave it out";
    }
}
