package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.PolledRing;
import io.sluicemq.transport.RingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ReadyRingsTest {
    private final ReadyRings ready = new ReadyRings();

    private MessageRing ring() {
        final MessageRing ring = new MessageRing(new RingOptions(4096, 0, 0, false), new BufferPool(0), () -> {});
        ring.listener(ready::push);
        return ring;
    }

    private static void offer(final MessageRing ring) {
        ring.offer(0, null, MessageKind.SINGLE, new UnsafeBuffer(new byte[1]), 0, 1);
    }

    private static void drain(final PolledRing ring) {
        ring.poll((tag, kind, buffer, offset, length) -> true, 100);
    }

    private List<PolledRing> turn() {
        ready.collect();
        final List<PolledRing> turn = new ArrayList<>();
        for (int i = 0; i < ready.count(); i++) {
            turn.add(ready.next());
        }
        return turn;
    }

    @Test
    void shouldGiveEachReadyRingOneTurn() {
        final List<MessageRing> rings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rings.add(ring());
            offer(rings.get(i));
            offer(rings.get(i));
        }

        final List<PolledRing> first = turn();
        final List<PolledRing> second = turn();

        assertThat(first).containsExactlyElementsOf(rings);
        assertThat(second).containsExactlyElementsOf(first);
    }

    @Test
    void shouldKeepTheTurnWhenARingIsTakenOut() {
        final MessageRing first = ring();
        final MessageRing second = ring();
        offer(first);
        offer(second);
        ready.collect();

        final PolledRing out = ready.next();
        ready.removeLast();
        final PolledRing left = ready.next();

        assertThat(List.of(out, left)).containsExactlyInAnyOrder(first, second);
        assertThat(turn()).containsExactly(left);
    }

    @Test
    void shouldSleepOnlyWhenAllRingsAreEmpty() {
        final MessageRing first = ring();
        final MessageRing second = ring();
        offer(first);
        offer(second);

        final boolean full = ready.disarmAll();
        drain(first);
        final boolean half = ready.disarmAll();
        drain(second);
        final boolean empty = ready.disarmAll();

        assertThat(List.of(full, half, empty)).containsExactly(false, false, true);
        assertThat(ready.count()).isZero();
    }

    @Test
    void shouldBeGivenADisarmedRingAgainByItsNextMessage() {
        final MessageRing ring = ring();
        offer(ring);
        ready.collect();
        drain(ring);
        ready.disarmAll();

        offer(ring);
        final boolean messages = ready.hasMessages();

        assertThat(messages).isTrue();
        assertThat(turn()).containsExactly(ring);
    }

    @Test
    void shouldKeepTheOrderInWhichRingsCameWhenOthersGo() {
        final List<MessageRing> rings = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rings.add(ring());
            offer(rings.get(i));
        }
        ready.collect();
        drain(rings.get(2));
        ready.disarmAll();
        ready.remove(rings.get(0));

        assertThat(turn()).containsExactly(rings.get(1), rings.get(3), rings.get(4), rings.get(5));
        ready.next();
        ready.removeLast();
        assertThat(turn()).containsExactly(rings.get(3), rings.get(4), rings.get(5));
    }

    @Test
    void shouldForgetARemovedRing() {
        final MessageRing first = ring();
        final MessageRing second = ring();
        offer(first);
        offer(second);

        ready.remove(first);
        offer(first);

        assertThat(turn()).containsExactly(second);
    }
}
