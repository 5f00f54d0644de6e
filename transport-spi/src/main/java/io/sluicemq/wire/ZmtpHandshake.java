package io.sluicemq.wire;

import io.sluicemq.transport.SocketType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The handshake of one connection, from the first byte to the point where messages may flow: greeting, version, security
 * mechanism, metadata. Speaks ZMTP 3.1 and goes down to 3.0 and 2.0 with peers that know no better; 1.0 is refused
 * (RFC 37/ZMTP "Version Negotiation", RFC 23, RFC 15).
 *
 * <p>Bytes go in by {@link #receive}, come out by {@link #transmit}, and time by {@link #onTime}. After each of them the
 * caller sends what {@link #transmit} gives and looks at {@link #state()}:
 *
 * <ul>
 *   <li>IN_PROGRESS: wait for more bytes, room to send, or {@link #deadlineNs()}.
 *   <li>COMPLETE: the peer is {@link #peer()}, everything of the handshake was taken by transmit, and what receive left
 *       unconsumed is the beginning of the traffic.
 *   <li>FAILED: {@link #failure()} says why. Send what transmit still gives, which may be an ERROR for the peer, then
 *       close.
 * </ul>
 *
 * <p>A peer refused by us gets an ERROR if it speaks 3.x, in the place of READY where this side was the listening one. A
 * dialling side has already sent its READY when it sees the peer's, so its ERROR comes behind it and reaches the peer as
 * traffic. For a mechanism mismatch no ERROR is sent: both sides see it in the greeting.
 *
 * <p>The result depends on the bytes only, never on how they were split. Memory grows with what was received, up to the
 * limit of the configuration.
 *
 * <p>Not thread safe; one instance per connection, called by the I/O agent that owns it. Keeps no reference to a
 * buffer given to it.
 */
public final class ZmtpHandshake {
    /** Where a handshake stands. */
    public enum State {
        /** Not at its end. */
        IN_PROGRESS,
        /** Messages may flow. */
        COMPLETE,
        /** The connection has to be closed. */
        FAILED
    }

    private enum Phase {
        GREETING,
        SOCKET_TYPE_2_0,
        IDENTITY_2_0,
        COMMANDS,
        DONE,
        FAILED
    }

    private static final int INITIAL_FRAME_CAPACITY = 256;

    private final HandshakeConfig config;
    private final Mechanism mechanism;
    private final Supplier<Map<String, String>> attributes;
    private final boolean eager;
    private final boolean listening;
    private final long deadlineNs;

    private final ExpandableArrayBuffer output = new ExpandableArrayBuffer(INITIAL_FRAME_CAPACITY);
    private int outputPosition;
    private int outputLimit;

    private Phase phase = Phase.GREETING;
    private final byte[] greeting = new byte[Greeting.LENGTH];
    private int greetingLength;
    private byte[] frame = new byte[INITIAL_FRAME_CAPACITY];
    private int frameLength;
    private int receivedLength;
    private int minor;
    private SocketType type20;

    private PeerMetadata peer;
    private HandshakeFailure failure;
    private String failureText;

    /**
     * Starts a handshake; the first bytes to send are ready at once.
     *
     * @param config    of the local socket.
     * @param listening true when the connection was accepted, false when it was dialled.
     * @param nowNs     the time, of a monotonic clock.
     */
    public ZmtpHandshake(final HandshakeConfig config, final boolean listening, final long nowNs) {
        this(config, listening, nowNs, Map::of, false);
    }

    /**
     * Starts a handshake over a medium that knows something of the peer.
     *
     * @param config     of the local socket.
     * @param listening  true when the connection was accepted, false when it was dialled.
     * @param nowNs      the time, of a monotonic clock.
     * @param attributes as in {@link PeerMetadata#attributes()}; asked once the peer has said who it is.
     * @param eager      whether the peer is known to speak 3.x, and need not be waited for; only with NULL.
     */
    public ZmtpHandshake(
            final HandshakeConfig config,
            final boolean listening,
            final long nowNs,
            final Supplier<Map<String, String>> attributes,
            final boolean eager) {
        this.config = Objects.requireNonNull(config, "config");
        this.attributes = attributes;
        this.listening = listening;
        this.mechanism = config.newMechanism(listening);
        final int nameLength = mechanism.name().length();
        if (nameLength < 1 || nameLength > Mechanism.MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("mechanism=" + mechanism.name() + ", limit=" + Mechanism.MAX_NAME_LENGTH
                    + ", its name must fit into the greeting");
        }
        deadlineNs = nowNs + config.handshakeTimeoutNs();
        outputLimit = Greeting.putSignatureAndMajor(output, 0);
        this.eager = eager && NullMechanism.NAME.equals(mechanism.name());
        if (this.eager) {
            outputLimit += Greeting.putRest(output, outputLimit, mechanism);
            driveMechanism();
        }
    }

    /**
     * Whether this side had nothing to wait for: all that it says was ready at the beginning, and commands may follow at once.
     *
     * @return false on the listening side, which checks the peer first.
     */
    public boolean saysAllAtOnce() {
        return eager && !listening;
    }

    /**
     * Takes bytes of the peer.
     *
     * @param buffer that holds them; the caller keeps it.
     * @param offset of the bytes.
     * @param length of the bytes.
     * @return bytes consumed: all, unless the handshake has come to its end, when the rest belongs to the traffic, or
     *     has failed, when the rest is of no use.
     */
    public int receive(final DirectBuffer buffer, final int offset, final int length) {
        int consumed = 0;
        while (consumed < length) {
            final int step = switch (phase) {
                case GREETING -> receiveGreeting(buffer, offset + consumed);
                case SOCKET_TYPE_2_0 -> receiveSocketType(buffer, offset + consumed);
                case IDENTITY_2_0, COMMANDS -> receiveFrame(buffer, offset + consumed, length - consumed);
                case DONE, FAILED -> 0;
            };
            if (step == 0) {
                break;
            }
            consumed += step;
            receivedLength += step;
        }
        return consumed;
    }

    /**
     * Gives bytes to send to the peer.
     *
     * @param target   to write them to.
     * @param offset   to write at.
     * @param capacity that may be used.
     * @return bytes written; 0 when there is nothing to send now. The caller must send all of them, in this order.
     */
    public int transmit(final MutableDirectBuffer target, final int offset, final int capacity) {
        final int length = Math.min(capacity, outputLimit - outputPosition);
        if (length <= 0) {
            return 0;
        }
        target.putBytes(offset, output, outputPosition, length);
        outputPosition += length;
        if (outputPosition == outputLimit) {
            outputPosition = 0;
            outputLimit = 0;
        }
        return length;
    }

    /**
     * Bytes that {@link #transmit} has ready.
     *
     * @return bytes.
     */
    public int pendingLength() {
        return outputLimit - outputPosition;
    }

    /**
     * Tells the time; fails the handshake as {@link HandshakeFailure#TIMED_OUT} when it is past the deadline.
     *
     * @param nowNs the time, of the clock that the constructor was given.
     */
    public void onTime(final long nowNs) {
        if (state() == State.IN_PROGRESS && nowNs - deadlineNs >= 0) {
            fail(
                    HandshakeFailure.TIMED_OUT,
                    "phase=" + phase + ", limit=" + config.handshakeTimeoutNs()
                            + " ns, the peer did not finish the handshake in handshakeTimeout");
        }
    }

    /**
     * When the handshake fails unless it is complete.
     *
     * @return the time, of the clock that the constructor was given.
     */
    public long deadlineNs() {
        return deadlineNs;
    }

    /**
     * Where the handshake stands.
     *
     * @return the state.
     */
    public State state() {
        if (failure != null) {
            return State.FAILED;
        }
        return phase == Phase.DONE && pendingLength() == 0 ? State.COMPLETE : State.IN_PROGRESS;
    }

    /**
     * What the peer told about itself.
     *
     * @return the metadata; null until it was received, and when the handshake failed before.
     */
    public PeerMetadata peer() {
        return peer;
    }

    /** {@return why the handshake failed, or null} */
    public HandshakeFailure failure() {
        return failure;
    }

    /** {@return why, for people: {@code name=value, limit=value, what to do}; or null} */
    public String failureText() {
        return failureText;
    }

    private int receiveGreeting(final DirectBuffer buffer, final int offset) {
        final int octet = buffer.getByte(offset) & 0xFF;
        greeting[greetingLength++] = (byte) octet;
        switch (greetingLength) {
            case 1 -> onFirstOctet(octet);
            case Greeting.SIGNATURE_LENGTH -> onSignatureEnd(octet);
            case Greeting.MAJOR_OFFSET + 1 -> onMajor(octet);
            case Greeting.LENGTH -> onGreeting();
            default -> {}
        }
        return 1;
    }

    private void onFirstOctet(final int octet) {
        if (octet == Greeting.ANONYMOUS_1_0) {
            failVersion("1.0");
        } else if (octet != Greeting.FIRST_OCTET) {
            fail(
                    HandshakeFailure.BAD_SIGNATURE,
                    "firstOctet=" + octet + ", limit=255, " + Greeting.whoseFirstOctet(octet));
        }
    }

    private void onSignatureEnd(final int octet) {
        // Only the lowest bit counts, as in libzmq: in 1.0 it is the MORE flag of a long identity, which is never set.
        if ((octet & 1) == 0) {
            failVersion("1.0");
        }
    }

    private void onMajor(final int major) {
        if (major == Greeting.REVISION_1_0) {
            failVersion("1.0");
        } else if (major == Greeting.REVISION_2_0) {
            if (eager || !NullMechanism.NAME.equals(mechanism.name())) {
                failVersion("2.0, which has no security,");
                return;
            }
            outputLimit += Greeting.putRest20(output, outputLimit, config);
            phase = Phase.SOCKET_TYPE_2_0;
        } else if (!eager) {
            // Any other number is taken for a 3.x to come, as libzmq does.
            outputLimit += Greeting.putRest(output, outputLimit, mechanism);
        }
    }

    private void failVersion(final String version) {
        fail(
                HandshakeFailure.VERSION_UNSUPPORTED,
                "peerVersion=ZMTP " + version
                        + " is refused, limit=2.0 with NULL, 3.0 with any mechanism, update the peer");
    }

    private void onGreeting() {
        // A future 3.2 or 4.0 speaks 3.1 with us, since that is what our greeting says.
        final boolean isMinorZero =
                greeting[Greeting.MAJOR_OFFSET] == Greeting.MAJOR && greeting[Greeting.MINOR_OFFSET] == 0;
        minor = isMinorZero ? 0 : Greeting.MINOR;
        if (!Greeting.isMechanism(greeting, mechanism.name())) {
            fail(
                    HandshakeFailure.MECHANISM_MISMATCH,
                    "peerMechanism=" + Greeting.mechanism(greeting) + ", limit=" + mechanism.name()
                            + ", set up the same security on both sides");
            return;
        }
        phase = Phase.COMMANDS;
        driveMechanism();
    }

    private int receiveSocketType(final DirectBuffer buffer, final int offset) {
        final int number = buffer.getByte(offset) & 0xFF;
        type20 = SocketType.ofWireNumber(number);
        if (type20 == null) {
            fail(
                    HandshakeFailure.INCOMPATIBLE_SOCKET_TYPE,
                    "peerSocketType=" + number + ", limit=10, the number stands for no socket type");
        } else {
            phase = Phase.IDENTITY_2_0;
        }
        return 1;
    }

    /** Takes bytes up to the next point at which something about the frame is decided; at least one. */
    private int receiveFrame(final DirectBuffer buffer, final int offset, final int length) {
        final int needed = frameBytesNeeded();
        final int step = Math.min(needed - frameLength, length);
        if (frameLength + step > frame.length) {
            frame = Arrays.copyOf(frame, Math.max(frameLength + step, frame.length * 2));
        }
        buffer.getBytes(offset, frame, frameLength, step);
        frameLength += step;
        if (frameLength >= FrameHeader.SHORT_LENGTH && frameLength >= FrameHeader.length(frame[0])) {
            onFrameBytes(receivedLength + step);
        }
        return step;
    }

    private int frameBytesNeeded() {
        if (frameLength < FrameHeader.SHORT_LENGTH) {
            return FrameHeader.SHORT_LENGTH;
        }
        final int headerLength = FrameHeader.length(frame[0]);
        return frameLength < headerLength ? headerLength : headerLength + (int) frameBodyLength();
    }

    private long frameBodyLength() {
        return FrameHeader.bodyLength(new UnsafeBuffer(frame), 0);
    }

    private void onFrameBytes(final int receivedSoFar) {
        final int headerLength = FrameHeader.length(frame[0]);
        final long bodyLength = frameBodyLength();
        final int startOfBody = receivedSoFar - frameLength + headerLength;
        if (bodyLength < 0 || bodyLength > config.maxHandshakeBytes() - startOfBody) {
            fail(
                    HandshakeFailure.TOO_LARGE,
                    "frameLength=" + Long.toUnsignedString(bodyLength) + " after " + startOfBody + " bytes, limit="
                            + config.maxHandshakeBytes() + ", raise maxHandshakeBytes if the peer is right");
        } else if (frameLength == headerLength + bodyLength) {
            frameLength = 0;
            if (phase == Phase.IDENTITY_2_0) {
                onIdentity(headerLength, (int) bodyLength);
            } else {
                onCommand(headerLength, (int) bodyLength);
            }
        }
    }

    private void onIdentity(final int offset, final int length) {
        if ((frame[0] & (FrameHeader.MORE | FrameHeader.COMMAND)) != 0) {
            fail(HandshakeFailure.BAD_READY, "flags=" + frame[0] + ", limit=0, the identity is one final frame");
            return;
        }
        onMetadata(2, 0, type20, Arrays.copyOfRange(frame, offset, offset + length), Metadata.newProperties());
        if (failure == null) {
            phase = Phase.DONE;
        }
    }

    private void onCommand(final int offset, final int length) {
        if ((frame[0] & (FrameHeader.MORE | FrameHeader.COMMAND)) != FrameHeader.COMMAND) {
            fail(
                    HandshakeFailure.BAD_READY,
                    "flags=" + frame[0] + ", limit=COMMAND, the peer sent a message before the end of the handshake");
            return;
        }
        final HandshakeError error = mechanism.consume(new UnsafeBuffer(frame), offset, length);
        if (error != null) {
            fail(error.failure(), error.text());
            return;
        }
        if (peer == null && mechanism.peerMetadata() != null) {
            onProperties(mechanism.peerMetadata());
        }
        if (failure == null) {
            driveMechanism();
        }
    }

    private void driveMechanism() {
        int written = mechanism.produce(output, outputLimit);
        while (written > 0) {
            outputLimit += written;
            written = mechanism.produce(output, outputLimit);
        }
        if (mechanism.done()) {
            phase = Phase.DONE;
        }
    }

    private void onProperties(final byte[] encoded) {
        final SortedMap<String, byte[]> properties = Metadata.newProperties();
        final String error = Metadata.parse(encoded, properties);
        if (error != null) {
            fail(HandshakeFailure.BAD_READY, error);
            return;
        }
        final byte[] typeName = properties.get(Metadata.SOCKET_TYPE);
        if (typeName == null) {
            fail(
                    HandshakeFailure.BAD_READY,
                    "properties=" + properties.keySet() + ", limit=Socket-Type, the peer must name its socket type");
            return;
        }
        final String typeText = new String(typeName, StandardCharsets.ISO_8859_1);
        final SocketType type = SocketType.ofWireName(typeText);
        if (type == null) {
            refuseType(Metadata.printable(typeText));
            return;
        }
        final byte[] routingId = properties.get(Metadata.IDENTITY);
        onMetadata(3, minor, type, routingId == null ? new byte[0] : routingId, properties);
        if (failure == null) {
            mechanism.accept();
        }
    }

    private void onMetadata(
            final int versionMajor,
            final int versionMinor,
            final SocketType type,
            final byte[] routingId,
            final SortedMap<String, byte[]> properties) {
        final String routingIdError = Metadata.checkRoutingId(routingId);
        if (routingIdError != null) {
            fail(HandshakeFailure.BAD_READY, routingIdError);
            return;
        }
        if (!config.socketType().accepts(type)) {
            refuseType(type.wireName());
            return;
        }
        peer = new PeerMetadata(versionMajor, versionMinor, type, routingId, properties, attributes.get());
        final String refusal = askCheck();
        if (refusal != null) {
            refuse(HandshakeFailure.REFUSED_BY_CHECK, refusal, "reason=" + refusal + ", the peer check said so");
        }
    }

    private String askCheck() {
        try {
            return config.peerCheck().refusal(peer);
        } catch (final RuntimeException e) {
            return "peer check failed: " + e;
        }
    }

    private void refuseType(final String peerType) {
        final String own = config.socketType().wireName();
        refuse(
                HandshakeFailure.INCOMPATIBLE_SOCKET_TYPE,
                "Invalid socket type " + peerType + " for " + own,
                "peerSocketType=" + peerType + ", localSocketType=" + own
                        + ", connect sockets whose types belong together");
    }

    private void refuse(final HandshakeFailure kind, final String reasonForPeer, final String text) {
        if (phase == Phase.COMMANDS) {
            outputLimit += ZmtpCommands.putError(output, outputLimit, reasonForPeer);
        }
        fail(kind, text);
    }

    private void fail(final HandshakeFailure kind, final String text) {
        phase = Phase.FAILED;
        failure = kind;
        failureText = text;
    }
}
