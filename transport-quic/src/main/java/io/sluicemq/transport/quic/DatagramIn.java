package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.wire.MessageScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Hands over messages that came as datagrams, none behind a newer one, and counts those that did not come. For the one that came last there may be
 * no room: it waits for some, until a newer one takes its place. Agent.
 */
final class DatagramIn {
    private final PipeEnd end;
    private final DatagramNumbers numbers = new DatagramNumbers();
    private final MessageScanner scanner;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer held = new UnsafeBuffer(new byte[DatagramTerms.MAX_BYTES]);
    private int heldKind;
    private int heldLength;
    private boolean holds;
    private boolean closed;
    private long streamNumber = -1;
    private boolean isCounted;

    DatagramIn(final PipeEnd end) {
        this.end = end;
        this.scanner = new MessageScanner(
                end.options().maxMessageBytes(), end.options().maxFrames());
    }

    DatagramNumbers numbers() {
        return numbers;
    }

    /** Returns null, or what is wrong with it. */
    IOException onDatagram(final ByteBuf datagram) {
        final int length = datagram.readableBytes();
        final int start = datagram.readerIndex();
        if (length < DatagramOut.HEAD_BYTES || length > DatagramTerms.MAX_BYTES) {
            return QuicFailure.badDatagram(
                    "datagramBytes=" + length, DatagramOut.HEAD_BYTES + ".." + DatagramTerms.MAX_BYTES);
        }
        if (datagram.getByte(start) != DatagramOut.MESSAGE) {
            return QuicFailure.badDatagram(
                    "datagramType=" + datagram.getUnsignedByte(start), String.valueOf(DatagramOut.MESSAGE));
        }
        return onFrames(
                datagram.getLong(start + 1),
                datagram.internalNioBuffer(start + DatagramOut.HEAD_BYTES, length - DatagramOut.HEAD_BYTES));
    }

    /**
     * The frames of one message have come, and nothing else.
     *
     * @param number of it.
     * @param frames from the position to the limit, in direct memory.
     */
    IOException onFrames(final long number, final ByteBuffer frames) {
        view.wrap(frames, frames.position(), frames.remaining());
        final int result = scanner.scan(view, 0, frames.remaining());
        if (result != MessageScanner.MESSAGE || scanner.remainingLength() > 0) {
            final String error = result < 0 ? scanner.errorText() : null;
            return error == null
                    ? QuicFailure.badDatagram("inDatagram=not the frames of one message", "the frames of one")
                    : QuicFailure.badDatagram("inDatagram: " + error);
        }
        final DatagramNumbers.Verdict verdict = numbers.onNumber(number);
        if (verdict == DatagramNumbers.Verdict.NEW) {
            onGap(numbers.take(number));
            if (scanner.frameCount() > 1) {
                deliver(MessageKind.FRAMES, 0, scanner.messageLength());
            } else {
                deliver(MessageKind.SINGLE, scanner.bodyOffset(), scanner.bodyLength());
            }
        }
        return verdict == DatagramNumbers.Verdict.WRONG ? QuicFailure.badNumber("number=" + number) : null;
    }

    /**
     * The number of the message that comes next by stream, where it cannot get lost: it is accounted for from now on. Returns false if there can be none.
     */
    boolean onNumber(final long number) {
        final DatagramNumbers.Verdict verdict = numbers.onNumber(number);
        if (streamNumber >= 0 || verdict == DatagramNumbers.Verdict.WRONG) {
            return false;
        }
        streamNumber = number;
        isCounted = verdict == DatagramNumbers.Verdict.OLD;
        if (!isCounted) {
            onGap(numbers.take(number));
        }
        return true;
    }

    /** Whether the message that comes by stream now has a number. */
    boolean isNumbered() {
        return streamNumber >= 0;
    }

    /** Whether the message that comes by stream now is older than one that was handed over, and so is not any more. */
    boolean isOvertaken() {
        if (!isCounted && numbers.heard() == streamNumber + 1) {
            letGo();
            return false;
        }
        if (!isCounted) {
            end.onDropped(Dropped.CONFLATED, 1);
        }
        streamNumber = -1;
        return true;
    }

    /** The message that came by stream was handed over. */
    void onDelivered() {
        streamNumber = -1;
    }

    private void onGap(final long messages) {
        if (messages > 0) {
            end.onDropped(Dropped.LOST, messages);
        }
    }

    private void deliver(final int kind, final int offset, final int length) {
        letGo();
        if (!closed && end.onMessage(kind, view, offset, length)) {
            return;
        }
        if (closed) {
            // By a callback just now: the numbers say that this one was taken.
            end.onDropped(Dropped.NO_ROOM, 1);
        } else {
            heldKind = kind;
            heldLength = length;
            held.putBytes(0, view, offset, length);
            holds = true;
        }
    }

    /** A newer one is here: what waits goes now or never. */
    private void letGo() {
        resume();
        if (holds) {
            holds = false;
            end.onDropped(Dropped.NO_ROOM, 1);
        }
    }

    /** There may be room for what waits. */
    void resume() {
        if (holds) {
            // The callback may end the connection, which is not to hand it over once more.
            holds = false;
            final DirectBuffer message = held;
            final boolean taken = end.onMessage(heldKind, message, 0, heldLength);
            holds = !taken && !closed;
            if (!taken && closed) {
                end.onDropped(Dropped.NO_ROOM, 1);
            }
        }
    }

    /** Whether the newest one waits for room. */
    boolean holds() {
        return holds;
    }

    /** Nothing comes any more. */
    void close() {
        letGo();
        closed = true;
        onGap(numbers.end());
    }
}
