package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.CommandReader;
import io.sluicemq.wire.FrameHeader;
import io.sluicemq.wire.MessageScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The way in of one pipe. Bytes are read into the group's buffer, behind what was carried over from the last turn, and
 * whole messages are handed over from there in place. What is left is carried over. A large message goes on in a buffer of
 * its own, and the next one is expected there from its first byte on.
 *
 * <p>A message that the end refuses stays where it is, in the carried-over bytes, and is offered again first.
 */
final class Inbound {
    /** A message that needs more, and is not here in full, is read into a buffer of its own. */
    static final int LARGE_BYTES = 32 * 1024;

    /** But not before this much of it has come: the pool's smallest buffer is too much for what is only announced. */
    private static final int MIN_LARGE_START_BYTES = 8 * 1024;

    /** {@link #refused}: nothing is; else it is a {@link MessageKind} or one of these. */
    private static final int NONE = 0;

    private static final int SUBSCRIBE = -1;
    private static final int CANCEL = -2;
    private static final int LARGE = -3;
    private static final int COMMAND = -4;

    private final InboundPipe pipe;
    private final StreamGroup group;
    private final PipeEnd end;
    private final MessageScanner scanner;
    private final LargeRead large;
    private final boolean takesSubscriptions;

    /** Most bytes behind a message of frames that may be read into its buffer; they are carried over from there. */
    private static final int MAX_OVERREAD_BYTES = 64 * 1024;

    private UnsafeBuffer carry;
    private int carryOffset;
    private int carryLength;
    private boolean carryUnscanned; // may hold whole messages
    private boolean moreToRead;

    /** Length of the body that is being read into {@link #large}, or -1 when that holds frames. */
    private long largeBodyLength;

    private int refused = NONE;
    private int refusedOffset; // from the start of the region
    private int refusedLength;
    private int refusedConsumed;

    // The region being looked at.
    private UnsafeBuffer region;
    private boolean regionIsLarge;
    private boolean regionIsCarry;
    private boolean regionIsExpected;

    /** Whether the region, in a buffer for an expected message, has become {@link #large}. */
    private boolean adopted;

    private int regionOffset;
    private int regionLength;

    Inbound(final InboundPipe pipe, final StreamGroup group, final PipeEnd end) {
        this.pipe = pipe;
        this.group = group;
        this.end = end;
        scanner = new MessageScanner(
                end.options().maxMessageBytes(), end.options().maxFrames());
        final SocketType own = end.handshake().socketType();
        takesSubscriptions = own == SocketType.PUB || own == SocketType.XPUB;
        large = new LargeRead(group.context.buffers(), LARGE_BYTES);
    }

    /**
     * One turn: what was refused, then about one buffer of new bytes.
     *
     * @return false at the end of the stream.
     */
    boolean turn(final StreamChannel channel) throws IOException {
        if (refused != NONE) {
            offerRefused();
        }
        int budget = Chunks.MAX_BYTES;
        boolean going = true;
        while ((going || carryUnscanned) && pipe.isReading()) {
            if (carryUnscanned) {
                carryUnscanned = false;
                lookAtCarry();
                deliver();
            } else if (budget <= 0) {
                going = false;
            } else {
                final boolean wasLarge = large.isActive() || isLargeExpected();
                final int count = large.isActive() ? readLarge(channel, budget) : readSmall(channel, budget);
                if (count < 0) {
                    return false;
                }
                budget -= count;
                // A buffer that was filled is a turn, unless a large message goes on behind it.
                going = moreToRead && (large.isActive() || wasLarge);
            }
        }
        return true;
    }

    private boolean isLargeExpected() {
        return large.expected() > 0 && carryLength == 0;
    }

    private int readExpected(final StreamChannel channel, final int budget) throws IOException {
        final UnsafeBuffer buffer = large.prepareExpected();
        adopted = false;
        try {
            final int asked = Math.min(large.expected(), budget);
            final int count = channel.read(buffer.byteBuffer().limit(asked).position(0));
            buffer.byteBuffer().clear();
            moreToRead = count == asked;
            if (count > 0) {
                pipe.onBytesRead();
                lookAt(buffer, 0, count);
                regionIsExpected = true;
                deliver();
            }
            return count;
        } finally {
            if (!adopted) {
                large.dismiss(buffer);
            }
        }
    }

