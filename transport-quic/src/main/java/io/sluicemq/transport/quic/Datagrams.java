package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * The datagrams of a connection (RFC 9221), in both directions: messages of a publisher, each of which may get lost by itself, and holds up no
 * other. Each side counts its own numbers, so that all that was sent is accounted for. Agent.
 */
final class Datagrams extends ChannelInboundHandlerAdapter {
    private static final int READS_PER_TURN = 64;

    /** What each path takes, which has 1,200 bytes for a packet (RFC 9000, 14): the longest header of a packet and of its frame are 44. */
    private static final int MIN_QUIC_BYTES = 1_200 - 44;

    /** So many are accounted for before the peer is told. */
    private static final int TELL_DATAGRAMS = 256;

    /** The first one that the peer was not told of waits no longer. */
    private static final long TELL_NS = 1_000_000_000L;

    private final QuicConnection connection;
    private final QuicDriver driver;
    private final RoomWait room;

    /** What QUIC takes in one datagram; 0 while it does not. */
    private int quicBytes;

    private final boolean isOffered;
    private QuicChannel quic;
    private PipeEnd end;

    /** Null while nothing is sent. */
    private DatagramOut out;

    /** Null unless the publisher conflates: then all messages are in one order, whichever way they go. */
    private NewestValue newest;

    /** Of messages that go by stream. */
    private final StreamNumbers numbers = new StreamNumbers();

    /** What came before it is known who sends it. */
    private final UnclaimedDatagrams early = new UnclaimedDatagrams();

    private StreamOutput control;
    private int maxOutBytes;
    private boolean refused;
    private boolean drained;
    private boolean totalSaid;

    /** What the peer has accounted for of what we sent, and whether that is its last word. */
    private long heard;

    private boolean heardLast;

    /** Null while nothing of the peer's is taken. */
    private DatagramIn in;

    private long told;
    private boolean telling;
    private boolean toldLast;
    private boolean tellWanted;
    private boolean shaken;
    private boolean finishing;
    private boolean closed;
    private ByteBuffer value;
    private boolean wentByStream;
    private final ByteBuffer command = ByteBuffer.allocate(NumberCommand.MAX_BYTES);

    /**
     * Makes those of a connection, which are not used yet.
     *
     * @param connection that they belong to.
     * @param options of this side.
     */
    Datagrams(final QuicConnection connection, final QuicOptions options) {
        this.connection = connection;
        this.driver = connection.driver();
        this.room = new RoomWait(driver, this::onRoom);
        this.isOffered = options.datagrams();
    }

    /** QUIC's part of the connection, before its handshake. */
    void attach(final QuicChannel channel) {
        quic = channel;
        if (isOffered) {
            channel.config()
                    .setRecvByteBufAllocator(
                            new FixedRecvByteBufAllocator(DatagramTerms.MAX_BYTES).maxMessagesPerRead(READS_PER_TURN));
            channel.pipeline().addFirst(this);
        }
    }

