package io.sluicemq.testkit.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A run of messages that both sides can generate, so that they need not travel over the control line of a peer. Each message
 * is the prefix frames followed by the frames of {@link BulkPattern}.
 *
 * @param count messages.
 * @param frameBytes length of each generated frame.
 * @param framesPerMessage generated frames of a message, at least 1.
 * @param prefix frames that go before, such as a topic, a routing id or the empty delimiter. A receiver counts them and does not
 *     compare them, since a ROUTER may put in an id that nobody chose.
 */
public record BulkLoad(long count, int frameBytes, int framesPerMessage, List<byte[]> prefix) {

    /** Checks and copies the list. */
    public BulkLoad {
        require("count", count, 0);
        require("frameBytes", frameBytes, 0);
        require("framesPerMessage", framesPerMessage, 1);
        prefix = List.copyOf(prefix);
    }

    /**
     * A load of single-frame messages without prefix.
     *
     * @param count messages.
     * @param frameBytes length of each.
     * @return the load.
     */
    public static BulkLoad of(final long count, final int frameBytes) {
        return new BulkLoad(count, frameBytes, 1, List.of());
    }

    /**
     * The same load with more frames.
     *
     * @param frames generated frames of a message.
     * @return a new load.
     */
    public BulkLoad withFrames(final int frames) {
        return new BulkLoad(count, frameBytes, frames, prefix);
    }

    /**
     * The same load with frames that go before.
     *
     * @param frames not copied, so not to be changed afterwards.
     * @return a new load.
     */
    public BulkLoad withPrefix(final byte[]... frames) {
        return new BulkLoad(count, frameBytes, framesPerMessage, Arrays.asList(frames));
    }

    /**
     * Makes a message of this load.
     *
     * @param messageIndex place of the message, from 0.
     * @return the prefix and the generated frames.
     */
    public List<byte[]> message(final long messageIndex) {
        final List<byte[]> frames = new ArrayList<>(prefix);
        for (int i = 0; i < framesPerMessage; i++) {
            frames.add(BulkPattern.frame(sequence(messageIndex, i), frameBytes));
        }
        return frames;
    }

    /**
     * Compares a message with what this load has at its place, prefix frames by number only.
     *
     * @param messageIndex place of the message, from 0.
     * @param frames of the message.
     * @return null when it is right, else what is wrong with it.
     */
    public String mismatch(final long messageIndex, final List<byte[]> frames) {
        final int expected = prefix.size() + framesPerMessage;
        if (frames.size() != expected) {
            return "message=" + messageIndex + " frames=" + frames.size() + ", expected=" + expected;
        }
        for (int i = 0; i < framesPerMessage; i++) {
            final byte[] frame = frames.get(prefix.size() + i);
            final String wrong = BulkPattern.mismatch(sequence(messageIndex, i), frameBytes, frame, 0, frame.length);
            if (wrong != null) {
                return "message=" + messageIndex + " frame=" + i + " " + wrong;
            }
        }
        return null;
    }

    /**
     * Sequence number of a generated frame.
     *
     * @param messageIndex place of the message, from 0.
     * @param frameIndex place of the frame after the prefix, from 0.
     * @return the number that {@link BulkPattern} takes.
     */
    public long sequence(final long messageIndex, final int frameIndex) {
        return messageIndex * framesPerMessage + frameIndex;
    }

    String toWords() {
        return count + " " + frameBytes + " " + framesPerMessage
                + prefix.stream().map(PeerHex::word).collect(Collectors.joining(" ", " ", ""));
    }

    private static void require(final String name, final long value, final long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + "=" + value + ", limit=" + least + ", give at least the limit");
        }
    }
}