    private int readSmall(final StreamChannel channel, final int budget) throws IOException {
        if (isLargeExpected()) {
            return readExpected(channel, budget);
        }
        final ByteBuffer bytes = group.readBytes;
        final int kept = carryLength;
        int room = Math.min(budget, Chunks.MAX_BYTES - kept);
        if (large.expected() > kept) {
            // Up to the end of a message as it is expected, so that the next one can be read into its place.
            room = Math.min(room, large.expected() - kept);
        }
        bytes.limit(kept + room).position(kept);
        final int count = channel.read(bytes);
        if (count <= 0) {
            moreToRead = false;
            return count;
        }
        pipe.onBytesRead();
        if (kept > 0) {
            group.readBuffer.putBytes(0, carry, carryOffset, kept);
            releaseCarry();
        }
        lookAt(group.readBuffer, 0, kept + count);
        deliver();
        moreToRead = count == room;
        return count;
    }

    private int readLarge(final StreamChannel channel, final int budget) throws IOException {
        // Of frames, more may be read than is known to be missing, or tiny frames would take a read each.
        final long missing = largeBodyLength >= 0
                ? largeBodyLength - large.length()
                : Math.max(scanner.bytesMissing(), MAX_OVERREAD_BYTES);
        final int asked = large.prepare(missing, budget);
        final int count = large.read(channel, asked);
        moreToRead = count == asked;
        if (count <= 0) {
            return count;
        }
        pipe.onBytesRead();
        if (pipe.skipping) {
            large.release();
        } else if (largeBodyLength < 0) {
            lookAtLarge();
            deliver();
        } else if (large.length() == largeBodyLength) {
            offerLarge(MessageKind.SINGLE);
        }
        return count;
    }

    /** Whether the last turn ended before the channel had nothing more. */
    boolean mayHaveMore(final StreamChannel channel) {
        return moreToRead || channel.hasBuffered();
    }

    private void lookAtCarry() {
        lookAt(carry, carryOffset, carryLength);
        regionIsCarry = true;
    }

    private void lookAtLarge() {
        lookAt(large.buffer(), 0, large.length());
        regionIsLarge = true;
    }

    private void lookAt(final UnsafeBuffer buffer, final int offset, final int length) {
        region = buffer;
        regionIsLarge = false;
        regionIsCarry = false;
        regionIsExpected = false;
        regionOffset = offset;
        regionLength = length;
    }

    /** Hands over what the region holds, until it is used up or the pipe no longer reads, and keeps what is left. */
    private void deliver() {
        if (pipe.isShakingHands()) {
            final int consumed = pipe.onHandshakeBytes(region, regionOffset, regionLength);
            regionOffset += consumed;
            regionLength -= consumed;
        }
        boolean going = pipe.isDelivering();
        while (going && regionLength > 0) {
            going = next();
        }
        if (region != null && !pipe.isClosed()) {
            keep();
        }
        region = null;
    }

    /** Hands over the next message or command; false to stop. */
    private boolean next() {
        final MessageScanner found = scanner;
        final int result = found.scan(region, regionOffset, regionLength);
        if (result == MessageScanner.MESSAGE) {
            return onMessage(found);
        }
        if (result == MessageScanner.COMMAND) {
            return onCommand(found);
        }
        regionLength = found.remainingLength();
        if (result < 0) {
            pipe.onPeerError(CloseTexts.reasonOfScan(result), found.errorText());
        }
        return false;
    }

