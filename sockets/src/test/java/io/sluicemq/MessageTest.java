package io.sluicemq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class MessageTest {
    @Test
    void shouldRefuseToCopyOrWrapItsOwnBytes() {
        final Message message = Message.of("own");

        assertThatThrownBy(() -> message.add(message.buffer(), message.frameOffset(0), message.frameLength(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("copy the frame to a buffer of your own first");
        assertThatThrownBy(() -> message.wrap(message.buffer(), message.frameOffset(0), message.frameLength(0)))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(message.text()).isEqualTo("own");
    }

    @Test
    void shouldKeepFramesOfAnyKindAndSize() {
        final ByteBuffer direct = ByteBuffer.allocateDirect(10);
        direct.put(new byte[] {9, 1, 2, 9}).flip().position(1).limit(3);

        final Message message =
                new Message().add("té").add(new byte[0]).add(direct).add(new UnsafeBuffer(new byte[1_000]), 500, 300);

        assertThat(message.frameCount()).isEqualTo(4);
        assertThat(message.text()).isEqualTo("té");
        assertThat(message.frame(1)).isEmpty();
        assertThat(message.frame(2)).containsExactly(1, 2);
        assertThat(message.frameLength(3)).isEqualTo(300);
        assertThat(direct.position()).isEqualTo(1);
    }

    @Test
    void shouldLieAsOnTheWire() {
        final Message message = Message.of("a", "bc");

        final byte[] encoded = new byte[message.encodedLength()];
        message.buffer().getBytes(0, encoded);

        assertThat(encoded).containsExactly(/* MORE */ 1, 1, 'a', /* last */ 0, 2, 'b', 'c');
    }

    @Test
    void shouldBeEmptyAfterClear() {
        final Message message = Message.of("a", "b");

        message.clear();
        message.add("c");

        assertThat(message.frameCount()).isEqualTo(1);
        assertThat(message.text()).isEqualTo("c");
        assertThat(message.buffer().getByte(0)).isZero();
    }

    @Test
    void shouldNameTheFramesThereAre() {
        final Message message = Message.of("a");

        assertThatThrownBy(() -> message.frame(1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("frame=1, limit=1, use 0 to frameCount() - 1");
        assertThatThrownBy(() -> message.frame(-1)).hasMessageStartingWith("frame=-1, limit=1, ");
    }

    @Test
    void shouldReferToWrappedBytesUntilAFrameIsAdded() {
        final byte[] bytes = {1, 2, 3, 4, 5};
        final Message message = Message.of("before");

        message.wrap(new UnsafeBuffer(bytes), 1, 3);
        bytes[1] = 9;
        final byte[] wrapped = message.frame(0);
        message.add("more");
        bytes[1] = 8;

        assertThat(wrapped).containsExactly(9, 3, 4);
        assertThat(message.frameCount()).isEqualTo(2);
        assertThat(message.frame(0)).containsExactly(9, 3, 4);
        assertThat(message.text(1)).isEqualTo("more");
        assertThat(message.encodedLength()).isEqualTo(2 + 3 + 2 + 4);
        assertThat(bytes).containsExactly(1, 8, 3, 4, 5);
    }

    @Test
    void shouldRefuseToWrapBeyondABuffer() {
        final Message message = Message.of("kept");

        assertThatThrownBy(() -> message.wrap(new UnsafeBuffer(new byte[3]), 1, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(message.text()).isEqualTo("kept");
    }

    @Test
    void shouldCopyAnotherMessageOfAnyForm() {
        final Message copy = Message.of("old", "old");

        final Message several = new Message().copyOf(Message.of("a", "b").add(new byte[30_000]));
        final Message wrapped = new Message().copyOf(new Message().wrap(new byte[] {1, 2}));
        copy.copyOf(new Message());

        assertThat(several.frameCount()).isEqualTo(3);
        assertThat(several.text(1)).isEqualTo("b");
        assertThat(several.frameLength(2)).isEqualTo(30_000);
        assertThat(wrapped.frame(0)).containsExactly(1, 2);
        assertThat(wrapped.encodedLength()).isEqualTo(4);
        assertThat(copy.frameCount()).isZero();
    }

    @Test
    void shouldKeepItsLaneWithItsContent() {
        final Message message = Message.of("a").lane(7);
        final Message wrapped = new Message().wrap(new byte[] {1}).lane(0);

        final Message copy = new Message().copyOf(message);
        wrapped.add("more");
        message.add("b").add(new byte[30_000]);

        assertThat(message.lane()).isEqualTo(7);
        assertThat(copy.lane()).isEqualTo(7);
        assertThat(wrapped.lane()).isZero();
        assertThat(new Message().lane(15).add("a").lane()).isEqualTo(15);
    }

    @Test
    void shouldForgetItsLaneWithItsContent() {
        final Message cleared = Message.of("a").lane(7);
        final Message wrapped = Message.of("a").lane(7);
        final Message copied = Message.of("a").lane(7);
        final Message filled = new Message().lane(7);

        cleared.clear();
        wrapped.wrap(new byte[1]);
        copied.copyOf(Message.of("b"));
        filled.onFrame(new UnsafeBuffer(new byte[1]), 0, 1, false);

        assertThat(new Message().lane()).isEqualTo(Message.NO_LANE);
        assertThat(cleared.lane()).isEqualTo(Message.NO_LANE);
        assertThat(wrapped.lane()).isEqualTo(Message.NO_LANE);
        assertThat(copied.lane()).isEqualTo(Message.NO_LANE);
        assertThat(filled.lane()).isEqualTo(Message.NO_LANE);
    }

    @Test
    void shouldRefuseALaneThatCannotBe() {
        final Message message = Message.of("a").lane(3);

        assertThatThrownBy(() -> message.lane(16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "lane=16, limit=0..15, choose a value in between, or do not call lane() to leave it to the lanes");
        assertThatThrownBy(() -> message.lane(-1)).hasMessageStartingWith("lane=-1, limit=0..15, ");
        assertThat(message.lane()).isEqualTo(3);
    }

    @Test
    void shouldForgetItsLaneOnlyWhenItWasSent() throws Exception {
        try (Context context = Context.create();
                PushSocket push = context.push();
                PullSocket pull = context.pull()) {
            final Message message = Message.of("a").lane(3);

            final SendResult early = push.trySend(message);
            final int kept = message.lane();
            push.connect(pull.bind("inproc://lane-of-a-message"));
            final SendResult result = push.send(message);
            final Message received = new Message().lane(4);
            pull.receive(received);

            assertThat(early).isEqualTo(SendResult.NOT_CONNECTED);
            assertThat(kept).isEqualTo(3);
            assertThat(result).isEqualTo(SendResult.SENT);
            assertThat(message.lane()).isEqualTo(Message.NO_LANE);
            assertThat(received.text()).isEqualTo("a");
            assertThat(received.lane()).isEqualTo(Message.NO_LANE);
        }
    }
}
