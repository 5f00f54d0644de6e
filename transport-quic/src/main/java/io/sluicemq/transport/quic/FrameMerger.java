package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Makes of the frames of two streams the one row of bytes that a pipe reads: the control stream first, but never between the
 * frames of a message. What the peer says of itself comes before anything on the lane. Agent.
 */
final class FrameMerger {
    /** Of the commands that are taken here; a longer one is another. */
    private static final int MAX_OWN_BYTES = Route.LONG_HEADER_BYTES + 255;

    private final StreamInput control;
    private final ByteBuffer dropped = ByteBuffer.allocate(MAX_OWN_BYTES);

    /** Null until it is there. */
    private StreamInput lane;

    /** Null while messages come on the lane here, beside the commands. */
    private Lanes lanes;

    private int ownLanes;

    /** What of the lane may pass before the handshake of QUIC is done; null from then on. */
    private EarlyRequests early;

    private Datagrams datagrams;

    private StreamInput current;

    /** Whether all that was read was handed over. */
    private boolean mayTake;

    private boolean commandWaits;

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
    void lanes(final Lanes others, final int own) {
        lanes = others;
        ownLanes = own;
    }

    /** Commands that are about datagrams are for these. */
    void datagrams(final Datagrams others) {
        datagrams = others;
    }

    /** Whether the peer has said who it is. */
    boolean isShaken() {
        return isShaken;
    }

    /** Moves what is there into the target. */
    int read(final ByteBuffer target) {
        final int start = target.position();
        while (target.hasRemaining() && (frameLeft > 0 || begin(target.position() == start))) {
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
        if (frameLeft > 0) {
            return current.available() > 0;
        }
        mayTake = false;
        return choose() != null || commandWaits;
    }

    private void end() {
        isShaken |= !isGreeting && isCommand;
        isGreeting = false;
    }

    private boolean begin(final boolean isFirst) {
        mayTake = isFirst;
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
        // A command between the frames of a message leaves the message as it is.
        isMore = isCommand ? isMore : Route.isMore(flags);
        frameLeft = Route.frameBytes(next);
        if (frameLeft < 0) {
            // One that cannot be is for the pipe to refuse, which needs the header alone for it.
            frameLeft = Route.headerBytes(flags);
        }
        if (early != null && next == lane) {
            early.onFrame(isMore, frameLeft);
        }
        return true;
    }

    /** The stream whose frame is next, or null. */
    private StreamInput choose() {
        commandWaits = false;
        if (isMore) {
            return hasHeader(current) && mayPassEarly(current) ? current : null;
        }
        if (hasOther(control)) {
            return control;
        }
        return isShaken && lane != null && hasHeader(lane) && mayPassEarly(lane) && hasOther(lane) && mayPass()
                ? lane
                : null;
    }

    private boolean mayPassEarly(final StreamInput from) {
        return early == null || from != lane || early.mayPass(Route.isCommand(from.peek(0)), Route.frameBytes(from));
    }

    /** Whether there is a frame that is not taken here: credit, and what is about datagrams, is. */
    private boolean hasOther(final StreamInput from) {
        while (hasHeader(from) && isShaken && Route.isCommand(from.peek(0))) {
            if (from == control && ValueCommand.mayBeAt(from)) {
                if (ValueCommand.isPartAt(from) || !mayTake() || !datagrams.takeValue(from)) {
                    return false;
                }
                continue;
            }
            final long bytes = Route.frameBytes(from);
            if (bytes < 0 || bytes > MAX_OWN_BYTES || !Route.isPlainCommand(from.peek(0))) {
                return true;
            }
            if (from.available() < bytes) {
                return false;
            }
            if (!take(from, (int) bytes - Route.headerBytes(from.peek(0)))) {
                return from.failure() == null && !commandWaits;
            }
            from.read(dropped.clear(), bytes);
        }
        return hasHeader(from);
    }

    /** What is about datagrams waits until all before it was handed over: then the peer is known, and the message that a number is of. */
    private boolean mayTake() {
        commandWaits |= !mayTake;
        return mayTake;
    }

    /** Takes a command that is there in full and is for nobody behind this; false if it is another, has to wait, or is refused. */
    private boolean take(final StreamInput from, final int bodyBytes) {
        final boolean isCredit = CreditCommand.isAt(from);
        final NumberCommand command = isCredit ? null : NumberCommand.at(from);
        if ((!isCredit && command == null) || !mayTake()) {
            return false;
        }
        final IOException error = isCredit ? onCredit(from, bodyBytes) : onNumber(command, from, bodyBytes);
        if (error != null) {
            from.refuse(error);
        }
        return error == null;
    }

    private IOException onCredit(final StreamInput from, final int bodyBytes) {
        if (from != control || bodyBytes < CreditCommand.BODY_BYTES) {
            return QuicFailure.wrongStream(CreditCommand.WIRE_NAME);
        }
        final int number = CreditCommand.lane(from);
        if (lanes == null || (number >= ownLanes && number != CreditCommand.LARGE_MESSAGES)) {
            return QuicFailure.badCredit(number, ownLanes);
        }
        lanes.onCredit(number, CreditCommand.total(from));
        return null;
    }

    private IOException onNumber(final NumberCommand command, final StreamInput from, final int bodyBytes) {
        return bodyBytes < command.bodyBytes() || command.isOnControl() != (from == control)
                ? QuicFailure.wrongStream(command.wireName())
                : datagrams.onCommand(command, command.number(from), command.flag(from));
    }

    /** The word that no message follows is passed on only when none does on any lane, and none of the datagrams waits. */
    private boolean mayPass() {
        if (!Route.isEnd(lane)) {
            return true;
        }
        if (datagrams.holdsEnd()) {
            return false;
        }
        if (lanes == null) {
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
