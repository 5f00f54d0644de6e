package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way out on a stream beside its connection's own, where memory lacks for what the medium does not take. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class LaneWriterTest {
    private static final String GREETING = "\377\0\0\0\0\0\0\0\001\177\003\001NULL" + "\0".repeat(16 + 32);
    private static final String READY = "\004\031\005READY\013Socket-Type\0\0\0\003SUB";

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context, new Chunks(this::memory));
    private final MemoryChannel[] main = MemoryChannel.pair(new Random(1));
    private final MemoryChannel[] lane = MemoryChannel.pair(new Random(2));
    private final RecordingEnd end = new RecordingEnd(context, SocketType.PUB, RecordingEnd.OPTIONS);
    private final StreamPipe pipe = new StreamPipe(group, main[0], end, true);
    private final List<String> failures = new ArrayList<>();
    private final UnsafeBuffer message = new UnsafeBuffer(ByteBuffer.allocateDirect(Outbound.MAX_GATHERED_BYTES));
    private boolean lacksMemory;

    private ByteBuffer memory(final int bytes) {
        if (lacksMemory) {
            throw new OutOfMemoryError("as the test wants it");
        }
        return ByteBuffer.allocateDirect(bytes);
    }

    @Test
    void shouldNotCountAsSentWhatThereIsNoMemoryFor() {
        final LaneWriter writer = new LaneWriter(group, lane[0], pipe, failures::add);
        lane[0].window(100);
        lacksMemory = true;

        final boolean taken = writer.offer(MessageKind.SINGLE, message, 0, Outbound.MAX_GATHERED_BYTES);
        writer.flush();
        writer.flush();

        assertThat(taken).isTrue();
        assertThat(writer.isDrained()).isFalse();
        assertThat(writer.unsentMessages()).isEqualTo(1);
        assertThat(failures).hasSize(1).allMatch(text -> text.contains("limit=direct memory"));
    }

    @Test
    void shouldTellOfItsFailureAgainIfThatCouldNotBeHeard() {
        final List<String> heard = new ArrayList<>();
        final LaneWriter writer = new LaneWriter(group, lane[0], pipe, text -> {
            failures.add(text);
            if (failures.size() == 1) {
                throw new OutOfMemoryError("as the test wants it");
            }
            heard.add(text);
        });
        lane[0].window(100);
        lacksMemory = true;
        writer.offer(MessageKind.SINGLE, message, 0, 1_000);

        assertThatThrownBy(writer::flush).isInstanceOf(OutOfMemoryError.class);
        writer.flush();
        writer.flush();

        assertThat(heard).hasSize(1);
    }

    @Test
    void shouldEndAPipeThatAnotherOneFindsWithoutMemory() {
        pipe.start();
        main[1].send((GREETING + READY).getBytes(StandardCharsets.ISO_8859_1));
        Turns.give(pipe, main[0], group, context);
        main[1].takeAll();
        main[0].window(0);
        assertThat(end.carrier.offer(MessageKind.SINGLE, message, 0, 1_000)).isTrue();
        end.carrier.subscription(true, message, 3);
        Turns.give(pipe, main[0], group, context);
        lacksMemory = true;

        new LaneWriter(group, lane[0], pipe, failures::add).offer(MessageKind.SINGLE, message, 0, 1_000);
        Turns.give(pipe, main[0], group, context);

        assertThat(end.reason).isEqualTo(CloseReason.IO_ERROR);
        assertThat(end.unsent).isEqualTo(1);
        assertThat(failures).isEmpty();
    }
}
