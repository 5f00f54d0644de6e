package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.transport.CloseReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Peers over {@code shm://} that send and leave, to a socket that does not receive meanwhile. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class LeftBehindTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MAX_LEFT_BEHIND = 32;
    private static final String TEXT = "leftBehindRings=32, limit=32, receive what waits";

    @TempDir
    private Path folder;

    private final Refusals refusals = new Refusals();

    private static final class Refusals implements SocketListener {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
            if (reason == CloseReason.REFUSED) {
                texts.add(detail);
            }
        }

        void await() {
            Await.until(LIMIT, () -> !texts.isEmpty(), "a refusal");
            assertThat(texts.get(0)).contains(TEXT);
        }
    }

    private SocketOptions options() {
        return SocketOptions.builder().listener(refusals).build();
    }

    private static void assertReceives(final PullSocket pull, final int messages) throws InterruptedException {
        for (int i = 0; i < messages; i++) {
            assertThat(pull.receiveMessage(LIMIT).text()).isEqualTo("left behind");
        }
    }

    @Test
    void shouldRefuseFurtherPeersUntilWhatOthersLeftBehindIsReceived() throws InterruptedException {
        try (Context context = Context.create();
                PullSocket pull = context.pull()) {
            final String endpoint = pull.bind("shm://" + folder.resolve("bound"));
            for (int i = 0; i < MAX_LEFT_BEHIND; i++) {
                sendAndLeave(context, pull, endpoint);
            }
            try (PushSocket refused = context.push(options())) {
                refused.connect(endpoint);
                refusals.await();
                assertThat(pull.peers()).isEmpty();
                assertThat(refused.stats().messagesSent()).isZero();
                refused.close(Duration.ZERO);
            }

            assertReceives(pull, MAX_LEFT_BEHIND);
            sendAndLeave(context, pull, endpoint);
            assertReceives(pull, 1);

            assertThat(refusals.texts).hasSize(1);
        }
    }

    private static void sendAndLeave(final Context context, final PullSocket pull, final String endpoint)
            throws InterruptedException {
        try (PushSocket push = context.push()) {
            push.connect(endpoint);
            assertThat(push.awaitPeers(1, LIMIT)).isTrue();
            push.send("left behind");
        }
        Await.until(LIMIT, () -> pull.peers().isEmpty(), "the peer is gone");
    }

    @Test
    void shouldRefuseFurtherPeersThatItConnectsTo() throws InterruptedException {
        try (Context context = Context.create();
                PullSocket pull = context.pull(options())) {
            for (int i = 0; i < MAX_LEFT_BEHIND; i++) {
                try (PushSocket push = context.push()) {
                    pull.connect(push.bind("shm://" + folder.resolve("peer" + i)));
                    assertThat(push.awaitPeers(1, LIMIT)).isTrue();
                    push.send("left behind");
                }
            }
            try (PushSocket refused = context.push()) {
                pull.connect(refused.bind("shm://" + folder.resolve("refused")));
                refusals.await();
                assertThat(refused.peers()).isEmpty();
            }

            assertReceives(pull, MAX_LEFT_BEHIND);
        }
    }
}
