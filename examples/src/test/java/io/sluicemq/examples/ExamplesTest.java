package io.sluicemq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Runs each program as a reader would, and looks at what it prints. */
@Isolated
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ExamplesTest {
    private static final String[] NO_ARGS = {};

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private PrintStream terminal;

    @BeforeEach
    void captureOutput() {
        terminal = System.out;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveOutputBack() {
        System.setOut(terminal);
    }

    private List<String> lines() {
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void shouldRunTheProgramOfTheReadme() throws Exception {
        ReadmeExample.main(NO_ARGS);

        assertThat(lines()).containsExactly("Hello, sluice");
    }

    @Test
    void shouldReadAgainWhatAJournalKeeps() throws Exception {
        KeepJournal.main(NO_ARGS);

        assertThat(lines()).containsExactly("1: two pieces", "1: pieces");
    }

    @Test
    void shouldProcessOrdersOnceAndReplayThem() throws Exception {
        DurableOrders.main(NO_ARGS);

        assertThat(lines())
                .containsExactly("orders/1: two pieces", "booked three pieces", "again orders/1", "again orders/2");
    }

    @Test
    void shouldPublishPricesThatSurvive() throws Exception {
        DurablePrices.main(NO_ARGS);

        assertThat(lines()).containsExactly("PUBLISHED SYNCED stored=true", "100 more");
    }

    @Test
    void shouldCarryTasksThroughThePipeline() throws Exception {
        HelloPipeline.main(NO_ARGS);

        assertThat(lines()).containsExactly("sum of squares: 385");
    }

    @Test
    void shouldKnowACertificateByItsFingerprint() throws Exception {
        PinnedQuic.main(NO_ARGS);

        assertThat(lines()).hasSize(2).last().isEqualTo("nobody else reads this");
        assertThat(lines().get(0)).matches("sha256=[0-9a-f]{64}");
    }

    @Test
    void shouldLetAnOrderPassAFile() throws Exception {
        QuicLanes.main(NO_ARGS);

        assertThat(lines())
                .containsExactlyInAnyOrder("files.report", "orders.1", "files.index")
                .containsSubsequence("orders.1", "files.index");
    }

    @Test
    void shouldAskEarlyWhoComesBack() throws Exception {
        EarlyRequests.main(NO_ARGS);

        assertThat(lines()).containsExactly("price of 0815", "42", "price of 0815", "42");
    }

    @Test
    void shouldBringTheNewestPosition() throws Exception {
        QuicDatagrams.main(NO_ARGS);

        assertThat(lines()).containsExactly("position 100");
    }

    @Test
    void shouldLetInWhoHasTheRightCertificate() throws Exception {
        EncryptedTcp.main(NO_ARGS);

        assertThat(lines()).containsExactly("for your eyes only");
    }

    @Test
    void shouldTakeACertificateFromAKeyStore() throws Exception {
        KeyStoreIdentity.main(NO_ARGS);

        assertThat(lines()).containsExactly("for your eyes only");
    }

    @Test
    void shouldGiveTheSubscriberWhatItAskedFor() throws Exception {
        Weather.main(NO_ARGS);

        assertThat(lines()).containsExactly("berlin.temperature=21", "berlin.wind=3");
    }

    @Test
    void shouldAnswerRequestsOnTwoThreads() throws Exception {
        RequestReply.main(NO_ARGS);

        assertThat(lines()).containsExactly("answer to question 1", "answer to question 2", "answer to question 3");
    }

    @Test
    void shouldRouteByRoutingId() throws Exception {
        RouterDealer.main(NO_ARGS);

        assertThat(lines()).containsExactly("worker-1 is ready", "SENT, UNROUTABLE", "task 1");
    }

    @Test
    void shouldTalkBetweenTwoThreads() throws Exception {
        PairOfThreads.main(NO_ARGS);

        assertThat(lines()).containsExactly("done: count to three");
    }

    @Test
    void shouldCarryAllNumbers() throws Exception {
        ZeroAllocation.main(NO_ARGS);

        assertThat(lines()).containsExactly("sum: 4999950000");
    }

    @Test
    void shouldGetAllRepliesOnOneSpinningThread() throws Exception {
        SpinningThread.main(NO_ARGS);

        assertThat(lines()).containsExactly("replies: 1000");
    }

    @Test
    void shouldShareTheJobsBetweenTheWorkers() throws Exception {
        SharedQueue.main(NO_ARGS);

        assertThat(lines()).hasSize(4).allMatch(line -> line.matches("job \\d done by (first|second)"));
        assertThat(lines()).anyMatch(line -> line.endsWith("first")).anyMatch(line -> line.endsWith("second"));
    }

    @Test
    void shouldStopTakingOrdersWhenTold() throws Exception {
        PollMany.main(NO_ARGS);

        assertThat(lines()).containsExactly("order 1", "order 2", "stop");
    }

    @Test
    void shouldForwardASubscriptionAndAMessage() throws Exception {
        Forwarder.main(NO_ARGS);

        assertThat(lines()).containsExactly("subscribed to news.", "news.sport: 2 to 1");
    }

    @Test
    void shouldSendAsAKnownUser() throws Exception {
        KnownUsers.main(NO_ARGS);

        assertThat(lines()).containsExactly("from a known user");
    }

    @Test
    void shouldSendThroughSharedMemory() throws Exception {
        SharedMemory.main(NO_ARGS);

        assertThat(lines()).containsExactly("through memory");
    }

    @Test
    void shouldSendWithTunedOptions() throws Exception {
        TunedTcp.main(NO_ARGS);

        assertThat(lines()).containsExactly("queued for a peer: tuned");
    }

    @Test
    void shouldCountWhatACloseLeftBehind() throws Exception {
        WatchSocket.main(NO_ARGS);

        assertThat(lines()).containsExactly("PUSH sent 0", "dropped 3: LINGER_EXPIRED", "left behind: 3, counted: 3");
    }
}
