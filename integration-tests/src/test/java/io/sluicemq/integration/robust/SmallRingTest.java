package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PeerInfo;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.Seed;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ipc.ShmOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Messages of a publisher over {@code shm://} that are larger than an eighth of its ring. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith(LeakCheckExtension.class)
final class SmallRingTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int MESSAGES = 2_000;
    private static final int MAX_BYTES = 20_000;

    @TempDir
    private Path folder;

    private final Random random = new Random(Seed.next("small ring"));
    private final List<String> ends = new CopyOnWriteArrayList<>();

    private int received;

    private final SocketListener listener = new SocketListener() {
        @Override
        public void onDisconnected(final PeerInfo peer, final CloseReason reason, final String detail) {
            ends.add(reason + " " + detail);
        }
    };

    private void publish(final PubSocket pub) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[MAX_BYTES]);
        for (int i = 0; i < MESSAGES; i++) {
            final int length = Long.BYTES + random.nextInt(MAX_BYTES - Long.BYTES);
            message.setMemory(0, length, (byte) i);
            message.putLong(0, i);
            try {
                pub.send(message, 0, length);
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void check(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        boolean whole = !more && buffer.getLong(offset) == received;
        for (int i = Long.BYTES; i < length && whole; i++) {
            whole = buffer.getByte(offset + i) == (byte) received;
        }
        assertThat(whole).as("message %d", received).isTrue();
        received++;
    }

    @Test
    void shouldPublishMessagesOfAllSizes() throws InterruptedException {
        final SocketOptions small = SocketOptions.builder()
                .transport(ShmOptions.builder().ringBytes(1 << 16).build())
                .build();
        final PublisherOptions waiting = PublisherOptions.builder().noDrop(true).build();
        final SocketOptions heard = SocketOptions.builder().listener(listener).build();
        try (Context there = Context.create();
                Context here = Context.create();
                PubSocket pub = there.pub(small, waiting);
                SubSocket sub = here.sub(heard, SubscriberOptions.DEFAULTS)) {
            sub.subscribe("");
            sub.connect(pub.bind("shm://" + folder.resolve("s")));
            assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
            final Thread sender = new Thread(() -> publish(pub));
            sender.start();

            while (received < MESSAGES) {
                assertThat(sub.receive(this::check, 16, LIMIT))
                        .as("after %d, %s", received, ends)
                        .isPositive();
            }
            sender.join();

            assertThat(ends).isEmpty();
            assertThat(sub.stats().bytesReceived()).isEqualTo(pub.stats().bytesSent());
        }
    }
}
