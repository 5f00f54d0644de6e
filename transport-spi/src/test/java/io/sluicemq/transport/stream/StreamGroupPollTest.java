package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.SocketType;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that alone is read leaves the selector, and comes back. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class StreamGroupPollTest {
    private static final String GREETING = "\377\0\0\0\0\0\0\0\001\177\003\001NULL" + "\0".repeat(16 + 32);
    private static final String READY = "\004\032\005READY\013Socket-Type\0\0\0\004PUSH";
    private static final byte[] HELLO = (GREETING + READY).getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] MESSAGE = {0, 1, 'A'};

    /** Above what makes a connection leave the selector. */
    private static final int MANY = 100;

    /** Above what a connection is read in vain before it goes back. */
    private static final int FRUITLESS = 300;

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context);
    private final MemoryChannel[] channels = MemoryChannel.pair(new Random(1));
    private final MemoryChannel[] others = MemoryChannel.pair(new Random(2));
    private final StreamPipe pipe = pipe(channels[0]);
    private final StreamPipe other = pipe(others[0]);

    private StreamPipe pipe(final MemoryChannel channel) {
        final RecordingEnd end = new RecordingEnd(context, SocketType.PULL, RecordingEnd.OPTIONS);
        return new StreamPipe(group, channel, end, true);
    }

    @BeforeEach
    void shakeHands() {
        pipe.start();
        other.start();
        others[1].send(HELLO);
        Turns.give(other, others[0], group, context);
        channels[1].send(HELLO);
        Turns.give(pipe, channels[0], group, context);
    }

    private void read(final int messages) {
        for (int i = 0; i < messages; i++) {
            channels[1].send(MESSAGE);
            Turns.give(pipe, channels[0], group, context);
            assertThat(channels[0].unread()).isZero();
        }
    }

    @Test
    void shouldLeaveTheSelectorOnlyAfterManyReadsAlone() {
        read(10);
        assertThat(channels[0].isPolled()).isFalse();

        read(MANY);

        assertThat(channels[0].isPolled()).isTrue();
    }

    @Test
    void shouldComeBackBeforeTheAgentSleeps() {
        read(MANY);

        group.awaitEvents();

        assertThat(channels[0].isPolled()).isFalse();
        assertThat(group.isPolling()).isFalse();
        read(10);
        assertThat(channels[0].isPolled()).isFalse();
    }

    @Test
    void shouldComeBackWhenNothingComesAnyMore() {
        read(MANY);

        for (int i = 0; i < FRUITLESS; i++) {
            group.poll();
        }

        assertThat(channels[0].isPolled()).isFalse();
    }

    @Test
    void shouldComeBackWhenAnotherConnectionIsRead() {
        read(MANY);

        others[1].send(MESSAGE);
        Turns.give(other, others[0], group, context);

        assertThat(channels[0].isPolled()).isFalse();
        assertThat(others[0].unread()).isZero();
    }
}
