package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;

/** Puts the bytes of ZMTP, as a pipe writes them, on the streams that its frames belong on. Agent. */
final class FrameSplitter {
    private final StreamOutput control;
    private final StreamOutput lane;
    private final Datagrams datagrams;

    private StreamOutput current;
    private boolean isInMessage;

    /** Bytes of the frame that is under way. */
    private long frameLeft = Route.GREETING_BYTES;

    /** The beginning of a frame whose header was cut by the end of what was written. */
    private final ByteBuffer head = ByteBuffer.allocate(Long.BYTES + 1);

    FrameSplitter(final StreamOutput control, final StreamOutput lane, final Datagrams datagrams) {
        this.datagrams = datagrams;
        this.control = control;
        this.lane = lane;
        this.current = control;
        head.limit(0);
        datagrams.control(control);
    }

    /** Takes as much as there is room for, in order. */
    int write(final ByteBuffer source) {
        final int start = source.position();
        boolean going = true;
        while (going && source.hasRemaining()) {
            if (head.limit() > 0) {
                going = completeHead(source);
            } else if (frameLeft > 0) {
                going = writeRun(source, current.room());
            } else if (hasHeader(source, source.position())) {
                going = begin(source);
            } else {
                cut(source);
            }
        }
        return source.position() - start;
    }

    /**
     * Writes a frame that begins at the position, and what follows. False when there is no room on its stream: then it has not begun, and
     * the pipe, of which nothing was taken, may put a command in front of it.
     */
    private boolean begin(final ByteBuffer source) {
        final int at = source.position();
        current = Route.isForLane(source, at) ? lane : control;
        final int room = current.room();
        if (room == 0) {
            return false;
        }
        frameLeft = Route.frameBytes(source, at);
        if (current == lane) {
            if (Route.isEnd(source, at)) {
                datagrams.sayTotal(lane);
            }
            onLaneFrame(source.get(at));
        }
        return writeRun(source, room);
    }

    /** A frame begins on the lane: a message that has a number gets it in front. */
    private void onLaneFrame(final int flags) {
        if (!Route.isCommand(flags)) {
            if (!isInMessage) {
                datagrams.sayNumber(lane);
            }
            isInMessage = Route.isMore(flags);
        }
    }

    private static boolean hasHeader(final ByteBuffer source, final int at) {
        return at < source.limit() && source.limit() - at >= Route.headerBytes(source.get(at));
    }

    /** Writes this frame and those behind it for the same stream, as far as there is room. */
    private boolean writeRun(final ByteBuffer source, final int room) {
        if (room == 0) {
            return false;
        }
        final int limit = (int) Math.min(source.limit(), (long) source.position() + room);
        int end = source.position();
        boolean going = true;
        while (going) {
            final int step = (int) Math.min(frameLeft, limit - end);
            end += step;
            frameLeft -= step;
            going = frameLeft == 0 && end < limit && hasHeader(source, end) && isForCurrent(source, end);
            if (going) {
                frameLeft = Route.frameBytes(source, end);
            }
        }
        current.write(source, end);
        source.position(end);
        return true;
    }

    private boolean isForCurrent(final ByteBuffer source, final int at) {
        return Route.isForLane(source, at) == (current == lane)
                && !Route.isEnd(source, at)
                && !(current == lane && datagrams.isNumbering());
    }

    /** Keeps a cut header. Only a message ends like this: commands are written in one piece. */
    private void cut(final ByteBuffer source) {
        head.clear();
        head.put(source);
        head.limit(head.position());
    }

    /** False when the lane has no room for the header. */
    private boolean completeHead(final ByteBuffer source) {
        int kept = head.limit();
        head.clear().position(kept);
        final int wanted = Route.headerBytes(head.get(0));
        while (head.position() < wanted && source.hasRemaining()) {
            head.put(source.get());
        }
        kept = head.position();
        head.limit(kept);
        if (kept < wanted) {
            return true;
        }
        head.position(0);
        return flush();
    }

    /** Writes a header that waits only for room; false if it goes on waiting. */
    boolean flush() {
        if (!isHeadComplete()) {
            return true;
        }
        if (lane.room() < head.limit()) {
            return false;
        }
        current = lane;
        onLaneFrame(head.get(0));
        frameLeft = Route.frameBytes(head, 0) - head.limit();
        head.position(0);
        lane.write(head, head.limit());
        head.limit(0);
        return true;
    }

    /** Whether a command could be put on the control stream here, and not into another one. */
    boolean mayCommand() {
        return current != control || frameLeft == 0;
    }

    /** Whether the stream that had no room has some. */
    boolean hasRoom() {
        return isHeadComplete() ? lane.room() >= head.limit() : current.room() > 0;
    }

    /** Whether there is nothing here that could be written. */
    boolean isFlushed() {
        return !isHeadComplete();
    }

    private boolean isHeadComplete() {
        return head.limit() > 0 && head.limit() == Route.headerBytes(head.get(0));
    }
}