    private boolean onMessage(final MessageScanner found) {
        if (regionIsLarge) {
            carryOver(found.consumedLength(), found.remainingLength());
            large.length(found.messageLength());
            offerLarge(MessageKind.FRAMES);
            return false;
        }
        if (regionIsExpected && isOneLarge(found)) {
            adopt(found.bodyOffset(), found.bodyLength());
            regionLength = 0;
            offerLarge(MessageKind.SINGLE);
            return false;
        }
        final boolean taken;
        if (found.frameCount() > 1) {
            large.expectNothing();
            taken = offer(MessageKind.FRAMES, regionOffset, found.messageLength());
        } else if (takesSubscriptions && isSubscription(region, found.bodyOffset(), found.bodyLength())) {
            final boolean subscribe = region.getByte(found.bodyOffset()) == 1;
            taken = offerSubscription(subscribe, found.bodyOffset() + 1, found.bodyLength() - 1);
        } else {
            large.onSingle(found.consumedLength());
            taken = offer(MessageKind.SINGLE, found.bodyOffset(), found.bodyLength());
        }
        return advance(taken, found);
    }

    private boolean isOneLarge(final MessageScanner found) {
        return found.frameCount() == 1 && found.bodyLength() >= LARGE_BYTES && found.remainingLength() == 0;
    }

    private void adopt(final int offset, final int length) {
        adopted = true;
        large.adopt(region, offset, length);
    }

    private boolean offer(final int kind, final int offset, final int length) {
        if (!pipe.discarding && end.onMessage(kind, region, offset, length)) {
            pipe.account().onReceived();
            return true;
        }
        return refuse(kind, offset, length);
    }

    private boolean advance(final boolean taken, final MessageScanner found) {
        final int consumed = found.consumedLength();
        if (!taken) {
            refusedConsumed = consumed;
            regionLength = consumed + found.remainingLength();
            return false;
        }
        if (regionIsLarge && consumed > 0) {
            carryOver(consumed, found.remainingLength());
            large.release();
            return false;
        }
        regionOffset += consumed;
        regionLength = found.remainingLength();
        return pipe.isDelivering();
    }

    /** Moves what was read behind the end of a large message or command out of its buffer, and leaves that. */
    private void carryOver(final int from, final int length) {
        region = null;
        if (length > 0) {
            carry = group.chunks.acquire(length);
            carry.putBytes(0, large.buffer(), from, length);
            carryOffset = 0;
            carryLength = length;
            carryUnscanned = true;
        }
    }

    private boolean onCommand(final MessageScanner found) {
        final CommandReader commands = group.commands;
        final CommandReader.Kind kind = commands.read(region, found.bodyOffset(), found.bodyLength());
        final int offset = commands.argumentOffset();
        final int length = commands.argumentLength();
        boolean taken = true;
        switch (kind) {
            case SUBSCRIBE, CANCEL -> {
                if (takesSubscriptions) {
                    taken = offerSubscription(kind == CommandReader.Kind.SUBSCRIBE, offset, length);
                }
            }
            case ERROR ->
                pipe.onPeerError(CloseReason.REFUSED, "refused the connection, reason=" + commands.reason(region));
            case MALFORMED ->
                pipe.onPeerError(
                        CloseReason.PROTOCOL_ERROR,
                        "commandLength=" + found.bodyLength()
                                + ", limit=the length its name asks for, the peer sends broken commands");
            default -> {
                taken = pipe.onCommand(kind, commands, region) || refuse(COMMAND, 0, 0);
            }
        }
        return advance(taken, found);
    }

    private boolean offerSubscription(final boolean subscribe, final int offset, final int length) {
        return pipe.discarding
                || end.onSubscription(subscribe, region, offset, length)
                || refuse(subscribe ? SUBSCRIBE : CANCEL, offset, length);
    }

    private static boolean isSubscription(final UnsafeBuffer buffer, final int offset, final int length) {
        return length > 0 && (buffer.getByte(offset) & 0xFE) == 0;
    }

    /** Returns true when what was refused is not to be kept: the connection is being ended, and it is counted. */
    private boolean refuse(final int kind, final int offset, final int length) {
        if (!pipe.pauseReading()) {
            if (kind > 0) {
                pipe.account().onReceived();
                pipe.account().onDiscarded();
            }
            return true;
        }
        refused = kind;
        refusedOffset = offset - regionOffset;
        refusedLength = length;
        return false;
    }

