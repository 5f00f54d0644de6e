package io.sluicemq.transport.quic;

import static io.sluicemq.transport.quic.DatagramNumbers.Verdict.NEW;
import static io.sluicemq.transport.quic.DatagramNumbers.Verdict.OLD;
import static io.sluicemq.transport.quic.DatagramNumbers.Verdict.WRONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The receiver's side of the numbers of datagrams. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class DatagramNumbersTest {
    private final DatagramNumbers numbers = new DatagramNumbers();

    @Test
    void shouldTakeEachOnceAndNoneBehindANewerOne() {
        assertThat(numbers.onNumber(0)).isEqualTo(NEW);
        assertThat(numbers.take(0)).isZero();
        assertThat(numbers.onNumber(3)).isEqualTo(NEW);
        assertThat(numbers.take(3)).isEqualTo(2);

        assertThat(numbers.onNumber(0)).isEqualTo(OLD);
        assertThat(numbers.onNumber(2)).isEqualTo(OLD);
        assertThat(numbers.onNumber(3)).isEqualTo(OLD);
        assertThat(numbers.onNumber(4)).isEqualTo(NEW);
        assertThat(numbers.heard()).isEqualTo(4);
    }

    @Test
    void shouldCountTheTailThatNeverCame() {
        numbers.take(4);

        assertThat(numbers.onTotal(10)).isTrue();
        assertThat(numbers.close()).isEqualTo(10);
        assertThat(numbers.onNumber(9)).isEqualTo(NEW);
        assertThat(numbers.take(9)).isEqualTo(4);
        assertThat(numbers.end()).isZero();
        assertThat(numbers.onNumber(9)).isEqualTo(OLD);
    }

    @Test
    void shouldAnswerForNothingBeyondItsLastWord() {
        numbers.take(4);

        assertThat(numbers.close()).isEqualTo(5);
        assertThat(numbers.onNumber(7)).isEqualTo(OLD);
        assertThat(numbers.end()).isZero();
    }

    @Test
    void shouldRefuseNumbersThatCannotBe() {
        assertThat(numbers.onNumber(-1)).isEqualTo(WRONG);
        assertThat(numbers.onNumber(Long.MIN_VALUE)).isEqualTo(WRONG);
        assertThat(numbers.onNumber(Long.MAX_VALUE)).isEqualTo(WRONG);
        assertThat(numbers.take(10)).isEqualTo(10);
        assertThat(numbers.onTotal(5)).isFalse();
        assertThat(numbers.onTotal(20)).isTrue();
        assertThat(numbers.onTotal(20)).isFalse();
        assertThat(numbers.onNumber(20)).isEqualTo(WRONG);
    }

    @Test
    void shouldRefuseMoreLossThanThereCanBe() {
        assertThat(numbers.onNumber(DatagramNumbers.MAX_LOST + 1)).isEqualTo(WRONG);
        assertThat(numbers.onTotal(DatagramNumbers.MAX_LOST + 1)).isFalse();
        assertThat(numbers.onNumber(DatagramNumbers.MAX_LOST)).isEqualTo(NEW);
        assertThat(numbers.take(DatagramNumbers.MAX_LOST)).isEqualTo(DatagramNumbers.MAX_LOST);

        assertThat(numbers.onNumber(DatagramNumbers.MAX_LOST + 1)).isEqualTo(NEW);
        assertThat(numbers.onNumber(DatagramNumbers.MAX_LOST + 2)).isEqualTo(WRONG);
        assertThat(numbers.onTotal(DatagramNumbers.MAX_LOST + 2)).isFalse();
        assertThat(numbers.onTotal(DatagramNumbers.MAX_LOST + 1)).isTrue();
    }

    @Test
    void shouldNotAnswerForATotalThatComesBehindItsLastWord() {
        numbers.take(4);
        assertThat(numbers.close()).isEqualTo(5);

        assertThat(numbers.onTotal(3)).isFalse();
        assertThat(numbers.onTotal(10)).isTrue();
        assertThat(numbers.onTotal(10)).isFalse();

        assertThat(numbers.end()).isZero();
    }
}
