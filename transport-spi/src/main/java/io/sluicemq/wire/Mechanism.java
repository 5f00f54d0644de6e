package io.sluicemq.wire;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The security handshake of one connection, between the greeting and the first message (RFC 37/ZMTP, "Security
 * Mechanisms"). {@link NullMechanism} is one; others plug in here without a change elsewhere.
 *
 * <p>{@link ZmtpHandshake} drives it: after each command received it asks for the peer's metadata, checks it, calls
 * {@link #accept()} if the peer may stay, and sends whatever {@link #produce} gives.
 *
 * <p>Not thread safe; one instance per connection, called by the I/O agent that owns it.
 */
public interface Mechanism {
    /** The longest name that fits into a greeting, in bytes. */
    int MAX_NAME_LENGTH = 20;

    /** Makes the mechanism of one connection. Called by the I/O agent of that connection. */
    @FunctionalInterface
    interface Factory {
        /**
         * Makes the mechanism of one connection.
         *
         * @param metadata  own properties, encoded as for READY.
         * @param listening true when the connection was accepted, false when it was dialled.
         * @return a new instance.
         */
        Mechanism create(byte[] metadata, boolean listening);
    }

    /**
     * The name in the greeting, which must be the same at both ends.
     *
     * @return 1 to 20 ASCII characters.
     */
    String name();

    /**
     * The as-server octet of the greeting.
     *
     * @return true when this side is the server of the mechanism.
     */
    boolean asServer();

    /**
     * Takes a command of the peer.
     *
     * @param buffer that holds the body; valid during the call only.
     * @param offset of the body.
     * @param length of the body.
     * @return null to go on, or why the handshake has failed.
     */
    HandshakeError consume(DirectBuffer buffer, int offset, int length);

    /**
     * Gives the next command to send, if it is this side's turn. Called until it gives 0.
     *
     * @param target to write the complete frame to; grows as needed.
     * @param offset to write at.
     * @return bytes written; 0 for nothing to send now.
     */
    int produce(MutableDirectBuffer target, int offset);

    /**
     * The peer's properties, as soon as they are known.
     *
     * @return encoded as in READY, the mechanism's own copy, not to be changed; null before.
     */
    byte[] peerMetadata();

    /** Tells that the peer's metadata was checked and the peer may stay. Called once. */
    void accept();

    /**
     * Whether nothing more has to be received and all of this side's commands have been given.
     *
     * @return true at the end.
     */
    boolean done();
}
