package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that left messages in its ring, and is here again with another ring: what it sent first is received first. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class ReconnectOrderTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final int BATCH = 300;
    private static final int CONNECTIONS = 3;

    @TempDir
    private Path folder;

    private String endpoint(final String scheme) {
        return "inproc".equals(scheme) ? "inproc://order" : scheme + "://" + folder.resolve("s");
    }

    private static void meet(final PushSocket push, final PullSocket pull) throws InterruptedException {
        assertThat(push.awaitPeers(1, LIMIT)).isTrue();
        assertThat(pull.awaitPeers(1, LIMIT)).isTrue();
    }

    private static void cut(final PushSocket push, final PullSocket pull) throws InterruptedException {
        final int here = push.peers().get(0).id();
        final int there = pull.peers().get(0).id();
        push.disconnectPeer(here);
        Await.until(
                LIMIT,
                () -> pull.peers().stream().noneMatch(peer -> peer.id() == there)
                        || push.peers().stream().noneMatch(peer -> peer.id() == here),
                "disconnected");
        meet(push, pull);
    }

    private static long dropped(final PushSocket push) {
        return Stream.of(DropCause.values())
                .mapToLong(cause -> push.stats().dropped(cause))
                .sum();
    }

    @ParameterizedTest
    @CsvSource({"shm, true", "shm, false", "inproc, true", "inproc, false"})
    void shouldReceiveInOrderWhatWasSentBeforeAndAfter(final String scheme, final boolean pullBinds)
            throws InterruptedException {
        try (Context context = Context.create()) {
            final PullSocket pull = context.pull();
            final PushSocket push = context.push();
            if (pullBinds) {
                push.connect(pull.bind(endpoint(scheme)));
            } else {
                pull.connect(push.bind(endpoint(scheme)));
            }
            meet(push, pull);
            int sent = 0;
            for (int connection = 0; connection < CONNECTIONS; connection++) {
                if (connection > 0) {
                    cut(push, pull);
                }
                for (int i = 0; i < BATCH; i++) {
                    push.send(Integer.toString(sent++));
                }
            }

            final List<Integer> received = new ArrayList<>();
            Message message = pull.receiveMessage(LIMIT);
            while (message != null) {
                received.add(Integer.parseInt(message.text()));
                message = received.size() == sent ? null : pull.receiveMessage(pullBinds ? LIMIT : SILENCE);
            }

            assertThat(received).isSorted().doesNotHaveDuplicates();
            // A bound socket drops, and counts, what waited outside of the ring for a peer that left.
            assertThat(sent - received.size()).isLessThanOrEqualTo(pullBinds ? 0 : (int) dropped(push));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shm", "inproc"})
    void shouldEndOnTheNewestWhenConflating(final String scheme) throws InterruptedException {
        try (Context context = Context.create()) {
            final PullSocket pull =
                    context.pull(SocketOptions.builder().conflate(true).build());
            final PushSocket push = context.push();
            push.connect(pull.bind(endpoint(scheme)));
            meet(push, pull);
            push.send("old");
            cut(push, pull);
            push.send("new");

            String last = "";
            while (!"new".equals(last)) {
                final Message message = pull.receiveMessage(LIMIT);
                assertThat(message).as("after %s", last).isNotNull();
                last = message.text();
            }

            assertThat(pull.receiveMessage(Duration.ofMillis(200))).isNull();
        }
    }
}
