package io.sluicemq.transport.stream;

import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Map;

/**
 * What a byte-stream medium supplies for one connection. Every method is called on the I/O agent's thread and must not
 * block. Buffers belong to the caller again on return; those to write may be heap buffers.
 */
public interface StreamChannel extends AutoCloseable {
    /**
     * Goes on with what must be done before bytes can flow. Called again, after each event of the channel, until it says
     * true, and not after that.
     *
     * @return true when bytes can flow.
     * @throws IOException when the connection cannot be made; the text is for people.
     */
    boolean finishConnect() throws IOException;

    /**
     * Which events {@link #finishConnect} waits for, once it has said false.
     *
     * @return as in {@link SelectionKey}; 0 while it waits for none, but asks for its turn itself.
     */
    default int connectOps() {
        return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    /**
     * Tells how to go on without an event, as when another thread has done what {@link #finishConnect} waited for. Called
     * once, before anything else.
     *
     * @param request has {@link #finishConnect} called again soon; on the agent's thread only, and does nothing later on.
     */
    default void turns(final Runnable request) {
        // A medium that has an event for all that happens needs none.
    }

    /**
     * Reads what has come.
     *
     * @param target filled from its position.
     * @return bytes read, 0 when nothing is there now, -1 at the end of the stream.
     * @throws IOException when the medium failed.
     */
    int read(ByteBuffer target) throws IOException;

    /**
     * Whether the channel itself holds what {@link #read} would bring, of which no event tells: bytes, the end or a failure. True
     * only if the next read gets on with it.
     *
     * @return false for a medium that holds nothing.
     */
    default boolean hasBuffered() {
        return false;
    }

    /**
     * Goes on with what was taken by {@link #write}, or by {@link #shutdownOutput}, and is still held by the channel itself.
     * Called when the medium may have room, and before each write.
     *
     * @return as {@link #isFlushed}.
     * @throws IOException when the medium failed.
     */
    default boolean flush() throws IOException {
        return true;
    }

    /**
     * Whether all that was taken is the medium's. Until then the channel is told when the medium has room.
     *
     * @return true for a channel that holds nothing.
     */
    default boolean isFlushed() {
        return true;
    }

    /**
     * Writes as much as the medium takes now.
     *
     * @param source written from its position, which is moved.
     * @return bytes taken, from 0 on.
     * @throws IOException when the medium failed.
     */
    int write(ByteBuffer source) throws IOException;

    /**
     * Writes as much of several buffers, in order, as the medium takes now. This implementation writes one after the other, which is
     * right where a write costs no system call.
     *
     * @param sources written from their positions, which are moved.
     * @param count how many of them, from index 0, at least 1.
     * @return bytes taken, from 0 on.
     * @throws IOException when the medium failed.
     */
    default long write(final ByteBuffer[] sources, final int count) throws IOException {
        long written = 0;
        for (int i = 0; i < count; i++) {
            written += write(sources[i]);
            if (sources[i].hasRemaining()) {
                break;
            }
        }
        return written;
    }

    /**
     * Says that the channel is read in each turn, or is no longer: events that tell of input are not wanted meanwhile, whatever
     * {@link #interest} says.
     *
     * @param now true from now on, false when events are to tell of input again.
     */
    default void polled(final boolean now) {
        // A channel without a selector has nothing to save.
    }

    /**
     * Says which events are wanted from now on. Called only when that changes.
     *
     * @param ops as in {@link SelectionKey}: OP_READ, OP_WRITE, both or 0.
     */
    void interest(int ops);

    /**
     * Ends the outgoing stream; the peer reads what was written, and then the end.
     *
     * @throws IOException when the medium failed.
     */
    void shutdownOutput() throws IOException;

    /**
     * Where the peer is, for people.
     *
     * @return an endpoint such as {@code tcp://127.0.0.1:5555}.
     */
    String remoteAddress();

    /**
     * Messages of this connection that were taken beside the pipe, by a {@link LaneWriter}, and are not the medium's.
     *
     * @return their number; 0 for a medium with one stream.
     */
    default long unsentMessages() {
        return 0;
    }

    /**
     * What the medium knows of the peer and vouches for. Asked once, when the peer has said who it is.
     *
     * @return as in {@link PeerMetadata#attributes()}; empty where nothing is known.
     */
    default Map<String, String> attributes() {
        return Map.of();
    }

    /**
     * Whether the medium has seen to it that both sides speak ZMTP 3.1, so that the side that dials need not wait for the other's
     * greeting. Asked once, when {@link #finishConnect} has said true.
     *
     * @return false for a medium whose peers may be of any version.
     */
    default boolean isEager() {
        return false;
    }

    /**
     * Whether a message may go before the peer has said who it is, and perhaps before it is known to be there. Asked for each such
     * message, of which there is none on the side that listens.
     *
     * @return false for a medium whose peers would not take it.
     */
    default boolean takesMessageEarly() {
        return false;
    }

    /**
     * What the medium says of this connection in our READY, beside the properties of the socket. Asked once, when {@link
     * #finishConnect} has said true.
     *
     * @return by names that start with {@code X-}; empty for a medium that has nothing to say.
     */
    default Map<String, byte[]> properties() {
        return Map.of();
    }

    /**
     * Tells what the peer said in its handshake, which has come to a good end. At most once.
     *
     * @param peer as the socket will see it.
     */
    default void onPeer(final PeerMetadata peer) {
        // A medium that says nothing asks nothing.
    }

    /** Frees the connection at once. Twice does nothing. Never throws. */
    @Override
    void close();
}
