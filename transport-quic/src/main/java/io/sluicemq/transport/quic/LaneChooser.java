package io.sluicemq.transport.quic;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * Finds the lane of a message: the one that its sender has chosen, if there is such a lane; else the first that fits, in the order of the options,
 * or lane 0. Immutable; any thread.
 */
final class LaneChooser {
    private final int laneCount;
    private final byte[][] prefixes;
    private final int[] lanes;

    /**
     * For one peer.
     *
     * @param options that are numbered from 1 on.
     * @param peerRoutingId that the peer has told.
     */
    LaneChooser(final List<QuicLane> options, final byte[] peerRoutingId) {
        laneCount = options.size() + 1;
        final byte[][] found = new byte[options.size()][];
        final int[] numbers = new int[options.size()];
        int count = 0;
        boolean decided = false;
        for (int i = 0; i < found.length && !decided; i++) {
            final QuicLane lane = options.get(i);
            final boolean mayFit = lane.isByRoutingId() ? starts(peerRoutingId, lane.prefix()) : !lane.isExplicit();
            if (mayFit) {
                // What is for this peer as a whole needs no look at its messages.
                found[count] = lane.isByRoutingId() ? new byte[0] : lane.prefix();
                numbers[count++] = i + 1;
                decided = lane.isByRoutingId();
            }
        }
        prefixes = Arrays.copyOf(found, count);
        lanes = numbers;
    }

    private static boolean starts(final byte[] bytes, final byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Of a message as the application gave it. */
    int laneOf(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final int chosen = MessageKind.lane(kind);
        if (chosen >= 0 && chosen < laneCount) {
            return chosen;
        }
        if (prefixes.length == 0) {
            return 0;
        }
        int body = offset;
        int bodyLength = length;
        if ((kind & MessageKind.MASK) == MessageKind.FRAMES) {
            body += FrameHeader.length(FrameHeader.flags(buffer, offset));
            bodyLength = (int) FrameHeader.bodyLength(buffer, offset);
        }
        for (int i = 0; i < prefixes.length; i++) {
            if (starts(buffer, body, bodyLength, prefixes[i])) {
                return lanes[i];
            }
        }
        return 0;
    }

    private static boolean starts(final DirectBuffer buffer, final int offset, final int length, final byte[] prefix) {
        if (length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (buffer.getByte(offset + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
