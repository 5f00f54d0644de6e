package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many messages in one call, as a publisher has them. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class StreamPipeBatchTest {
    private static final String GREETING = "\377\0\0\0\0\0\0\0\001\177\003\001NULL" + "\0".repeat(16 + 32);
    private static final String READY = "\004\031\005READY\013Socket-Type\0\0\0\003SUB";

    private final FakeContext context = new FakeContext();
    private final StreamGroup group = new StreamGroup(context, new Chunks(this::memory));
    private final MemoryChannel[] channels = MemoryChannel.pair(new Random(1));
    private final RecordingEnd end = new RecordingEnd(context, SocketType.PUB, RecordingEnd.OPTIONS);
    private final StreamPipe pipe = new StreamPipe(group, channels[0], end, true);
    private final UnsafeBuffer batch = new UnsafeBuffer(ByteBuffer.allocateDirect(Carrier.MAX_BATCH_BYTES));

    private boolean lacksMemory;

    private ByteBuffer memory(final int bytes) {
        if (lacksMemory) {
            throw new OutOfMemoryError("as the test wants it");
        }
        return ByteBuffer.allocateDirect(bytes);
    }

    @BeforeEach
    void shakeHands() {
        pipe.start();
        channels[1].send((GREETING + READY).getBytes(StandardCharsets.ISO_8859_1));
        turn();
        channels[1].takeAll();
        assertThat(end.carrier).isNotNull();
    }

    private void turn() {
        Turns.give(pipe, channels[0], group, context);
    }

    /** Messages of so many bytes on the wire, each filled with its number; returns their length in all. */
    private int fill(final int count, final int bytes) {
        int at = 0;
        for (int i = 0; i < count; i++) {
            final int body = bytes - (bytes > 257 ? FrameHeader.LONG_LENGTH : FrameHeader.SHORT_LENGTH);
            at += FrameHeader.put(batch, at, 0, body);
            batch.setMemory(at, body, (byte) i);
            at += body;
        }
        return at;
    }

    private byte[] expected(final int length) {
        final byte[] bytes = new byte[length];
        batch.getBytes(0, bytes);
        return bytes;
    }

    @Test
    void shouldWriteALongBatchAsItIsAtOnce() {
        final int length = fill(100, 50);
        final int before = channels[0].writes();

        assertThat(end.carrier.offerBatch(batch, 0, length, 100)).isEqualTo(100);
        end.carrier.flush();

        assertThat(channels[0].writes()).isEqualTo(before + 1);
        assertThat(channels[1].takeAll()).isEqualTo(expected(length));
        assertThat(end.carrier.isDrained()).isTrue();
    }

    @Test
    void shouldWriteShortRunsTogether() {
        final int length = fill(10, 50);
        final int before = channels[0].writes();

        for (int i = 0; i < 10; i++) {
            assertThat(end.carrier.offerBatch(batch, i * 50, 50, 1)).isEqualTo(1);
        }
        end.carrier.flush();

        assertThat(channels[0].writes()).isEqualTo(before + 1);
        assertThat(channels[1].takeAll()).isEqualTo(expected(length));
    }

    /** What the medium has taken is not known then: going on could begin in the middle of a frame. */
    @Test
    void shouldEndWithoutAnotherByteWhenThereIsNoMemoryInAWrite() {
        fill(10, 50);
        assertThat(end.carrier.offerBatch(batch, 0, 50, 1)).isEqualTo(1);
        channels[0].lackMemory(true);

        end.carrier.flush();
        channels[0].lackMemory(false);
        final boolean taken = end.carrier.offerBatch(batch, 50, 50, 1) == 1;
        end.carrier.flush();
        turn();

        assertThat(taken).isFalse();
        assertThat(channels[1].takeAll()).isEmpty();
        assertThat(end.reason).isEqualTo(CloseReason.IO_ERROR);
    }

    @ParameterizedTest(name = "{0} messages at a time")
    @ValueSource(ints = {1, 100})
    void shouldCountAsLostWhatTheMediumHasNotTakenAndThereIsNoMemoryFor(final int messagesAtATime) {
        fill(100, 50);
        channels[0].window(125);
        lacksMemory = true;

        for (int i = 0; i < 100; i += messagesAtATime) {
            assertThat(end.carrier.offerBatch(batch, i * 50, messagesAtATime * 50, messagesAtATime))
                    .isEqualTo(messagesAtATime);
        }
        end.carrier.flush();
        turn();

        assertThat(end.reason).isEqualTo(CloseReason.IO_ERROR);
        assertThat(end.unsent).isEqualTo(98);
        assertThat(end.account.sent()).isEqualTo(2);
        assertThat(channels[1].takeAll()).hasSize(125);
    }

    @Test
    void shouldKeepWhatTheMediumDoesNotTakeAndRefuseWhatFollows() {
        final int length = fill(100, 50);
        channels[0].window(125);

        assertThat(end.carrier.offerBatch(batch, 0, length, 100)).isEqualTo(100);
        end.carrier.flush();
        final int writable = end.writable;
        assertThat(end.carrier.offerBatch(batch, 0, 50, 1)).isZero();
        final byte[] sent = expected(length);
        // The caller's again.
        batch.setMemory(0, length, (byte) 0xEE);
        channels[0].window(Integer.MAX_VALUE);
        turn();

        assertThat(channels[1].takeAll()).isEqualTo(sent);
        assertThat(end.writable).isEqualTo(writable + 1);
        assertThat(end.carrier.isDrained()).isTrue();
    }

    @Test
    void shouldCountWhatOfABatchWasNotHandedToTheMedium() {
        final int length = fill(100, 50);
        channels[0].window(125);
        end.carrier.offerBatch(batch, 0, length, 100);

        end.carrier.abort(CloseReason.CLOSED_LOCALLY, "test");

        assertThat(end.unsent).isEqualTo(98);
        assertThat(end.account.sent()).isEqualTo(2);
    }

    @Test
    void shouldTakeNothingOfABatchWhenTheMediumFails() {
        final int length = fill(100, 50);
        channels[0].failWrites(new IOException("broken"));

        assertThat(end.carrier.offerBatch(batch, 0, length, 100)).isZero();

        assertThat(end.unsent).isZero();
    }

    @Test
    void shouldKeepTheOrderOfSingleMessagesAndBatches() {
        final int length = fill(60, 50);
        final byte[] text = {'a', 'b', 'c'};
        end.carrier.offer(MessageKind.SINGLE, new UnsafeBuffer(text), 0, 3);
        end.carrier.offerBatch(batch, 0, length, 60);
        end.carrier.offer(MessageKind.SINGLE, new UnsafeBuffer(text), 0, 3);
        end.carrier.flush();

        final byte[] sent = channels[1].takeAll();

        assertThat(sent).hasSize(5 + length + 5).startsWith(0, 3, 'a', 'b', 'c').endsWith(0, 3, 'a', 'b', 'c');
    }

    @Test
    void shouldTakeNoBatchInTheMiddleOfALargeMessage() {
        channels[0].window(30_000);
        final UnsafeBuffer large = new UnsafeBuffer(ByteBuffer.allocateDirect(50_000));
        assertThat(end.carrier.offer(MessageKind.SINGLE, large, 0, 50_000)).isFalse();

        assertThat(end.carrier.offerBatch(batch, 0, fill(1, 50), 1)).isZero();
        channels[0].window(Integer.MAX_VALUE);
        turn();

        assertThat(end.carrier.offer(MessageKind.SINGLE, large, 0, 50_000)).isTrue();
        assertThat(end.carrier.offerBatch(batch, 0, 50, 1)).isEqualTo(1);
        end.carrier.flush();
        assertThat(channels[1].takeAll()).hasSize(9 + 50_000 + 50);
    }

    @Test
    void shouldWriteFromMemoryOfTheHeap() {
        final int length = fill(1_000, 60);
        final UnsafeBuffer heap = new UnsafeBuffer(expected(length));

        assertThat(end.carrier.offerBatch(heap, 0, length, 1_000)).isEqualTo(1_000);
        end.carrier.flush();

        assertThat(channels[1].takeAll()).isEqualTo(expected(length));
        assertThat(channels[0].ops() & SelectionKey.OP_WRITE).isZero();
    }
}