    /** The large message is here in full. */
    private void offerLarge(final int kind) {
        final UnsafeBuffer buffer = large.buffer();
        final int offset = large.offset();
        final int length = large.length();
        large.onComplete(kind);
        final boolean isSubscription =
                kind == MessageKind.SINGLE && takesSubscriptions && isSubscription(buffer, offset, length);
        final boolean taken;
        if (pipe.discarding) {
            taken = false;
        } else {
            taken = isSubscription
                    ? end.onSubscription(buffer.getByte(offset) == 1, buffer, offset + 1, length - 1)
                    : end.onLargeMessage(kind, buffer, offset, length);
        }
        if (!taken && pipe.pauseReading()) {
            refused = LARGE;
            refusedOffset = kind;
            return;
        }
        if (taken && !isSubscription) {
            large.handedOver();
        } else {
            large.release();
        }
        if (!isSubscription) {
            pipe.account().onReceived();
            if (!taken) {
                pipe.account().onDiscarded();
            }
        }
    }

    private void offerRefused() {
        final int kind = refused;
        refused = NONE;
        if (kind == LARGE) {
            offerLarge(refusedOffset);
            return;
        }
        if (large.isActive()) {
            lookAtLarge();
        } else {
            lookAtCarry();
        }
        if (!offerAgain(kind, regionOffset + refusedOffset)) {
            region = null;
        } else if (!large.isActive()) {
            region = null;
            carryOffset += refusedConsumed;
            carryLength -= refusedConsumed;
            carryUnscanned = true;
        } else if (refusedConsumed > 0) {
            carryOver(refusedConsumed, large.length() - refusedConsumed);
            large.release();
        } else {
            deliver();
        }
    }

    private boolean offerAgain(final int kind, final int offset) {
        if (kind == COMMAND) {
            return pipe.onCommandAgain() || refuse(COMMAND, 0, 0);
        }
        return kind > 0
                ? offer(kind, offset, refusedLength)
                : offerSubscription(kind == SUBSCRIBE, offset, refusedLength);
    }

    /** Puts what is left of the region where the next turn finds it. */
    private void keep() {
        if (pipe.skipping) {
            release();
        } else if (regionIsLarge) {
            large.length(regionLength);
        } else if (regionLength == 0) {
            releaseCarry();
        } else if (refused == NONE && scanner.bytesNeeded() > LARGE_BYTES && regionLength >= MIN_LARGE_START_BYTES) {
            startLarge();
            releaseCarry();
        } else if (regionIsCarry && regionLength > carry.capacity() / 8) {
            carryOffset = regionOffset;
            carryLength = regionLength;
        } else {
            final UnsafeBuffer kept = group.chunks.acquire(regionLength);
            kept.putBytes(0, region, regionOffset, regionLength);
            releaseCarry();
            carry = kept;
            carryLength = regionLength;
        }
    }

    private void startLarge() {
        final int flags = FrameHeader.flags(region, regionOffset);
        final boolean isSingle =
                !FrameHeader.isMore(flags) && !FrameHeader.isCommand(flags) && !scanner.isInsideMessage();
        // The scanner has passed nothing of a first frame, so it need not be told that it will not see the rest.
        final int skipped = isSingle ? FrameHeader.length(flags) : 0;
        largeBodyLength = isSingle ? scanner.bytesNeeded() - skipped : -1;
        final int received = regionLength - skipped;
        if (isSingle && regionIsExpected) {
            adopt(regionOffset + skipped, received);
        } else {
            large.start(region, regionOffset + skipped, received, isSingle ? largeBodyLength - received : 0);
        }
    }

    private void releaseCarry() {
        if (carry != null) {
            group.chunks.release(carry);
            carry = null;
        }
        carryOffset = 0;
        carryLength = 0;
        carryUnscanned = false;
    }

    /** Drops everything; nothing more will be handed over. */
    void release() {
        releaseCarry();
        large.release();
        region = null;
    }
}
