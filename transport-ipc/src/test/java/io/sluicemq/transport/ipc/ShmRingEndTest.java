package io.sluicemq.transport.ipc;

import static io.sluicemq.transport.ipc.RingPair.MAX_BODY_BYTES;
import static io.sluicemq.transport.ipc.RingPair.RING_BYTES;
import static io.sluicemq.transport.ipc.RingPair.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmRingEndTest {
    @Test
    void shouldNotCountAMessageThatIsTooLargeAmongTheUnknown() {
        final RingPair ring = new RingPair(0, new ReadLimits(RingPair.TAG, 0, 100, 100));
        ring.listen();
        ring.offer(100);
        ring.offer(101);
        ring.offer(50);

        ring.poll();

        assertThat(ring.received).containsExactly(RingPair.sent(100));
        assertThat(ring.readerFault.reason()).isEqualTo(CloseReason.MESSAGE_TOO_LARGE);
        assertThat(ring.readerFault.text()).startsWith("shm messageBytes=101, limit=100, raise it");
        assertThat(ring.reader.unknownMessages()).isEqualTo(1);
    }

    @Test
    void shouldHandOverAllThatWasCommittedBeforeTheEnd() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.offer(1);
        ring.offer(2);

        final long claimed = ring.writer.close();
        ring.reader.end(claimed);
        final boolean emptyBefore = ring.reader.isEmpty();
        final boolean closedBefore = ring.reader.isClosed();
        final int taken = ring.poll();
        final int nothing = ring.poll();

        assertThat(claimed).isEqualTo(2);
        assertThat(ring.told).isEqualTo(1);
        assertThat(emptyBefore).isFalse();
        assertThat(closedBefore).isTrue();
        assertThat(taken).isEqualTo(2);
        assertThat(nothing).isZero();
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.reader.unknownMessages()).isZero();
        assertThat(ring.done).isEqualTo(1);
        assertThat(ring.poll()).isZero();
        assertThat(ring.done).isEqualTo(1);
    }

    @Test
    void shouldRefuseOffersAfterCloseAndSayTheSameTotalAgain() {
        final RingPair ring = new RingPair();
        ring.offer(1);

        final long total = ring.writer.close();

        assertThat(ring.offer(2)).isEqualTo(ShmWriter.CLOSED);
        assertThat(ring.offerLarge(5000)).isFalse();
        assertThat(ring.writer.hasRoom()).isFalse();
        assertThat(ring.writer.isClosed()).isTrue();
        assertThat(ring.writer.waiting()).isEqualTo(1);
        assertThat(ring.writer.close()).isEqualTo(total).isEqualTo(1);
    }

    @Test
    void shouldNotTouchTheMemoryAfterClose() {
        final RingPair ring = new RingPair();
        ring.offer(1);
        ring.writer.close();
        final byte[] before = new byte[ring.memory.capacity()];
        ring.memory.getBytes(0, before);
        // What is read from it would be found wrong.
        ring.control.putLong(ShmLayout.RELEASED_POSITION, -1);

        ring.offer(2);
        ring.offerLarge(5000);
        ring.writer.requestSpace();
        ring.writer.hasRoom();
        ring.writer.waiting();
        ring.writer.close();

        ring.control.putLong(ShmLayout.RELEASED_POSITION, 0);
        final byte[] after = new byte[ring.memory.capacity()];
        ring.memory.getBytes(0, after);
        assertThat(after).isEqualTo(before);
        assertThat(ring.writerBroken).isEmpty();
    }

    @Test
    void shouldCountAClaimThatWasNotCommittedWhenTheWriterDies() {
        final RingPair ring = new RingPair();
        ring.offer(1);
        ring.control.putLong(ShmLayout.CLAIMED, 2);

        ring.reader.end(ShmReader.UNKNOWN);
        final int taken = ring.poll();
        ring.poll();

        assertThat(taken).isEqualTo(1);
        assertThat(ring.done).isEqualTo(1);
        assertThat(ring.reader.unknownMessages()).isEqualTo(1);
    }

    @Test
    void shouldCountALargeMessageThatADeadWriterDidNotFinishAsOneUnknown() {
        final RingPair ring = new RingPair();
        ring.offer(1);
        ring.offerLarge(3 * RING_BYTES);

        ring.reader.end(ShmReader.UNKNOWN);
        while (ring.done == 0) {
            ring.poll();
        }

        assertThat(ring.received).containsExactly(sent(1));
        assertThat(ring.reader.unknownMessages()).isEqualTo(1);
        assertThat(ring.reader.isEmpty()).isTrue();
    }

    @Test
    void shouldLeaveALargeMessageThatIsNotFinishedToAWriterThatLives() {
        final RingPair ring = new RingPair();
        ring.offer(1);
        ring.offerLarge(3 * RING_BYTES);

        ring.reader.end(ring.writer.close());
        while (ring.done == 0) {
            ring.poll();
        }

        assertThat(ring.offer(1)).isEqualTo(ShmWriter.CLOSED);
        assertThat(ring.received).containsExactly(sent(1));
        assertThat(ring.reader.unknownMessages()).isZero();
    }

    @Test
    void shouldTakeNoDamageForAnEndInTheMiddleOfALargeMessageThatItsWriterKeeps() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.offerLarge(2 * RingPair.RING_BYTES);
        ring.poll();

        // As the agent does, while the consumer is between its poll and its sleep.
        ring.reader.end(ring.writer.close());
        final boolean sleeps = ring.reader.disarm();
        ring.poll();
        ring.poll();

        assertThat(sleeps).isFalse();
        assertThat(ring.readerBroken).isEmpty();
        assertThat(ring.reader.unknownMessages()).isZero();
        assertThat(ring.done).isEqualTo(1);
    }

    @Test
    void shouldHandOverACompletedLargeMessageAfterTheEndAlsoWhenItWasRefusedBefore() {
        final RingPair ring = new RingPair();
        ring.offerLarge(2 * MAX_BODY_BYTES);
        ring.refusing = true;
        ring.poll();
        ring.reader.end(ShmReader.UNKNOWN);
        ring.poll();
        final int doneWhileRefused = ring.done;
        ring.refusing = false;

        ring.poll();
        ring.poll();

        assertThat(doneWhileRefused).isZero();
        assertThat(ring.received).containsExactly(sent(2 * MAX_BODY_BYTES));
        assertThat(ring.done).isEqualTo(1);
        assertThat(ring.reader.unknownMessages()).isZero();
    }

    @Test
    void shouldHandOverWhatIsThereAfterItsOwnCloseAndNoMore() {
        final RingPair ring = new RingPair();
        ring.offer(1);
        ring.offer(2);
        ring.reader.close();

        // A writer that goes on, in the handler of each message.
        int taken = 1;
        int all = 0;
        while (taken > 0) {
            taken = ring.reader.poll(
                    (tag, kind, buffer, offset, length) -> {
                        ring.offer(3);
                        return ring.onMessage(tag, kind, buffer, offset, length);
                    },
                    1);
            all += taken;
        }

        assertThat(all).isBetween(2, 3);
        assertThat(ring.done).isEqualTo(1);
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.reader.isClosed()).isTrue();
    }

    @Test
    void shouldNotWaitAtItsOwnCloseForAClaimThatIsNotCommitted() {
        final RingPair ring = new RingPair();
        ring.control.putLong(ShmLayout.CLAIMED, 1);

        ring.reader.close();
        final int taken = ring.poll();

        assertThat(taken).isZero();
        assertThat(ring.done).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldEndAfterALapWhenTheRecordsGoRoundForEver(final boolean closed) {
        final RingPair ring = new RingPair();
        for (int at = 0; at < RING_BYTES; at += 64) {
            ring.records.putLong(at, ShmLayout.header(MessageKind.SINGLE, 64));
        }
        if (closed) {
            ring.reader.close();
        } else {
            ring.reader.end(ShmReader.UNKNOWN);
        }

        int taken = 0;
        while (ring.done == 0) {
            taken += ring.poll(3);
        }

        assertThat(taken).isLessThanOrEqualTo(RING_BYTES / 64 + 2);
        assertThat(ring.reader.isEmpty()).isTrue();
    }

    @Test
    void shouldNotTouchTheMemoryOnceDone() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.reader.close();
        ring.poll();
        final int told = ring.told;
        ring.memory.setMemory(0, ring.memory.capacity(), (byte) -1);

        ring.poll();
        ring.reader.onWake();
        ring.reader.lookAgain();
        final boolean sleeps = ring.reader.disarm();

        assertThat(sleeps).isTrue();
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.told).isEqualTo(told);
        assertThat(ring.readerBroken).isEmpty();
        assertThat(ring.memory.getLong(ShmLayout.ARMED)).isEqualTo(-1);
    }

    @Test
    void shouldSayUnknownWhenAThreadDoesNotLeaveItsTurn() throws Exception {
        final CountDownLatch inTurn = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final RingPair ring = new RingPair();
        final UnsafeBuffer stuck = new UnsafeBuffer(new byte[8]) {
            private int checks;

            @Override
            public byte[] byteArray() {
                // Asked for within the copy.
                if (++checks == 1) {
                    inTurn.countDown();
                    awaitQuietly(goOn);
                }
                return super.byteArray();
            }
        };
        final Thread thread = new Thread(() -> ring.writer.offer(null, 1, stuck, 0, 8));
        thread.start();
        inTurn.await();

        final int busy = ring.offer(1);
        final boolean room = ring.writer.hasRoom();
        final long total = ring.writer.close();
        final int closed = ring.offer(1);
        goOn.countDown();
        thread.join();

        assertThat(busy).isEqualTo(ShmWriter.BUSY);
        assertThat(room).isFalse();
        assertThat(total).isEqualTo(ShmWriter.UNKNOWN);
        assertThat(closed).isEqualTo(ShmWriter.CLOSED);
        assertThat(ring.writer.close()).isEqualTo(1);
        assertThat(ring.offer(1)).isEqualTo(ShmWriter.CLOSED);
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
