package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.SocketOptions;
import io.sluicemq.integration.robust.KillLog.Word;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import io.sluicemq.testkit.udp.UdpPorts;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that sends or receives over QUIC is killed under load. What came is in order, nothing comes twice, what is lost is counted,
 * and the other side goes on with the next process.
 */
@Timeout(1_800)
@ExtendWith(LeakCheckExtension.class)
class QuicKillTest {
    private static final System.Logger LOG = System.getLogger(QuicKillTest.class.getName());
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLS = Tier.count(5, 100);

    /** A connection that ends sooner is brief, and after five of these in a row a socket waits for seconds. */
    private static final long BRIEF_MS = 600;

    /** Who dies without a word is found by it; generous, as a machine may stop for a moment. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    /** A resumption that takes longer is told of with what was seen meanwhile. */
    private static final long LONG_MS = 1_000;

    /** What is held is looked at after so many kills, and by the second look all is settled. */
    private static final int KILLS_PER_LOOK = 10;

    /** Threads of pools and those that wait for children come and go: ten to fifteen were seen. */
    private static final long THREADS_SLACK = 8;

    /** The socket of an attempt to connect comes and goes. */
    private static final long DESCRIPTORS_SLACK = 2;

    private static final long DIRECT_SLACK_BYTES = 2L << 20;

    /** With the heap, which takes what it likes. */
    private static final long RESIDENT_SLACK_BYTES = 48L << 20;

    @TempDir
    private Path folder;

    private Random random;
    private Context context;
    private TlsOptions tls;
    private String endpoint;
    private long runs;
    private long startedNs;
    private Usage settled;
    private final List<Long> wentOnMs = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        random = new Random(Seed.next("QuicKillTest"));
        final TestCertificates certificates = new TestCertificates();
        final TlsIdentity own = certificates.server();
        TestCertificates.certificateFile(folder, own);
        TestCertificates.keyFile(folder, own);
        certificates.trustFile(folder);
        tls = KillProgram.tls(folder);
        context = Context.create();
        endpoint = "quic://127.0.0.1:" + UdpPorts.fresh(random);
    }

    @AfterEach
    void close() {
        context.close(Duration.ZERO);
        Collections.sort(wentOnMs);
        LOG.log(
                System.Logger.Level.INFO,
                "kills={0}, ms from the start of the next process to its first message: median={1}, most={2}",
                wentOnMs.size(),
                wentOnMs.get(wentOnMs.size() / 2),
                wentOnMs.get(wentOnMs.size() - 1));
    }

    private SocketOptions.Builder options() {
        return KillProgram.options().transport(tls);
    }

    /** Even numbers: no large messages. */
    private KilledChild start(final String role, final String side) throws IOException {
        runs++;
        startedNs = System.nanoTime();
        return KilledChild.start(folder, "", 2 * runs, role, side, endpoint);
    }

    private void killUnderLoad(final KillSurvivor survivor, final KilledChild child, final int number)
            throws IOException, InterruptedException {
        Await.until(
                LIMIT,
                () -> survivor.received(child.run()) > 0 || child.get(Word.RECEIVED) > 0 || !child.isAlive(),
                "messages of run=" + child.run());
        final long momentMs = number % 3 == 2 ? BRIEF_MS : random.nextInt((int) BRIEF_MS / 3);
        final long momentNs = System.nanoTime() + momentMs * 1_000_000;
        Await.until(LIMIT, () -> System.nanoTime() - momentNs > 0, "a moment");
        child.kill();
        survivor.check();
        final long firstNs = Math.max(survivor.firstNs(child.run()), child.get(Word.FIRST_NS));
        if (firstNs != 0) {
            noteGoingOn(survivor, child, child.run() / 2, firstNs);
        }
    }

    private void noteGoingOn(
            final KillSurvivor survivor, final KilledChild child, final long number, final long firstNs) {
        final long readyNs = child.get(Word.STARTED_NS);
        final long tookMs = (firstNs - readyNs) / 1_000_000;
        wentOnMs.add(tookMs);
        if (tookMs > LONG_MS) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "kill={0}: first message after {1} ms; process was ready in {2} ms; survivor saw, in ms from then on: {3}",
                    number,
                    tookMs,
                    (readyNs - startedNs) / 1_000_000,
                    survivor.toldSince(readyNs));
        }
    }

    /** What is held by those that were killed stays with the context, so it is looked for while that is open. */
    private void look(final int kills) throws IOException {
        if (Tier.LONG && kills % KILLS_PER_LOOK == 0) {
            final Usage now = Usage.now();
            LOG.log(System.Logger.Level.INFO, "kills={0} {1}", kills, now);
            settled = kills == 2 * KILLS_PER_LOOK ? now : settled;
            if (kills == KILLS) {
                assertThat(now.threads()).isLessThanOrEqualTo(settled.threads() + THREADS_SLACK);
                assertThat(now.descriptors()).isLessThanOrEqualTo(settled.descriptors() + DESCRIPTORS_SLACK);
                assertThat(now.directBytes()).isLessThanOrEqualTo(settled.directBytes() + DIRECT_SLACK_BYTES);
                assertThat(now.residentBytes()).isLessThanOrEqualTo(settled.residentBytes() + RESIDENT_SLACK_BYTES);
            }
        }
    }

    @Test
    void shouldGoOnWithTheNextServerAndCountWhatTheKilledOneLost() throws Exception {
        long received = 0;
        long next = 0;
        try (KillSurvivor survivor = new KillSurvivor(context, "PUSH", options())) {
            survivor.socket().connect(endpoint);
            for (int i = 0; i < KILLS; i++) {
                try (KilledChild child = start("pull", "bind")) {
                    killUnderLoad(survivor, child, i);
                    assertThat(child.get(Word.FIRST)).isGreaterThanOrEqualTo(next);
                    next = child.get(Word.NEXT);
                    received += child.get(Word.RECEIVED);
                }
                look(i + 1);
            }
            try (KilledChild last = start("pull", "bind")) {
                last.await(Word.RECEIVED, 1, LIMIT);
                assertThat(last.get(Word.FIRST)).isGreaterThanOrEqualTo(next);
                final long before = received;
                final long sent = survivor.stop();
                // What a server had received when it died, and had not told, is counted as well: nobody tells of it any
                // more.
                assertThat(survivor.socket().close(LIMIT)).isZero();
                Await.until(
                        LIMIT,
                        () -> before + last.get(Word.RECEIVED) + survivor.dropped() >= sent,
                        "sent=" + sent + " are received or counted");
                assertThat(survivor.dropped()).isLessThan(sent);
                last.kill();
            }
        }
    }

    @Test
    void shouldReceiveInOrderFromOneClientAfterTheOtherThatIsKilled() throws Exception {
        try (KillSurvivor survivor = new KillSurvivor(
                context, "PULL", options().heartbeat(HEARTBEAT.dividedBy(4), HEARTBEAT, Duration.ZERO))) {
            survivor.socket().bind(endpoint);
            for (int i = 0; i < KILLS; i++) {
                try (KilledChild child = start("push", "connect")) {
                    killUnderLoad(survivor, child, 0);
                    assertThat(survivor.received(child.run())).isLessThanOrEqualTo(child.get(Word.ACCEPTED) + 1);
                }
                look(i + 1);
            }
            Await.until(LIMIT, survivor::isAlone, "all deaths are noticed");
            survivor.check();
        }
    }
}
