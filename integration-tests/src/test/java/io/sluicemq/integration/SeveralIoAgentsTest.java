package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PairSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.XPubSocket;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Sockets of one context whose I/O agents differ, so that the two ends of an inproc pipe live on two threads. */
@Timeout(60)
class SeveralIoAgentsTest extends SocketTestBase {
    private Context several;

    @BeforeEach
    void openSeveral() {
        several = Context.create(Medium.contextOptions().ioAgents(3).build());
    }

    @AfterEach
    void closeSeveral() {
        several.close(Duration.ZERO);
    }

    @OverQuickTransports
    void shouldJoinAndPartAgainAndAgain(final Medium medium) throws InterruptedException {
        final PullSocket pull = several.pull();
        final String endpoint = pull.bind(medium.fresh());
        for (int i = 0; i < 100; i++) {
            final PushSocket push = several.push();
            push.connect(endpoint);
            push.send("n" + i);
            push.close(LIMIT);
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
        Await.until(LIMIT, () -> pull.peers().isEmpty(), "no peers");
    }

    @OverAllTransports
    void shouldTurnSecondPeersAway(final Medium medium) throws InterruptedException {
        final PairSocket bound = several.pair();
        final PairSocket first = several.pair();
        final String endpoint = join(medium, bound, first);
        final List<PairSocket> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            final PairSocket other = several.pair();
            other.connect(endpoint);
            others.add(other);
        }

        bound.send("for the first");

        assertThat(receiveText(first)).isEqualTo("for the first");
        Await.until(LIMIT, () -> bound.peers().size() == 1, "one peer");
        for (final PairSocket other : others) {
            Await.until(LIMIT, () -> other.peers().stream().noneMatch(peer -> peer.connected()), "not connected");
        }
    }

    @OverQuickTransports
    void shouldSurviveClosesOnBothSidesAtOnce(final Medium medium) throws Exception {
        for (int i = 0; i < 60; i++) {
            final PushSocket push = several.push(SocketOptions.builder()
                    .reconnect(Duration.ofMillis(1), Duration.ZERO)
                    .build());
            final PullSocket pull = several.pull();
            push.connect(pull.bind(medium.fresh()));
            if (i % 3 != 0) {
                awaitPeers(push, 1);
            }
            final Future<Long> pushClosed = start(() -> push.close(LIMIT));
            final Future<Long> pullClosed = start(() -> pull.close(LIMIT));

            assertThat(get(pushClosed)).isZero();
            assertThat(get(pullClosed)).isZero();
        }
    }

    @OverAllTransports
    void shouldShowSubscriptionsWhicheverSideConnects(final Medium medium) throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            final XPubSocket xpub = several.xpub();
            final SubSocket sub = several.sub();
            sub.subscribe("t");
            if (i % 2 == 0) {
                xpub.connect(sub.bind(medium.fresh()));
            } else {
                sub.connect(xpub.bind(medium.fresh()));
            }
            assertThat(receiveText(xpub)).isEqualTo("\1t");
            xpub.send("t" + i);
            assertThat(receiveText(sub)).isEqualTo("t" + i);
            sub.close();
            assertThat(receiveText(xpub)).isEqualTo("\0t");
            xpub.close();
        }
    }
}
