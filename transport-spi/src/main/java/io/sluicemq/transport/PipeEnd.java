package io.sluicemq.transport;

import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The socket's end of one pipe, as a transport sees it. A transport calls it on its I/O agent's thread; only what an
 * in-memory medium needs is open to any thread, and says so.
 *
 * <p>Order of calls: {@link #onEarly} where the medium has it, {@link #onOpen}, then messages and subscriptions, then {@link #onAccount} and {@link #onClosed} once. A dialed end may go
 * through that again after a reconnect.
 */
public interface PipeEnd {
    /**
     * Who we are in the handshake, and whom we accept. Any thread.
     *
     * @return the same for each connection of this end.
     */
    HandshakeConfig handshake();

    /**
     * Limits and timers of the connection. Any thread.
     *
     * @return the options of the socket.
     */
    PipeOptions options();

    /**
     * Asked by a medium of shared memory when a peer has shaken hands, before it is joined to memory whose ring this socket would read
     * in place: such memory stays for as long as messages wait in it, also when the peer has left.
     *
     * @return null, or why the socket takes no further ring now, as {@code name=value, limit=value, remedy}; the peer is then refused and told.
     */
    default String sharedRefusal() {
        return null;
    }

    /**
     * Whether the application has said of each message that goes to the peer that it may be delivered twice, and leaves it to nobody to
     * refuse a peer by what that says of itself. Any thread.
     *
     * @return the same for each connection of this end.
     */
    default boolean mayRepeat() {
        return false;
    }

    /**
     * The connection takes subscriptions before the peer has said who it is: those that the end has go now, by {@link
     * Carrier#subscription}, and from now on each change. They are the peer's when it turns out to be one that is wanted, and are not told again at
     * {@link #onOpen}. At most once for each connection, and only by a medium whose peers need not be waited for.
     *
     * @param carrier takes subscriptions and, where {@link #mayRepeat()}, messages by {@link Carrier#offerEarly}; nothing else yet.
     */
    default void onEarly(final Carrier carrier) {
        // Most sockets have nothing to say before they know whom to.
    }

    /**
     * The peer has shaken hands.
     *
     * @param carrier takes what goes to the peer, until {@link #onClosed}.
     * @param peer whom we talk to.
     */
    void onOpen(Carrier carrier, PeerMetadata peer);

    /**
     * A message has come. The bytes are the caller's again on return.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return false when there is no room: the transport stops reading and offers the same message again after {@link
     *     Carrier#resumeReading()}, or tells {@link #onDropped} that it cannot.
     */
    boolean onMessage(int kind, DirectBuffer buffer, int offset, int length);

    /**
     * A large message has come, in a buffer of the context's pool.
     *
     * @param kind one of {@link MessageKind}.
     * @param buffer holds the message; belongs to the socket if the result is true.
     * @param offset of the message, in bytes.
     * @param length of the message, in bytes.
     * @return as {@link #onMessage}.
     */
    boolean onLargeMessage(int kind, UnsafeBuffer buffer, int offset, int length);

    /**
     * The peer subscribes or cancels.
     *
     * @param subscribe false for a cancellation.
     * @param buffer holds the prefix; the caller's again on return.
     * @param offset of the prefix, in bytes.
     * @param length of the prefix, in bytes.
     * @return false to be asked again later, as {@link #onMessage}.
     */
    boolean onSubscription(boolean subscribe, DirectBuffer buffer, int offset, int length);

    /** The carrier that refused a message can take more. */
    void onWritable();

    /**
     * A connection that was open, by {@link #onOpen}, is over: called right before {@link #onClosed}. A medium that loses nothing does not call it.
     *
     * @param account of what was sent and received on it.
     */
    void onAccount(ConnectionAccount account);

    /**
     * The peer tells how many messages it had received on an earlier connection.
     *
     * @param number by which this side knew that connection, as the peer says.
     * @param messages as the peer says.
     * @return null, or why the peer cannot be right; it is then disconnected.
     */
    String onReceivedEarlier(long number, long messages);

    /**
     * Messages that count as sent will not be delivered, or nobody knows. Any thread.
     *
     * @param why what became of them.
     * @param messages how many, at least 1.
     */
    void onDropped(Dropped why, long messages);

    /**
     * Whether this socket's messages may get lost on the way, each by itself and counted: it drops what a peer has no room for
     * anyway, and nobody waits for each of them. Any thread.
     *
     * @return false for a socket whose messages arrive, or keep the sender waiting.
     */
    default boolean mayLose() {
        return false;
    }

    /**
     * The connection is over, or never came to be.
     *
     * @param reason what ended it.
     * @param detail for people: names what was seen, the limit and the remedy.
     * @param unsentMessages accepted by {@link Carrier#offer} but not handed to the medium.
     */
    void onClosed(CloseReason reason, String detail, long unsentMessages);

    /**
     * Messages on their way to the peer, for a medium that reads them in place (one in the same process). Any thread.
     *
     * @return the ring that the socket's senders write.
     */
    MessageRing outlet();

    /**
     * The peer is in this process: its messages are read from its ring in place, no carrier between. Any thread, once, and
     * in place of {@link #onOpen}.
     *
     * @param peer whom we talk to.
     * @param peerEnd the other end, whose {@link #outlet()} is now this socket's to poll and to which subscriptions go.
     * @param address the endpoint that joined the two.
     */
    void onDirect(PeerMetadata peer, PipeEnd peerEnd, String address);
}
