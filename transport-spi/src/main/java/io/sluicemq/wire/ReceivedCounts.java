package io.sluicemq.wire;

/**
 * The exchange of received counts on one connection: what the peer told of our messages, checked, and what we told of its.
 * An ability of our own, used when both sides announce it in READY and speak ZMTP 3.1; any other peer sees nothing of it.
 *
 * <pre>
 *   READY       X-Received-Counts = id(8)    the socket, the same in all its connections
 *   X-BEGIN     number                       first of all: who sends this knows the connection by this number
 *   X-RECEIVED  number count last            messages that came on the connection that the receiver of this knows by it
 *   X-END       ()                           no message follows; commands may
 * </pre>
 *
 * <p>A count covers each message that was taken off the wire, whatever became of it then: who counts it answers for it. The
 * count is told now and then, and once more when a connection ends: who ends it in order sends X-END, gets the peer's last
 * count and the end of its stream, and answers with its own last count, so that both know exactly. After a connection
 * broke, each side tells its last count of it on the next connection between the same two sockets.
 *
 * <p>Not thread safe; one instance per connection, called by its I/O agent. Allocates nothing but texts of errors.
 */
public final class ReceivedCounts {
    private final long number;

    private long acknowledged;
    private boolean settled;
    private boolean begun;
    private long peerNumber;
    private boolean peerEnded;
    private long told;
    private boolean toldLast;

    /**
     * Starts the exchange of a connection whose handshake is complete.
     *
     * @param number by which this side knows the connection.
     */
    public ReceivedCounts(final long number) {
        this.number = number;
    }

    /**
     * By which this side knows the connection.
     *
     * @return the number told in X-BEGIN.
     */
    public long number() {
        return number;
    }

    /**
     * The peer sent X-BEGIN.
     *
     * @param newPeerNumber by which the peer knows the connection.
     * @return null, or what is wrong.
     */
    public String onBegin(final long newPeerNumber) {
        if (begun) {
            return "beginCommands=2, limit=1, the peer breaks the exchange of received counts";
        }
        begun = true;
        peerNumber = newPeerNumber;
        return null;
    }

    /**
     * The peer sent X-RECEIVED for this connection.
     *
     * @param count of messages that it received.
     * @param last  whether that is its last word.
     * @param sent  messages that it was sent.
     * @return null, or what is wrong.
     */
    public String onReceived(final long count, final boolean last, final long sent) {
        if (settled) {
            return "lastCounts=2, limit=1, the peer breaks the exchange of received counts";
        }
        final String error = check(count, acknowledged, sent);
        if (error == null) {
            acknowledged = count;
            settled = last;
        }
        return error;
    }

    /**
     * Checks a count that a peer told.
     *
     * @param count       of messages that it received.
     * @param least       what it had told before.
     * @param most        what it was sent.
     * @return null, or what is wrong.
     */
    public static String check(final long count, final long least, final long most) {
        return count >= least && count <= most
                ? null
                : "receivedCount=" + count + ", limit=" + least + ".." + most
                        + ", the peer tells of messages that it cannot have received";
    }

    /**
     * The peer sent X-END.
     *
     * @return null, or what is wrong.
     */
    public String onEnd() {
        if (peerEnded) {
            return "endCommands=2, limit=1, the peer breaks the exchange of received counts";
        }
        peerEnded = true;
        return null;
    }

    /**
     * Whether a count is to be told.
     *
     * @param received messages that came so far.
     * @param last     whether none can come any more.
     * @return true if the peer does not know.
     */
    public boolean isUntold(final long received, final boolean last) {
        return begun && !toldLast && (received != told || last);
    }

    /**
     * What came and was not told.
     *
     * @param received messages that came so far.
     * @return number of messages.
     */
    public long untold(final long received) {
        return received - told;
    }

    /**
     * A count is told now.
     *
     * @param received messages that came so far.
     * @param last     whether none can come any more.
     */
    public void onTold(final long received, final boolean last) {
        told = received;
        toldLast = last;
    }

    /**
     * Messages of ours that the peer received, as far as it told.
     *
     * @return the last count.
     */
    public long acknowledged() {
        return acknowledged;
    }

    /**
     * Whether {@link #acknowledged()} is the peer's last word.
     *
     * @return true if what is missing will not come.
     */
    public boolean isSettled() {
        return settled;
    }

    /**
     * Whether the peer has begun to count.
     *
     * @return true if {@link #peerNumber()} is known.
     */
    public boolean hasBegun() {
        return begun;
    }

    /**
     * By which the peer knows the connection.
     *
     * @return any value, as the peer sent it.
     */
    public long peerNumber() {
        return peerNumber;
    }

    /**
     * Whether the peer sends no more messages.
     *
     * @return true after its X-END.
     */
    public boolean hasPeerEnded() {
        return peerEnded;
    }
}
