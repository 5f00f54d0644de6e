package io.sluicemq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Measuring, inspecting, forwarding and the demo, in real processes. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class ToolCommandsTest {
    private static final String ANY_PORT = "tcp://127.0.0.1:0";

    @Test
    void shouldEndAThroughputRunWithItsRate() throws IOException, InterruptedException {
        try (SluiceProcess run = SluiceProcess.start("perf", "inproc-thr", "64", "20000", "1000")) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText()).matches("(?s).*\n[0-9]+ msg/s\n");
        }
    }

    @Test
    void shouldEndALatencyRunWithItsMedian() throws IOException, InterruptedException {
        try (SluiceProcess run = SluiceProcess.start("perf", "inproc-lat", "1", "2000", "100")) {
            assertThat(run.exitCode()).isZero();
            assertThat(run.outText()).matches("(?s).*\n[0-9]+\\.[0-9]+ us p50\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ANY_PORT, "ipc://*"})
    void shouldMeasureBetweenTwoProcesses(final String any) throws IOException, InterruptedException {
        for (final String kind : new String[] {"thr", "lat"}) {
            try (SluiceProcess local =
                    SluiceProcess.start("perf", "local-" + kind, any, "64", "2000", "100", "--json")) {
                final String endpoint = local.endpoint();
                try (SluiceProcess remote =
                        SluiceProcess.start("perf", "remote-" + kind, endpoint, "64", "2000", "100", "--json")) {
                    assertThat(local.exitCode()).isZero();
                    assertThat(remote.exitCode()).isZero();
                    final String told = kind.equals("thr") ? local.outText() : remote.outText();
                    assertThat(told).startsWith("{\"endpoint\":\"" + endpoint).endsWith("}\n");
                    assertThat(told).contains(kind.equals("thr") ? "\"messagesPerSecond\":" : "\"p50Us\":");
                }
            }
        }
    }

    @Test
    void shouldMeasureWhereTheThreadDoesTheIo() throws IOException, InterruptedException {
        try (SluiceProcess local = SluiceProcess.start("perf", "local-lat", ANY_PORT, "8", "1000", "--invoked");
                SluiceProcess remote = SluiceProcess.start(
                        "perf", "remote-lat", local.endpoint(), "8", "1000", "--invoked", "--single-producer")) {
            assertThat(remote.exitCode()).isZero();
            assertThat(local.exitCode()).isZero();
            assertThat(remote.outText()).contains(" us p50\n");
        }
    }

    @Test
    void shouldSayThatTheOtherSideOfAMeasurementIsMissing() throws IOException, InterruptedException {
        // Nobody listens on port 1.
        for (final String mode : new String[] {"remote-thr", "remote-lat"}) {
            try (SluiceProcess remote = SluiceProcess.start("perf", mode, "tcp://127.0.0.1:1", "8", "10")) {
                assertThat(remote.endpoint("sluice perf " + mode + ": cannot connect to tcp://127.0.0.1:1 yet: "))
                        .contains("refused");
            }
        }
    }

    @Test
    void shouldShowWhatWaitsForAPeerThatIsNotThere() throws IOException, InterruptedException {
        final String endpoint = "tcp://127.0.0.1:1";
        try (SluiceProcess push = SluiceProcess.start("push", "--bind", ANY_PORT, "--connect", endpoint)) {
            final String bound = push.endpoint();
            push.inputSoFar("1\n2\n3\n4\n5\n");
            push.endpoint("cannot connect to ");
            String told = "";
            // Asked again and again, as it is looked at once a second; each answer is one object on one line.
            for (int i = 0; i < 50 && !told.contains("\"queued\":5}"); i++) {
                try (SluiceProcess stat = SluiceProcess.start("stat", Long.toString(push.pid()), "--json")) {
                    told = stat.outText();
                }
            }

            assertThat(told)
                    .contains("\"endpoints\":[\"" + bound + "\",\"" + endpoint + "\"]")
                    .contains("\"state\":\"CONNECTING\",\"type\":\"\",\"endpoint\":\"" + endpoint
                            + "\",\"sent\":0,\"received\":0,\"dropped\":0,\"queued\":5}")
                    .doesNotContain("counters")
                    .doesNotContain("{}");
            assertThat(told.lines()).hasSize(1);
        }
    }

    @Test
    void shouldShowTheSocketsOfAnotherProcess() throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", ANY_PORT)) {
            final String endpoint = pull.endpoint();
            try (SluiceProcess push = SluiceProcess.start("push", "--connect", endpoint)) {
                push.inputSoFar("a\nb\n");
                pull.awaitOut("b");
                try (SluiceProcess text = SluiceProcess.start("stat", Long.toString(pull.pid()));
                        SluiceProcess json = SluiceProcess.start("stat", Long.toString(push.pid()), "--json")) {
                    assertThat(text.exitCode()).isZero();
                    assertThat(text.outText())
                            .startsWith("process " + pull.pid())
                            .contains("PULL")
                            .contains(endpoint)
                            .contains("READY");
                    assertThat(json.exitCode()).isZero();
                    assertThat(json.outText())
                            .contains("\"pid\":" + push.pid())
                            .contains("\"type\":\"PUSH\"")
                            .endsWith("}\n");
                }
            }
        }
    }

    @Test
    void shouldShowOtherProcessesWhenOneCannotBeRead(@TempDir final Path folder)
            throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start(folder, "pull", "--bind", ANY_PORT)) {
            final String endpoint = pull.endpoint();
            final Path strange = folder.resolve("sluicemq-" + System.getProperty("user.name"))
                    .resolve(ProcessHandle.current().pid() + "-7");
            Files.write(strange, new byte[10]);
            try (SluiceProcess stat = SluiceProcess.start(folder, "stat")) {
                assertThat(stat.exitCode()).isZero();
                assertThat(stat.outText()).contains("process " + pull.pid()).contains(endpoint);
                assertThat(stat.errText()).contains("length(" + strange + ")=10, limit=");
            }
        }
    }

    @Test
    void shouldSayThatAProcessHasNoSockets() throws IOException, InterruptedException {
        try (SluiceProcess stat = SluiceProcess.start("stat", "999999999")) {
            assertThat(stat.exitCode()).isEqualTo(ExitCodes.FAILURE);
            assertThat(stat.errText()).contains("processes(999999999)=0, limit=");
            assertThat(stat.outText()).isEmpty();
        }
    }

    @Test
    void shouldForwardRequestsAndReplies() throws IOException, InterruptedException {
        try (SluiceProcess proxy = SluiceProcess.start("proxy", ANY_PORT, ANY_PORT, "--type", "queue")) {
            final String frontend = proxy.endpoint("frontend listening on ");
            final String backend = proxy.endpoint("backend listening on ");
            try (SluiceProcess rep = SluiceProcess.start("rep", "--connect", backend, "--echo", "--count", "2");
                    SluiceProcess req = SluiceProcess.start("req", "--connect", frontend)) {
                req.input("one\ntwo\n");

                assertThat(req.exitCode()).isZero();
                assertThat(rep.exitCode()).isZero();
                assertThat(req.outText()).isEqualTo("one\ntwo\n");
            }
            proxy.terminate();
            assertThat(proxy.exitCode()).isEqualTo(143);
            assertThat(proxy.errText()).contains("carried 2 messages");
        }
    }

    @Test
    void shouldShowTheLibraryAtWork(@TempDir final Path folder) throws IOException, InterruptedException {
        final Path file = folder.resolve("text");
        Files.write(file, "one\n\n=\ntwo three\n".getBytes(StandardCharsets.UTF_8));
        try (SluiceProcess demo =
                SluiceProcess.start("demo", file.toString(), "--messages", "300", "--throughput-messages", "2000")) {
            assertThat(demo.exitCode()).as(demo.errText()).isZero();
            assertThat(demo.outText())
                    .contains("PUB/SUB over inproc")
                    .contains("PUSH/PULL over tcp")
                    .contains("ROUTER/DEALER over tcp")
                    .contains("PUB/SUB over tls+tcp")
                    .contains("PUB/SUB over quic")
                    .contains("PUB/SUB over ipc")
                    .contains("PUB/SUB over shm")
                    .contains("durable PUB/SUB over tcp")
                    .contains("300 ids")
                    .contains("libzmq over tcp")
                    .doesNotContain("FAILED")
                    .matches("(?s).*\ninproc +R\ntcp +R\ntls.tcp +R\nquic +R\nipc +R\nshm +R\n"
                            .replace("R", "[0-9]+ msg/s of 64 B"));
        }
    }
}
