package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Makes of the frames of two streams the one row of bytes that a pipe reads: the control stream first, but never between the
 * frames of a message. What the peer says of itself comes before anything on the lane. Agent.
 */
final class FrameMerger {
    private final StreamInput control;
    private final ByteBuffer dropped = ByteBuffer.allocate(CreditCommand.BYTES);

    /** Null until it is there. */
    private StreamInput lane;

    /** Null while messages come on the lane here, beside the commands. */
    private Lanes lanes;

    /** What of the lane may pass before the handshake of QUIC is done; null from then on. */
    private EarlyRequests early;

    private StreamInput current;

    /** Bytes of the frame that is under way, and of those that go with it. */
    private long frameLeft = Route.GREETING_BYTES;

    private boolean isGreeting = true;
    private boolean isCommand;
    private boolean isMore;

    /** The handshake has one command from each side. */
    private boolean isShaken;

    FrameMerger(final StreamInput control, final EarlyRequests early) {
        this.control = control;
        this.current = control;
        this.early = early;
    }

    /** The handshake of QUIC is done. */
    void onShaken() {
        early = null;
    }

    void lane(final StreamInput stream) {
        lane = stream;
    }

    /** Messages come on other streams: credit is theirs, and the end comes behind them all. */
    void lanes(final Lanes others) {
        lanes = others;
    }

    /** Whether the peer has said who it is. */
    boolean isShaken() {
        return isShaken;
    }

    /** Moves what is there into the target. */
    int read(final ByteBuffer target) {
        final int start = target.position();
        while (target.hasRemaining() && (frameLeft > 0 || begin())) {
            extend(target.remaining());
            final int count = current.read(target, frameLeft);
            if (count == 0) {
                break;
            }
            frameLeft -= count;
            if (frameLeft == 0) {
                end();
            }
        }
        return target.position() - start;
    }

    /** Moves small messages together. None of them is held up: what the control stream has comes first. */
    private void extend(final int room) {
        if (current != lane || isCommand || early != null || hasHeader(control)) {
            return;
        }
        final ByteBuf bytes = lane.first();
        final int limit = bytes == null ? 0 : Math.min(room, bytes.readableBytes() - Route.LONG_HEADER_BYTES);
        while (frameLeft < limit) {
            final int at = bytes.readerIndex() + (int) frameLeft;
            final int flags = bytes.getByte(at);
            final long frame = Route.frameBytes(bytes, at);
            if (Route.isCommand(flags) || frame < 0 || frame > Integer.MAX_VALUE) {
                return;
            }
            isMore = Route.isMore(flags);
            frameLeft += frame;
        }
    }

    /** Whether {@link #read} would bring anything. */
    boolean hasMore() {
        return frameLeft > 0 ? current.available() > 0 : choose() != null;
    }

    private void end() {
        isShaken |= !isGreeting && isCommand;
        isGreeting = false;
    }

    private boolean begin() {
        final StreamInput next = choose();
        if (next == null) {
            return false;
        }
        current = next;
        final int flags = next.peek(0);
        isCommand = Route.isCommand(flags);
        if (next == control && !isCommand) {
            control.refuse(QuicFailure.messageOnControl(flags));
            return false;
        }
        isMore = !isCommand && Route.isMore(flags);
        frameLeft = frameBytes(next);
        if (frameLeft < 0) {
            // One that cannot be is for the pipe to refuse, which needs the header alone for it.
            frameLeft = Route.headerBytes(flags);
        }
        if (early != null && next == lane) {
            early.onFrame(isMore, frameLeft);
        }
        return true;
    }

    /** Header and body of the frame that begins there; negative if it cannot be. */
    private static long frameBytes(final StreamInput from) {
        final int header = Route.headerBytes(from.peek(0));
        long body = 0;
        for (int i = 1; i < header; i++) {
            body = (body << 8) | from.peek(i);
        }
        return body < 0 ? body : header + body;
    }

    /** The stream whose frame is next, or null. */
    private StreamInput choose() {
        if (isMore) {
            return hasHeader(current) && mayPassEarly(current) ? current : null;
        }
        if (lanes == null ? hasHeader(control) : hasOther(control)) {
            return control;
        }
        return isShaken && lane != null && hasHeader(lane) && mayPassEarly(lane) && mayPass() ? lane : null;
    }

    private boolean mayPassEarly(final StreamInput from) {
        return early == null || from != lane || early.mayPass(Route.isCommand(from.peek(0)), frameBytes(from));
    }

    /** Whether there is something on the control stream but credit, which is taken here. */
    private boolean hasOther(final StreamInput from) {
        while (hasHeader(from) && CreditCommand.mayBeAt(from)) {
            if (from.available() < CreditCommand.BYTES) {
                return false;
            }
            if (!CreditCommand.isAt(from)) {
                return true;
            }
            lanes.onCredit(CreditCommand.lane(from), CreditCommand.total(from));
            from.read(dropped.clear(), CreditCommand.BYTES);
        }
        return hasHeader(from);
    }

    /** The word that no message follows is passed on only when none does on any lane. */
    private boolean mayPass() {
        if (lanes == null || !Route.isEnd(lane)) {
            return true;
        }
        if (!lanes.in().hasEnded()) {
            return false;
        }
        lanes.onPeerEnd();
        return true;
    }

    private static boolean hasHeader(final StreamInput input) {
        return input.available() > 0 && input.available() >= Route.headerBytes(input.peek(0));
    }
}
