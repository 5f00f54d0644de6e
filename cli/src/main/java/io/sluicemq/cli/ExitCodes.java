package io.sluicemq.cli;

/** What the process tells its caller. Part of the interface: a code never changes its meaning. */
final class ExitCodes {
    /** All that was asked for has happened. */
    static final int OK = 0;

    /** Something failed; standard error says what. */
    static final int FAILURE = 1;

    /** The command line is wrong; nothing was started. */
    static final int USAGE = 2;

    /** The time given by {@code --timeout} was over. */
    static final int TIMEOUT = 3;

    /** Messages were taken from the input that no peer got; standard error says how many. */
    static final int LEFT_BEHIND = 4;

    /** As the help of each command lists them. */
    static final String[] HELP = {
        "0:Done.",
        "1:Something failed; standard error says what.",
        "2:The command line is wrong; nothing was started.",
        "3:The time of --timeout was over.",
        "4:Messages were taken from the input that no peer got.",
        "130, 143:Ended by SIGINT or SIGTERM, after closing."
    };

    private ExitCodes() {}
}
