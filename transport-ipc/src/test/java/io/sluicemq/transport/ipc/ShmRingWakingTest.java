package io.sluicemq.transport.ipc;

import static io.sluicemq.transport.ipc.RingPair.MAX_BODY_BYTES;
import static io.sluicemq.transport.ipc.RingPair.RING_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ShmRingWakingTest {
    @Test
    void shouldAnnounceWhatWaitedBeforeThereWasAListener() {
        final RingPair ring = new RingPair();
        ring.offer(1);

        ring.listen();

        assertThat(ring.readerWoken).isZero();
        assertThat(ring.told).isEqualTo(1);
    }

    @Test
    void shouldWakeASleepingReaderOnceAndListItOnce() {
        final RingPair ring = new RingPair();
        ring.listen();

        ring.offer(1);
        ring.offer(2);
        final int toldBefore = ring.told;
        ring.reader.onWake();
        ring.reader.onWake();

        assertThat(ring.readerWoken).isEqualTo(1);
        assertThat(toldBefore).isZero();
        assertThat(ring.told).isEqualTo(1);
    }

    @Test
    void shouldNotWakeAReaderThatIsAwake() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.offer(1);
        ring.reader.onWake();

        ring.poll();
        ring.offer(2);

        assertThat(ring.readerWoken).isEqualTo(1);
    }

    @Test
    void shouldStayAwakeWhenAMessageWaitsAndSleepWhenNoneDoes() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.offer(1);
        ring.reader.onWake();

        final boolean sleepsWithMessage = ring.reader.disarm();
        ring.poll();
        final boolean sleepsWithout = ring.reader.disarm();
        ring.offer(2);

        assertThat(sleepsWithMessage).isFalse();
        assertThat(sleepsWithout).isTrue();
        assertThat(ring.readerWoken).isEqualTo(2);
    }

    @Test
    void shouldSleepWhileAMessageIsClaimedAndNotThere() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.reader.onWake();
        ring.control.putLong(ShmLayout.CLAIMED, 1);

        final boolean sleeps = ring.reader.disarm();

        // Its writer looks at the word behind the record.
        assertThat(sleeps).isTrue();
        assertThat(ring.control.getInt(ShmLayout.ARMED)).isZero();
    }

    @Test
    void shouldBeEmptyForAPollerWhileAMessageIsClaimedThatMayNeverCome() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.control.putLong(ShmLayout.CLAIMED, 1);

        final boolean emptyBefore = ring.reader.isEmpty();
        ring.control.putLong(ShmLayout.CLAIMED, 0);
        ring.offer(1);

        assertThat(emptyBefore).isTrue();
        assertThat(ring.reader.isEmpty()).isFalse();
    }

    @Test
    void shouldBeWorthPollingAmongManyUntilManyPollsInARowFoundNothing() {
        final RingPair ring = new RingPair();
        ring.listen();
        int polls = 0;
        while (ring.reader.isWorthPolling(1_000)) {
            ring.poll();
            polls++;
        }
        final boolean amongFew = ring.reader.isWorthPolling(16);

        ring.offer(1);
        ring.poll();
        final boolean afterAMessage = ring.reader.isWorthPolling(1_000);

        assertThat(polls).isBetween(100, 100_000);
        assertThat(amongFew).isTrue();
        assertThat(afterAMessage).isTrue();
    }

    @Test
    void shouldStayAwakeForAMessageThatCameWhileItPreparedToSleep() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.offer(1);
        ring.reader.onWake();
        ring.poll();

        ring.reader.prepareToDisarm();
        ring.offer(2);
        ring.reader.onWake();
        final boolean sleeps = ring.reader.disarm();

        assertThat(sleeps).isFalse();
        assertThat(ring.told).isEqualTo(1);
    }

    @Test
    void shouldBeWokenAgainWhenAWakeUpCameToNothingWhileItPreparedToSleep() {
        final RingPair ring = new RingPair();
        ring.listen();
        ring.offer(1);
        ring.reader.onWake();
        ring.poll();

        ring.reader.prepareToDisarm();
        ring.offer(2);
        ring.reader.onWake();
        ring.poll();
        final boolean sleeps = ring.reader.disarm();
        ring.offer(3);
        ring.reader.onWake();

        assertThat(sleeps).isTrue();
        assertThat(ring.readerWoken).isEqualTo(3);
        assertThat(ring.told).isEqualTo(2);
    }

    @Test
    void shouldAnnounceAForgottenMessageWhenItLooksAgain() {
        final RingPair ring = new RingPair();
        ring.listen();

        ring.reader.lookAgain();
        final int toldWhenEmpty = ring.told;
        ring.offer(1);
        ring.reader.lookAgain();
        ring.reader.lookAgain();

        assertThat(toldWhenEmpty).isZero();
        assertThat(ring.told).isEqualTo(1);
    }

    @Test
    void shouldWakeAWriterThatWaitsWhenHalfOfTheMarkIsFree() {
        final RingPair ring = new RingPair(20);
        while (ring.offer(1) == ShmWriter.TAKEN) {
            // To the mark.
        }
        ring.writer.requestSpace();

        ring.poll(9);
        final int early = ring.writerWoken;
        ring.poll(1);
        final int inTime = ring.writerWoken;
        ring.poll();

        assertThat(early).isZero();
        assertThat(inTime).isEqualTo(1);
        assertThat(ring.writerWoken).isEqualTo(1);
    }

    @Test
    void shouldWakeAWriterThatWaitsWhenHalfOfTheBytesAreFree() {
        final RingPair ring = new RingPair();
        while (ring.offer(MAX_BODY_BYTES - 8) == ShmWriter.TAKEN) {
            // To the end.
        }
        ring.writer.requestSpace();

        // Seven of 512 bytes are there.
        ring.poll(2);
        final int early = ring.writerWoken;
        ring.poll(1);

        assertThat(early).isZero();
        assertThat(ring.writerWoken).isEqualTo(1);
    }

    @Test
    void shouldWakeAWriterThatIsInALargeMessageWithAMarkOfOne() {
        final RingPair ring = new RingPair(1);
        ring.offerLarge(2 * RING_BYTES);
        ring.writer.requestSpace();

        ring.poll();

        assertThat(ring.writerWoken).isEqualTo(1);
        assertThat(ring.received).isEmpty();
    }

    @Test
    void shouldNotWakeAWriterThatDoesNotWait() {
        final RingPair ring = new RingPair(2);
        ring.offer(1);
        ring.offer(2);

        ring.poll();

        assertThat(ring.writerWoken).isZero();
    }
}
