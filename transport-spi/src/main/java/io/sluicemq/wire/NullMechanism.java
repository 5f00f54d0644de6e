package io.sluicemq.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The NULL mechanism: no security, one READY in each direction, and in any order (RFC 37/ZMTP, "The NULL Mechanism").
 *
 * <p>The side that dialled sends its READY at once. The side that accepted holds its own back until the peer's was
 * checked: so a refused peer gets ERROR in the place of READY, and never believes for a moment to be connected. Only one
 * side waits, so they cannot wait for each other; libzmq, JeroMQ and the like send READY without waiting.
 */
final class NullMechanism implements Mechanism {
    static final String NAME = "NULL";

    private final CommandReader reader = new CommandReader();
    private final byte[] metadata;
    private final boolean listening;

    private byte[] peerMetadata;
    private boolean accepted;
    private boolean readySent;

    NullMechanism(final byte[] metadata, final boolean listening) {
        this.metadata = metadata;
        this.listening = listening;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean asServer() {
        return false; // RFC 37: always zero for NULL
    }

    @Override
    public HandshakeError consume(final DirectBuffer buffer, final int offset, final int length) {
        final CommandReader.Kind kind = reader.read(buffer, offset, length);
        if (kind == CommandReader.Kind.ERROR) {
            return new HandshakeError(
                    HandshakeFailure.REFUSED_BY_PEER,
                    "reason=" + reader.reason(buffer) + ", the peer refused this connection");
        }
        if (kind != CommandReader.Kind.READY) {
            return new HandshakeError(
                    HandshakeFailure.BAD_READY,
                    "command=" + kind + ", limit=READY, the peer must send READY before anything else");
        }
        peerMetadata = new byte[reader.argumentLength()];
        buffer.getBytes(reader.argumentOffset(), peerMetadata);
        return null;
    }

    @Override
    public int produce(final MutableDirectBuffer target, final int offset) {
        if (readySent || (listening && !accepted)) {
            return 0;
        }
        readySent = true;
        return ZmtpCommands.putReady(target, offset, metadata);
    }

    @Override
    public byte[] peerMetadata() {
        return peerMetadata;
    }

    @Override
    public void accept() {
        accepted = true;
    }

    @Override
    public boolean done() {
        return accepted && readySent;
    }
}