    // QUIC.

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event instanceof QuicDatagramExtensionEvent offered) {
            quicBytes = offered.maxLength();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        if (message instanceof ByteBuf datagram) {
            try {
                onDatagram(datagram);
            } finally {
                datagram.release();
            }
            // Else Netty leaves those of the next packets in QUIC, whose queue would overflow, until it has read what
            // came to its socket.
            context.read();
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        if (cause instanceof BufferUnderflowException) {
            // The path has become too narrow for it: it is lost, and what is larger than any path takes goes by stream.
            quicBytes = Math.min(quicBytes, MIN_QUIC_BYTES);
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext context) {
        early.clear();
    }

    private void onDatagram(final ByteBuf datagram) {
        if (closed) {
            return;
        }
        if (!shaken || !connection.wasActive()) {
            early.add(datagram);
            return;
        }
        final IOException error = in == null ? QuicFailure.notOffered("datagram=1") : in.onDatagram(datagram);
        if (error != null) {
            connection.fail(error);
        } else {
            onAccounted();
        }
    }

    // The handshake.

    /**
     * The peer has said who it is; messages can go.
     *
     * @param carrier of the connection.
     * @param socketsEnd of the pipe.
     * @param peer whom we talk to.
     * @param terms of the peer.
     * @return what takes messages to the peer.
     */
    Carrier open(final Carrier carrier, final PipeEnd socketsEnd, final PeerMetadata peer, final DatagramTerms terms) {
        shaken = true;
        end = socketsEnd;
        if (!isOffered || !terms.isOffered() || end.handshake().countsId() == 0 || peer.countsId() == 0) {
            // Without counts, sides that end at the same time would not agree on who answers for what.
            return carrier;
        }
        if (peer.socketType() == SocketType.PUB || peer.socketType() == SocketType.XPUB) {
            in = new DatagramIn(end);
        }
        if (end.mayLose()) {
            if (end.outlet().isConflating()) {
                newest = new NewestValue(driver.context(), connection::onProgress);
            }
            out = new DatagramOut(quic, newest);
            maxOutBytes = terms.maxBytes();
        }
        return new DatagramCarrier(this, carrier);
    }

    /** The peer has said who it is, and messages go on lanes. */
    void openBesideLanes() {
        shaken = true;
    }

    /**
     * The pipe is open, if it is to be, or the handshake of QUIC is done, before which all could be a recording: with both, what came before goes
     * on.
     */
    void handOverEarly() {
        if (!shaken || !connection.wasActive()) {
            return;
        }
        for (ByteBuf oldest = early.poll(); oldest != null; oldest = early.poll()) {
            try {
                onDatagram(oldest);
            } finally {
                oldest.release();
            }
        }
    }

    // Messages to the peer.

    /** Whether a message goes as a datagram. */
    boolean isFor(final int kind, final int length) {
        return out != null
                && !totalSaid
                && !closed
                && DatagramOut.bytesOf(kind, length) <= Math.min(quicBytes, maxOutBytes)
                && quic.isActive();
    }

    /** Takes a message that {@link #isFor} is true of; false while there is no room. */
    boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        connection.onLane(true);
        final boolean taken = out.offer(kind, buffer, offset, length);
        if (!taken) {
            refused = true;
            room.begin();
        }
        return taken;
    }

    /** Whether messages that go by stream have a number in front. */
    boolean isNumbering() {
        return newest != null;
    }

    /** Another message goes by stream, behind those that went there before. */
    void numberNext() {
        newest.forget();
        numbers.add(out.takeNumber());
        wentByStream = true;
    }

    /** A message begins on the main stream. */
    void sayNumber(final StreamOutput main) {
        if (!numbers.isEmpty()) {
            put(NumberCommand.NUMBER, numbers.say(heard));
            main.write(command.flip(), command.limit());
        }
    }

    void control(final StreamOutput stream) {
        control = stream;
    }

    void flush() {
        if (out == null || closed) {
            return;
        }
        connection.onLane(true);
        if (!out.isFull() && !out.flush()) {
            room.begin();
        }
    }

    /** There may be room: returns whether it is waited for no longer. */
    private boolean onRoom() {
        final boolean done = closed || out.flush();
        if (done) {
            drained = true;
            connection.onProgress();
        }
        return done;
    }

    /** What waits for the peer. */
    RoomWait room() {
        return room;
    }

    /** Whether nothing waits here. */
    boolean isFlushed() {
        return out == null || out.waiting() == 0;
    }

    // Turns.

    /** What waits for room goes on; returns whether the pipe may go on with something, as nothing waits here any more. */
    boolean serve(final boolean mayCommand) {
        if (in != null) {
            in.resume();
        }
        if (newest != null && mayCommand) {
            newest.sayIfDue(control);
        }
        if (tellWanted && mayCommand && control.room() >= NumberCommand.HEARD.bytes()) {
            tell(in.numbers().heard(), false);
        }
        if (refused && !room.isWaiting()) {
            refused = false;
            end.onWritable();
        }
        final boolean any = drained;
        drained = false;
        return any;
    }

    /** Whether the peer's word that no message follows is to wait, as a message that came before does. */
    boolean holdsEnd() {
        return in != null && in.holds() && !finishing;
    }

    /** This side ends: it waits for nothing any more. */
    void onFinish() {
        finishing = true;
    }

    /** There may be room for what came. */
    void resumeSoon() {
        connection.onProgress();
    }

    private void onAccounted() {
        final long untold = in.numbers().heard() - told;
        if (untold >= TELL_DATAGRAMS) {
            tellSoon();
        } else if (untold > 0 && !telling) {
            telling = true;
            final TransportContext context = driver.context();
            context.schedule(context.nowNs() + TELL_NS, this::onTellTimer);
        }
    }

    private void onTellTimer() {
        telling = false;
        if (!closed && in.numbers().heard() > told) {
            tellSoon();
        }
    }

    private void tellSoon() {
        if (!tellWanted && !toldLast) {
            tellWanted = true;
            connection.onProgress();
        }
    }

    private void tell(final long number, final boolean last) {
        tellWanted = false;
        told = number;
        put(NumberCommand.HEARD, number);
        command.put((byte) (last ? 1 : 0)).flip();
        control.write(command, command.limit());
    }

    private void put(final NumberCommand kind, final long number) {
        command.clear();
        kind.put(command, number);
    }

    // Commands of the peer.

    /** Returns null, or what is wrong. */
    IOException onCommand(final NumberCommand kind, final long number, final int flag) {
        if (kind == NumberCommand.HEARD) {
            return onHeard(number, flag != 0);
        }
        if (kind == NumberCommand.NUMBER) {
            return in == null || !in.onNumber(number) ? QuicFailure.badNumber(kind.wireName() + "=" + number) : null;
        }
        return in == null || !in.numbers().onTotal(number)
                ? QuicFailure.badNumber(kind.wireName() + "=" + number)
                : null;
    }

    /** Takes an X-VALUE out of the control stream; false if it is wrong. */
    boolean takeValue(final StreamInput from) {
        final long bytes = Route.frameBytes(from);
        final long body = bytes - Route.headerBytes(from.peek(0));
        if (body < ValueCommand.MIN_BODY_BYTES || bytes > ValueCommand.MAX_BYTES || in == null) {
            from.refuse(QuicFailure.badNumber("X-VALUE of " + bytes + " bytes"));
            return false;
        }
        if (value == null) {
            value = ByteBuffer.allocateDirect(ValueCommand.MAX_BYTES);
        }
        value.clear();
        from.read(value, bytes);
        final int at = ValueCommand.numberAt(value.flip());
        final IOException error = in.onFrames(value.getLong(at), value.position(at + Long.BYTES));
        if (error == null) {
            onAccounted();
        } else {
            from.refuse(error);
        }
        return error == null;
    }

    /** Null unless the message that comes by stream now has a number. */
    DatagramIn numbered() {
        return in != null && in.isNumbered() ? in : null;
    }

    private IOException onHeard(final long number, final boolean last) {
        if (out == null || heardLast || number < heard || number > out.sent() - out.waiting()) {
            return QuicFailure.badNumber(NumberCommand.HEARD.wireName() + "=" + number);
        }
        heard = number;
        heardLast = last;
        numbers.onHeard(heard);
        return null;
    }

    // The end.

    /** No message follows on the main stream: the peer is told how many went as datagrams. */
    void sayTotal(final StreamOutput main) {
        if (out != null && out.sent() > 0 && !totalSaid) {
            totalSaid = true;
            if (newest != null) {
                newest.say(control);
            }
            put(NumberCommand.DATAGRAMS, out.sent() - numbers.size());
            main.write(command.flip(), command.limit());
        }
    }

    /** No command follows on the control stream: the peer is told what this side answers for. */
    void sayLast(final boolean mayCommand) {
        if (in != null && !toldLast && mayCommand) {
            final long number = in.numbers().close();
            if (number > 0) {
                tell(number, true);
            }
            toldLast = true;
        }
    }

    /** The connection is over: nothing is taken any more. What was sent and what came is settled. */
    void settle() {
        if (!closed) {
            closed = true;
            early.clear();
            settleIn();
            settleOut();
        }
    }

    private void settleIn() {
        if (in != null) {
            in.close();
        }
    }

    private void settleOut() {
        if (out != null) {
            final long open = out.sent() - out.waiting() - heard - numbers.notHeard(heard);
            if (open > 0) {
                end.onDropped(heardLast && !wentByStream ? Dropped.NOT_ARRIVED : Dropped.UNKNOWN, open);
            }
            if (out.waiting() > 0) {
                end.onDropped(Dropped.NOT_ARRIVED, out.waiting());
            }
            if (newest != null) {
                newest.forget();
            }
            out.close();
        }
    }
}
