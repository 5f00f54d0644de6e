package io.sluicemq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

@Timeout(30)
class CommandLineTest {
    private static final String PIN = "0123456789012345678901234567890123456789012345678901234567890123";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                    | a COMMAND is missing",
                "nonsense                                              | nonsense",
                "push                                                  | endpoints=0, limit=1, add --bind",
                "push --connect tcp://127.0.0.1:1 --nonsense           | --nonsense",
                "push --connect nonsense                               | nonsense",
                "push --connect foo://bar                              | scheme=foo, limit=[inproc,",
                "pull --bind tcp://127.0.0.1:0 --count 0               | count=0, limit=1, leave --count out",
                "pull --bind tcp://127.0.0.1:0 --timeout -5            | timeout=-5, limit=0, leave --timeout out",
                "pull --bind tcp://127.0.0.1:0 --count x               | count=x, limit=whole numbers up to 9223372036854775807",
                "pull --bind tcp://127.0.0.1:0 --timeout 1.5           | timeout=1.5, limit=whole numbers",
                "pull --bind tcp://127.0.0.1:0 --timeout -1            | timeout=-1, limit=0, leave --timeout out",
                "pull --bind tcp://127.0.0.1:0 --format octal          | 'format=octal, limit=[text, hex], give one'",
                "pull --bind tcp://127.0.0.1:0 --hwm -1                | hwm=-1, limit=0, give 0 for no mark",
                "pull --bind tcp://127.0.0.1:0 --hwm 3000000000        | hwm=3000000000, limit=whole numbers up to 2147483647",
                "push --bind tcp://127.0.0.1:0 --identity=              | 'identity=0 bytes, limit=1..255 bytes, choose'",
                "push tcp://127.0.0.1:1                                | argument=tcp://127.0.0.1:1, limit=options, write --bind or --connect before",
                "push --connect tcp://127.0.0.1:1 hello                | endpoint=hello, limit=scheme and address",
                "push --bind tls+tcp://127.0.0.1:0       | 'endpoint=tls+tcp://127.0.0.1:0, give --cert and --key, or --dev-certificate'",
                "push --bind quic://127.0.0.1:0          | 'endpoint=quic://127.0.0.1:0, give --cert and --key, or --dev-certificate'",
                "push --bind quic://127.0.0.1:0 --pin " + PIN
                        + "   | 'client-auth=none, limit=required to listen with --pin'",
                "push --bind quic://127.0.0.1:0 --dev-certificate --cert x.pem --key y.pem | certificates=2, limit=1",
                "push --bind tls+tcp://127.0.0.1:0 --pin " + PIN
                        + "   | 'client-auth=none, limit=required to listen with --pin'",
                "perf local-thr tls+tcp://127.0.0.1:0 64 10             | 'give --cert and --key, or --dev-certificate'",
                "push --bind tls+tcp://127.0.0.1:0 --cert x.pem         | key=none, limit=--cert and --key together",
                "push --connect tls+tcp://127.0.0.1:1 --trust no.pem    | file=no.pem, limit=a PEM file that can be read",
                "push --bind tcp://127.0.0.1:0 --client-auth perhaps    | client-auth=perhaps",
                "push --bind tcp://127.0.0.1:0 --dev-certificate       | --dev-certificate=given, limit=endpoints of [tls+tcp://, quic://]",
                "pull --connect tcp://127.0.0.1:1 --pin 00             | --pin=given, limit=endpoints of [tls+tcp://, quic://]",
                "push --connect tcp://127.0.0.1:1 --server-name a      | --server-name=given, limit=endpoints of [tls+tcp://, quic://]",
                "push --bind tcp://127.0.0.1:0 --key x.pem             | --key=given, limit=endpoints of [tls+tcp://, quic://]",
                "proxy tcp://127.0.0.1:0 ipc://b --insecure            | --insecure=given, limit=endpoints of [tls+tcp://, quic://]",
                "perf local-thr tcp://127.0.0.1:0 1 10 --trust a.pem   | --trust=given, limit=endpoints of [tls+tcp://, quic://]",
                "push --bind QUIC://127.0.0.1:0                         | certificate=none, limit=one to listen at endpoint=QUIC://",
                "push --bind tcp://127.0.0.1:0 --linger -2             | linger=-2, limit=0",
                "push --bind tcp://127.0.0.1:0 --linger 1s             | linger=1s, limit=whole numbers",
                "push --bind tcp://127.0.0.1:0 --wait-peers -1         | wait-peers=-1, limit=0",
                "push --bind tcp://127.0.0.1:0 --wait-peers two        | wait-peers=two, limit=whole numbers",
                "perf                                                  | a MODE is missing",
                "perf inproc-thr 64                                    | COUNT",
                "perf inproc-thr 64 1                                  | COUNT=1, limit=2",
                "perf inproc-thr 64 many                               | COUNT=many, limit=whole numbers",
                "perf inproc-thr 64 10 --hwm -1                        | hwm=-1, limit=0",
                "perf throughput                                       | MODE=throughput, limit=those that --help lists",
                "perf inproc-thr -- -1 10                              | SIZE=-1, limit=0",
                "perf local-thr foo://bar 1 10                         | scheme=foo",
                "proxy tcp://127.0.0.1:0                               | BACKEND",
                "proxy a b --type star                                 | 'type=star, limit=[queue, forwarder, streamer], give one'",
                "demo --messages 0                                     | messages=0, limit=1",
                "demo --messages few                                   | messages=few, limit=whole numbers",
                "stat 1 2                                              | argument=2, limit=the arguments of the usage line",
                "stat --watch often                                    | watch=often, limit=numbers, give one, such as --watch 0.5",
                "stat --watch 0                                        | watch=0.0, limit=0.1..86400 s"
            })
    void shouldExplainAWrongCommandLine(final String line, final String explanation) {
        final int exitCode = run(line.isEmpty() ? new String[0] : line.split(" +"));

        assertThat(err.toString()).contains(explanation).doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
        assertThat(exitCode).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void shouldSayThatAFileIsNotThere() {
        final int exitCode = run("demo", "no such file");

        assertThat(err.toString()).contains("file=no such file, limit=a file that is there");
        assertThat(exitCode).isEqualTo(ExitCodes.FAILURE);
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("sluice ").contains("ZMTP 3.1");
    }

    @Test
    void shouldSuggestTheCommandThatWasMeant() {
        run("pusk");

        assertThat(err.toString()).contains("push");
    }

    @ParameterizedTest
    @MethodSource("visibleCommands")
    void shouldHelpOnEveryLevel(final String path) {
        final List<String> args = new ArrayList<>(List.of(path.split(" ")));
        args.remove(0);
        args.add("--help");

        final int exitCode = run(args.toArray(new String[0]));

        assertThat(exitCode).isZero();
        assertThat(out.toString()).contains("Usage: " + path);
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("visibleCommands")
    void shouldFitTheHelpIntoEightyColumns(final String path) {
        final List<String> args = new ArrayList<>(List.of(path.split(" ")));
        args.remove(0);
        args.add("--help");

        run(args.toArray(new String[0]));

        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    }

    static List<String> visibleCommands() {
        final List<String> paths = new ArrayList<>();
        collect(Main.commandLine(), paths);
        return paths;
    }

    private static void collect(final CommandLine command, final List<String> paths) {
        final CommandSpec spec = command.getCommandSpec();
        if (spec.usageMessage().hidden() || spec.helpCommand()) {
            return;
        }
        paths.add(spec.qualifiedName());
        command.getSubcommands().values().forEach(child -> collect(child, paths));
    }
}
