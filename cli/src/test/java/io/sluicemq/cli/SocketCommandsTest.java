package io.sluicemq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes that talk to each other over tcp. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class SocketCommandsTest {
    private static final String ANY_PORT = "tcp://127.0.0.1:0";

    @Test
    void shouldCarryAFileFromPushToPullByteForByte() throws IOException, InterruptedException {
        final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
        System.err.println("seed=" + seed);
        final byte[] file = randomLines(new Random(seed), 20_000);
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", ANY_PORT, "--count", "20000");
                SluiceProcess push = SluiceProcess.start("push", "--connect", pull.endpoint())) {
            push.input(file);

            assertThat(push.exitCode()).isZero();
            assertThat(pull.exitCode()).isZero();
            assertThat(pull.out()).isEqualTo(file);
            assertThat(push.out()).isEmpty();
        }
    }

    @Test
    void shouldEncryptWhatPassesBetweenProcessesThatKnowACertificate() throws IOException, InterruptedException {
        try (SluiceProcess pull =
                SluiceProcess.start("pull", "--bind", "tls+tcp://127.0.0.1:0", "--insecure", "--count", "2")) {
            final String endpoint = pull.endpoint();
            final String sha256 = pull.errText("sha256=").replaceFirst("(?s).*sha256=([0-9a-f]{64}).*", "$1");
            try (SluiceProcess push = SluiceProcess.start("push", "--connect", endpoint, "--pin", sha256)) {
                push.input("a\nb\n");

                assertThat(push.exitCode()).isZero();
                assertThat(pull.exitCode()).isZero();
                assertThat(pull.outText()).isEqualTo("a\nb\n");
                assertThat(pull.errText()).contains("WARNING: --insecure");
                assertThat(push.errText()).doesNotContain("WARNING");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tls+tcp://127.0.0.1:0", "quic://127.0.0.1:0"})
    void shouldEncryptWithACertificateMadeForTheProcess(final String anyPort) throws IOException, InterruptedException {
        try (SluiceProcess push = SluiceProcess.start("push", "--bind", anyPort, "--dev-certificate")) {
            final String endpoint = push.endpoint();
            final String sha256 = push.errText("sha256=").replaceFirst("(?s).*sha256=([0-9a-f]{64}).*", "$1");
            try (SluiceProcess pull =
                    SluiceProcess.start("pull", "--connect", endpoint, "--pin", sha256, "--count", "2")) {
                push.input("a\nb\n");

                assertThat(pull.exitCode()).isZero();
                assertThat(push.exitCode()).isZero();
                assertThat(pull.outText()).isEqualTo("a\nb\n");
                assertThat(push.errText()).doesNotContain("WARNING");
                assertThat(pull.errText()).doesNotContain("WARNING");
            }
        }
    }

    @Test
    void shouldRefuseACertificateMadeForTheProcessThatIsNotPinned() throws IOException, InterruptedException {
        try (SluiceProcess push = SluiceProcess.start("push", "--bind", "quic://127.0.0.1:0", "--dev-certificate");
                SluiceProcess pull = SluiceProcess.start("pull", "--connect", push.endpoint())) {
            assertThat(pull.errText("issuer=CN=sluice ephemeral")).contains("quic://127.0.0.1:");
        }
    }

    @Test
    void shouldSayOnceThatACertificateIsNotTrusted() throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", "tls+tcp://127.0.0.1:0", "--insecure");
                SluiceProcess push = SluiceProcess.start("push", "--connect", pull.endpoint(), "--timeout", "5000")) {
            push.input("a\n");

            assertThat(push.exitCode()).isNotZero();
            assertThat(push.errText()).containsOnlyOnce("issuer=CN=sluice ephemeral");
        }
    }

    @Test
    void shouldSendTheFirstLinesOnlyWhenPushHasACount() throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", ANY_PORT, "--count", "2");
                SluiceProcess push = SluiceProcess.start("push", "--connect", pull.endpoint(), "--count", "2")) {
            push.input("a\nb\nc\n");

            assertThat(push.exitCode()).isZero();
            assertThat(pull.exitCode()).isZero();
            assertThat(pull.outText()).isEqualTo("a\nb\n");
        }
    }

    @Test
    void shouldPublishToTheSubscribersOfABeginning() throws IOException, InterruptedException {
        try (SluiceProcess pub = SluiceProcess.start("pub", "--bind", ANY_PORT, "--wait-peers", "2")) {
            final String endpoint = pub.endpoint();
            try (SluiceProcess all = SluiceProcess.start("sub", "--connect", endpoint, "--count", "3");
                    SluiceProcess some = SluiceProcess.start(
                            "sub", "--connect", endpoint, "--subscribe", "b", "--subscribe", "c", "--count", "2")) {
                pub.input("a1\nb2\nc3\n");

                assertThat(pub.exitCode()).isZero();
                assertThat(all.exitCode()).isZero();
                assertThat(some.exitCode()).isZero();
                assertThat(all.outText()).isEqualTo("a1\nb2\nc3\n");
                assertThat(some.outText()).isEqualTo("b2\nc3\n");
            }
        }
    }

    @Test
    void shouldShowSubscriptionsAndUpstreamMessagesAtAnXPub() throws IOException, InterruptedException {
        try (SluiceProcess xpub = SluiceProcess.start("xpub", "--bind", ANY_PORT, "--count", "2", "--format", "hex");
                SluiceProcess xsub = SluiceProcess.start("xsub", "--connect", xpub.endpoint(), "--subscribe", "t")) {
            xsub.input("up\n");

            assertThat(xpub.exitCode()).isZero();
            assertThat(xpub.outText().lines()).containsExactlyInAnyOrder("0174", "7570");
        }
    }

    @Test
    void shouldReplyByEcho() throws IOException, InterruptedException {
        try (SluiceProcess rep = SluiceProcess.start("rep", "--bind", ANY_PORT, "--echo", "--count", "2");
                SluiceProcess req = SluiceProcess.start("req", "--connect", rep.endpoint(), "--timeout", "30000")) {
            req.input("one\ntwo\n");

            assertThat(req.exitCode()).isZero();
            assertThat(rep.exitCode()).isZero();
            assertThat(req.outText()).isEqualTo("one\ntwo\n");
            assertThat(rep.outText()).isEqualTo("one\ntwo\n");
        }
    }

    @Test
    void shouldReplyWithLinesOfTheInput() throws IOException, InterruptedException {
        try (SluiceProcess rep = SluiceProcess.start("rep", "--bind", ANY_PORT, "--count", "2");
                SluiceProcess req = SluiceProcess.start("req", "--connect", rep.endpoint())) {
            rep.input("yes\nno\n");
            req.input("one\ntwo\n");

            assertThat(req.exitCode()).isZero();
            assertThat(rep.exitCode()).isZero();
            assertThat(req.outText()).isEqualTo("yes\nno\n");
        }
    }

    @Test
    void shouldSayThatRepliesAreMissing() throws IOException, InterruptedException {
        try (SluiceProcess rep = SluiceProcess.start("rep", "--bind", ANY_PORT);
                SluiceProcess req = SluiceProcess.start("req", "--connect", rep.endpoint())) {
            rep.input("");
            req.inputSoFar("one\n");

            assertThat(rep.exitCode()).isEqualTo(ExitCodes.FAILURE);
            assertThat(rep.errText()).contains("replies=0, limit=one line of input a request");
        }
    }

    @Test
    void shouldRouteByTheFirstFrame() throws IOException, InterruptedException {
        try (SluiceProcess router = SluiceProcess.start("router", "--bind", ANY_PORT);
                SluiceProcess dealer = SluiceProcess.start(
                        "dealer", "--connect", router.endpoint(), "--identity", "alice", "--count", "1", "--frames")) {
            dealer.input("to\tyou\n");
            router.awaitOut("alice");
            router.input("alice\tto\tme\n");

            assertThat(dealer.exitCode()).isZero();
            assertThat(dealer.outText()).isEqualTo("to\tme\n");
            assertThat(router.exitCode()).isZero();
            assertThat(router.outText()).isEqualTo("alice\tto\tyou\n");
        }
    }

    @Test
    void shouldSayThatARoutingIdIsUnknown() throws IOException, InterruptedException {
        try (SluiceProcess router = SluiceProcess.start("router", "--bind", ANY_PORT)) {
            router.input("nobody\thello\n");

            assertThat(router.exitCode()).isEqualTo(ExitCodes.FAILURE);
            assertThat(router.errText()).contains("line 1=no peer has that routing id");
        }
    }

    @Test
    void shouldTalkBothWaysWithAPair() throws IOException, InterruptedException {
        try (SluiceProcess one = SluiceProcess.start("pair", "--bind", ANY_PORT, "--count", "1");
                SluiceProcess two = SluiceProcess.start("pair", "--connect", one.endpoint(), "--count", "1")) {
            one.input("from one\n");
            two.input("from two\n");

            assertThat(one.exitCode()).isZero();
            assertThat(two.exitCode()).isZero();
            assertThat(one.outText()).isEqualTo("from two\n");
            assertThat(two.outText()).isEqualTo("from one\n");
        }
    }

    @Test
    void shouldSendLinesThatHaveComeBeforeTheCountEndsIt() throws IOException, InterruptedException {
        try (SluiceProcess one = SluiceProcess.start("pair", "--bind", ANY_PORT, "--count", "1");
                SluiceProcess two = SluiceProcess.start("pair", "--connect", one.endpoint(), "--count", "3")) {
            one.inputSoFar("1\n2\n3\n");
            two.inputSoFar("now\n");

            assertThat(one.exitCode()).isZero();
            assertThat(two.exitCode()).isZero();
            assertThat(two.outText()).isEqualTo("1\n2\n3\n");
        }
    }

    @Test
    void shouldEndAPairWithItsInput() throws IOException, InterruptedException {
        try (SluiceProcess one = SluiceProcess.start("pair", "--bind", ANY_PORT, "--count", "1");
                SluiceProcess two = SluiceProcess.start("pair", "--connect", one.endpoint())) {
            two.input("last words\n");

            assertThat(two.exitCode()).isZero();
            assertThat(one.exitCode()).isZero();
            assertThat(one.outText()).isEqualTo("last words\n");
        }
    }

    @Test
    void shouldSayThatTheTimeIsOver() throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", ANY_PORT, "--timeout", "50");
                SluiceProcess push = SluiceProcess.start("push", "--bind", ANY_PORT, "--timeout", "50")) {
            push.input("a\n");

            assertThat(pull.exitCode()).isEqualTo(ExitCodes.TIMEOUT);
            assertThat(pull.errText()).contains("messages=0, limit=50 ms, then --timeout ends the wait");
            assertThat(push.exitCode()).isEqualTo(ExitCodes.TIMEOUT);
            assertThat(push.errText()).contains("line 1=not taken, no peer is here");
        }
    }

    @Test
    void shouldSayHowManyCameBeforeTheTimeWasOver() throws IOException, InterruptedException {
        try (SluiceProcess push = SluiceProcess.start("push", "--bind", ANY_PORT)) {
            push.input("a\nb\nc\n");
            // The time runs from its start, so the other side is there before.
            try (SluiceProcess pull = SluiceProcess.start("pull", "--connect", push.endpoint(), "--timeout", "5000")) {
                assertThat(pull.exitCode()).isEqualTo(ExitCodes.TIMEOUT);
                assertThat(pull.outText()).isEqualTo("a\nb\nc\n");
                assertThat(pull.errText()).contains("messages=3, limit=5000 ms, then --timeout ends the wait");
            }
        }
    }

    @Test
    void shouldSayOnceThatNobodyIsThereToConnectToAndOnceThatSomebodyIs() throws IOException, InterruptedException {
        final String endpoint = SluiceProcess.freshEndpoint();
        try (SluiceProcess push = SluiceProcess.start("push", "--connect", endpoint)) {
            push.inputSoFar("a\n");
            assertThat(push.endpoint("cannot connect to " + endpoint + " yet: "))
                    .contains("refused")
                    .endsWith("; trying again");
            try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", endpoint, "--count", "2")) {
                pull.awaitOut("a");
                push.input("b\n");

                assertThat(pull.exitCode()).isZero();
                assertThat(pull.errText()).isEmpty();
            }

            assertThat(push.exitCode()).isZero();
            assertThat(push.errText().lines()).hasSize(2).last().isEqualTo("sluice push: connected to " + endpoint);
        }
    }

    @Test
    void shouldSayWhatLingerLeftBehind() throws IOException, InterruptedException {
        // Nobody listens on port 1.
        try (SluiceProcess push = SluiceProcess.start("push", "--connect", "tcp://127.0.0.1:1", "--linger", "50")) {
            push.input("a\nb\n");

            assertThat(push.exitCode()).isEqualTo(ExitCodes.LEFT_BEHIND);
            assertThat(push.errText()).contains("messagesLeft=2, limit=0 after 50 ms, give more time with --linger");
        }
    }

    @Test
    void shouldWriteWhatCameWhenTerminated() throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", ANY_PORT);
                SluiceProcess push = SluiceProcess.start("push", "--connect", pull.endpoint())) {
            push.input("a\n");
            pull.awaitOut("a");

            pull.terminate();

            assertThat(pull.exitCode()).isEqualTo(143);
            assertThat(pull.outText()).isEqualTo("a\n");
            assertThat(pull.errText()).doesNotContain("Exception").doesNotContain("stopped before");
        }
    }

    @Test
    void shouldEndASenderThatIsTerminatedWhileItWaitsForInput() throws IOException, InterruptedException {
        try (SluiceProcess pull = SluiceProcess.start("pull", "--bind", ANY_PORT, "--count", "1");
                SluiceProcess push = SluiceProcess.start("push", "--connect", pull.endpoint())) {
            push.inputSoFar("a\n");
            pull.awaitOut("a");

            push.terminate();

            assertThat(push.exitCode()).isEqualTo(143);
            assertThat(push.errText()).doesNotContain("Exception").doesNotContain("stopped before");
        }
    }

    @Test
    void shouldSayWhatASignalLeftBehind() throws IOException, InterruptedException {
        // Nobody listens on port 1, so the end of the input is followed by a wait.
        try (SluiceProcess push = SluiceProcess.start("push", "--connect", "tcp://127.0.0.1:1", "--verbose")) {
            push.input("a\nb\n");
            // It reads its input beside that.
            push.awaitErr("next attempt to ", 3);

            push.terminate();

            assertThat(push.exitCode()).isEqualTo(143);
            assertThat(push.errText()).containsPattern("messagesLeft=[12], limit=0, a signal ended");
        }
    }

    @Test
    void shouldSayThatAnEndpointIsTaken() throws IOException, InterruptedException {
        try (SluiceProcess one = SluiceProcess.start("pull", "--bind", ANY_PORT);
                SluiceProcess two = SluiceProcess.start("pull", "--bind", one.endpoint())) {
            assertThat(two.exitCode()).isEqualTo(ExitCodes.FAILURE);
            assertThat(two.errText())
                    .contains("sluice pull: ")
                    .contains(one.endpoint())
                    .doesNotContain("\tat ");
        }
    }

    private static byte[] randomLines(final Random random, final int lines) {
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (int i = 0; i < lines; i++) {
            final byte[] line = new byte[i == lines / 2 ? 300_000 : random.nextInt(200)];
            random.nextBytes(line);
            for (int j = 0; j < line.length; j++) {
                line[j] = line[j] == '\n' ? 0 : line[j];
            }
            file.writeBytes(line);
            file.write('\n');
        }
        return file.toByteArray();
    }
}
