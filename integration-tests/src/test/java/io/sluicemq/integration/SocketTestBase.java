package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.Receiver;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.transport.tcp.TcpOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A fresh context and threads for each test, both gone after it; leaks are looked for after each class. */
@ExtendWith(LeakCheckExtension.class)
abstract class SocketTestBase {
    /** For what must come. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    /** For what must not come: long enough to show most mistakes, and too short to slow the suite down. */
    static final Duration MOMENT = Duration.ofMillis(60);

    /** So that a queue which fills has an end: the system makes its own larger, a little at a time, for seconds. */
    private static final TcpOptions FIXED_BUFFERS = TcpOptions.builder()
            .sendBufferBytes(256 << 10)
            .receiveBufferBytes(256 << 10)
            .build();

    Context context;
    private ExecutorService threads;

    @BeforeEach
    void openContext() {
        context = Medium.context();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void closeContext() throws InterruptedException {
        context.close(Duration.ZERO);
        threads.shutdownNow();
        assertThat(threads.awaitTermination(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .as("threads of the test ended")
                .isTrue();
    }

    final <T> Future<T> start(final Callable<T> task) {
        return threads.submit(task);
    }

    static <T> T get(final Future<T> future) throws InterruptedException {
        try {
            return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (final TimeoutException e) {
            throw new AssertionError("not done, waitedMs=" + LIMIT.toMillis(), e);
        }
    }

    /** Joins two sockets, and waits until both know. */
    static String join(final Medium medium, final Socket bound, final Socket connected) throws InterruptedException {
        final int peers = bound.peers().size();
        final String endpoint = bound.bind(medium.fresh());
        connected.connect(endpoint);
        awaitPeers(connected, 1);
        awaitPeers(bound, peers + 1);
        return endpoint;
    }

    static void awaitPeers(final Socket socket, final int count) throws InterruptedException {
        assertThat(socket.awaitPeers(count, LIMIT))
                .as("%s has %d peers", socket.type(), count)
                .isTrue();
    }

    static SocketOptions marks(final int sendHighWaterMark, final int receiveHighWaterMark) {
        return SocketOptions.builder()
                .sendHighWaterMark(sendHighWaterMark)
                .receiveHighWaterMark(receiveHighWaterMark)
                .transport(FIXED_BUFFERS)
                .build();
    }

    static String receiveText(final Receiver socket) throws InterruptedException {
        final Message message = socket.receiveMessage(LIMIT);
        return message == null ? null : message.text();
    }

    static List<String> receiveFrames(final Receiver socket) throws InterruptedException {
        return frames(socket.receiveMessage(LIMIT));
    }

    static List<String> frames(final Message message) {
        if (message == null) {
            return List.of();
        }
        final List<String> frames = new ArrayList<>();
        for (int i = 0; i < message.frameCount(); i++) {
            frames.add(message.text(i));
        }
        return frames;
    }

    static void assertSilent(final Receiver socket) throws InterruptedException {
        assertThat(frames(socket.receiveMessage(MOMENT))).as("nothing comes").isEmpty();
    }
}
