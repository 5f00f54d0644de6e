package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class LaneChooserTest {
    private static final byte[] PEER = bytes("peer-7");
    private static final byte[] NOBODY = {};

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int laneOf(final LaneChooser chooser, final int lane, final String text) {
        final byte[] body = bytes(text);
        return chooser.laneOf(MessageKind.SINGLE | MessageKind.onLane(lane), new UnsafeBuffer(body), 0, body.length);
    }

    @Test
    void shouldTakeTheFirstLaneWhoseTopicFits() {
        final LaneChooser chooser =
                new LaneChooser(List.of(QuicLane.forTopics("a.b"), QuicLane.forTopics("a.")), NOBODY);

        assertThat(laneOf(chooser, -1, "a.b.c")).isEqualTo(1);
        assertThat(laneOf(chooser, -1, "a.c")).isEqualTo(2);
        assertThat(laneOf(chooser, -1, "a")).isZero();
        assertThat(laneOf(chooser, -1, "")).isZero();
    }

    @Test
    void shouldLookAtTheFirstFrameOfSeveral() {
        final LaneChooser chooser = new LaneChooser(List.of(QuicLane.forTopics("ab")), NOBODY);
        final UnsafeBuffer frames = new UnsafeBuffer(new byte[6]);
        FrameHeader.put(frames, 0, FrameHeader.MORE, 1);
        frames.putByte(2, (byte) 'a');
        FrameHeader.put(frames, 3, 0, 1);
        frames.putByte(5, (byte) 'b');

        final int ofShortFrame = chooser.laneOf(MessageKind.FRAMES, frames, 0, 6);
        final int chosen = chooser.laneOf(MessageKind.FRAMES | MessageKind.onLane(1), frames, 0, 6);

        assertThat(ofShortFrame).isZero();
        assertThat(chosen).isEqualTo(1);
    }

    @Test
    void shouldTakeTheLaneOfThePeerForAllThatNoTopicBeforeItTakes() {
        final List<QuicLane> lanes = List.of(
                QuicLane.forTopics("a."),
                QuicLane.forRoutingIds(bytes("other")),
                QuicLane.forRoutingIds(bytes("peer-")),
                QuicLane.forTopics("b."));

        final LaneChooser chooser = new LaneChooser(lanes, PEER);
        final LaneChooser ofNobody = new LaneChooser(lanes, NOBODY);

        assertThat(laneOf(chooser, -1, "a.")).isEqualTo(1);
        assertThat(laneOf(chooser, -1, "b.")).isEqualTo(3);
        assertThat(laneOf(chooser, -1, "")).isEqualTo(3);
        assertThat(laneOf(ofNobody, -1, "b.")).isEqualTo(4);
        assertThat(laneOf(ofNobody, -1, "")).isZero();
    }

    @Test
    void shouldTakeTheLaneThatTheSenderHasChosenIfThereIsOne() {
        final LaneChooser chooser = new LaneChooser(
                List.of(QuicLane.forTopics("a."), QuicLane.explicit(), QuicLane.forRoutingIds(PEER)), PEER);

        assertThat(laneOf(chooser, 0, "a.")).isZero();
        assertThat(laneOf(chooser, 1, "b.")).isEqualTo(1);
        assertThat(laneOf(chooser, 2, "a.")).isEqualTo(2);
        assertThat(laneOf(chooser, 4, "a.")).isEqualTo(1);
        assertThat(laneOf(chooser, MessageKind.MAX_LANE, "b.")).isEqualTo(3);
    }

    @Test
    void shouldLeaveALaneForChosenMessagesToThese() {
        final LaneChooser chooser = new LaneChooser(List.of(QuicLane.explicit(), QuicLane.forTopics("")), NOBODY);

        assertThat(laneOf(chooser, -1, "")).isEqualTo(2);
        assertThat(laneOf(new LaneChooser(List.of(QuicLane.explicit()), PEER), -1, ""))
                .isZero();
        assertThat(QuicLane.explicit().urgency(1))
                .isEqualTo(QuicLane.explicit().urgency(1))
                .isNotEqualTo(QuicLane.forTopics("").urgency(1))
                .hasToString("QuicLane[explicit, urgency=1]");
    }
}
