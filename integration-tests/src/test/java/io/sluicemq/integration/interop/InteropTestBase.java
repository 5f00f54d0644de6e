package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PubSocket;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Foreign peers for each class and a fresh context for each test; leaks are looked for after each class. */
@ExtendWith(LeakCheckExtension.class)
abstract class InteropTestBase {

    /** For what must come. */
    static final Duration LIMIT = Duration.ofSeconds(15);

    /** For what must not come: long enough to show most mistakes, and too short to slow the suite down. */
    static final Duration MOMENT = Duration.ofMillis(150);

    static final String ANY_PORT = OurSocket.ANY_PORT;
    static final String THEIR_ANY_PORT = "tcp://127.0.0.1:*";

    private static Peers peers;

    final Events events = new Events();
    Context context;

    @BeforeAll
    static void startPeers() {
        peers = Peers.start();
    }

    @AfterAll
    static void closePeers() {
        peers.close();
        peers = null;
    }

    @BeforeEach
    void openContext() {
        context = Context.create();
    }

    @AfterEach
    void closeContext() {
        context.close(Duration.ZERO);
    }

    static PeerSocket open(final String peer, final PeerSocketType type) {
        return peers.require(peer).open(type);
    }

    /** Options with the test's listener and quick reconnects. */
    SocketOptions.Builder options() {
        return SocketOptions.builder().listener(events).reconnect(Duration.ofMillis(20), Duration.ZERO);
    }

    static void awaitPeers(final Socket socket, final int count) throws InterruptedException {
        assertThat(socket.awaitPeers(count, LIMIT))
                .as("%s has %d peers", socket.type(), count)
                .isTrue();
    }

    /** A foreign socket sends its subscriptions on a new connection only when its application calls it. */
    static boolean awaitSubscriber(final PubSocket pub, final PeerSocket sub, final String topic)
            throws InterruptedException {
        final long endNs = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < endNs) {
            sub.receive(Duration.ZERO);
            if (pub.awaitSubscribers(topic, 1, Duration.ofMillis(20))) {
                return true;
            }
        }
        return false;
    }

    static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Sends a signal to a process that the test itself started. */
    static void signal(final String name, final long pid) throws IOException, InterruptedException {
        final Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        assertThat(kill.waitFor()).as("kill -%s", name).isZero();
        kill.getInputStream().close();
        kill.getErrorStream().close();
        kill.getOutputStream().close();
    }
}
