package io.sluicemq.testkit;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages of many shapes, in the forms that a record of a ring has. */
public final class TestMessages {
    private TestMessages() {}

    /**
     * A message to send.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer direct; holds the message from index 0 to its end.
     */
    public record TestMessage(int kind, UnsafeBuffer buffer) {
        /**
         * What shall arrive.
         *
         * @return the message as it is to be received.
         */
        public TestPipeEnd.Received expected() {
            final byte[] copy = new byte[buffer.capacity()];
            buffer.getBytes(0, copy);
            return new TestPipeEnd.Received(kind, ByteBuffer.wrap(copy));
        }
    }

    /**
     * A message of one frame.
     *
     * @param random fills it.
     * @param length in bytes.
     * @return the message.
     */
    public static TestMessage single(final Random random, final int length) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(length));
        fill(random, buffer, 0, length);
        return new TestMessage(MessageKind.SINGLE, buffer);
    }

    /**
     * A message of several frames.
     *
     * @param random fills it.
     * @param lengths of the frames, in bytes; at least two.
     * @return the message.
     */
    public static TestMessage frames(final Random random, final int... lengths) {
        int total = 0;
        for (final int length : lengths) {
            total += FrameHeader.encodedLength(length) + length;
        }
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(total));
        int at = 0;
        for (int i = 0; i < lengths.length; i++) {
            at += FrameHeader.put(buffer, at, i < lengths.length - 1 ? FrameHeader.MORE : 0, lengths[i]);
            fill(random, buffer, at, lengths[i]);
            at += lengths[i];
        }
        return new TestMessage(MessageKind.FRAMES, buffer);
    }

    /**
     * Messages of any shape: small ones mostly, empty ones, large ones, of one frame and of many.
     *
     * @param random decides.
     * @param count of messages.
     * @param maxLength of a frame, in bytes.
     * @return the messages.
     */
    public static List<TestMessage> mixed(final Random random, final int count, final int maxLength) {
        final List<TestMessage> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (random.nextInt(3) > 0) {
                messages.add(single(random, length(random, maxLength)));
            } else {
                final int[] lengths = new int[2 + random.nextInt(random.nextInt(20) == 0 ? 500 : 4)];
                for (int frame = 0; frame < lengths.length; frame++) {
                    lengths[frame] = length(random, lengths.length > 10 ? 300 : maxLength);
                }
                messages.add(frames(random, lengths));
            }
        }
        return messages;
    }

    private static int length(final Random random, final int maxLength) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1, 2, 3, 4 -> random.nextInt(Math.min(maxLength, 64) + 1);
            case 5, 6 -> random.nextInt(Math.min(maxLength, 600) + 1);
            case 7, 8 -> random.nextInt(Math.min(maxLength, 40_000) + 1);
            default -> random.nextInt(maxLength + 1);
        };
    }

    private static void fill(final Random random, final UnsafeBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (length > 0) {
            // Neither 0 nor 1, which to a publisher would make it a subscription.
            bytes[0] |= 2;
        }
        buffer.putBytes(offset, bytes);
    }
}
