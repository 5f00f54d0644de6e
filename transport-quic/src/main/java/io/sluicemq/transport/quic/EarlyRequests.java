package io.sluicemq.transport.quic;

import io.sluicemq.transport.Carrier;
import io.sluicemq.wire.PeerMetadata;
import java.util.HashMap;
import java.util.Map;

/**
 * What may be on a client's main stream before the handshake of QUIC is done, when all of it could be a recording: one small message, from
 * a client whose READY says that what it sends may be done twice, and only if the server's socket takes such. The server leaves what is behind it,
 * or larger, until the handshake is done. Agent.
 */
final class EarlyRequests {
    /** Of READY. */
    static final String PROPERTY = "X-Early-Requests";

    /** Of the message, with the headers of its frames. */
    static final int MAX_BYTES = Carrier.MAX_EARLY_BYTES;

    private static final byte[] YES = {1};

    private boolean offered; // by this side, which dials
    private boolean taken; // by the socket of this side, which listens
    private boolean saysSo; // the peer
    private boolean knowsPeer;
    private long bytes;
    private boolean complete;

    /** The socket takes them. */
    void take() {
        taken = true;
    }

    /** The peer has sent its READY. */
    void onPeer(final PeerMetadata peer) {
        knowsPeer = true;
        final byte[] value = peer.propertyBytes(PROPERTY);
        saysSo = value != null && value.length > 0 && value[0] == 1;
    }

    /** Whether there may be a main stream, as far as is known. */
    boolean mayCome() {
        return taken && (saysSo || !knowsPeer);
    }

    /** Whether a frame that is on it may be handed over, as the next one. */
    boolean mayPass(final boolean isCommand, final long frameBytes) {
        return taken && saysSo && !complete && !isCommand && frameBytes >= 0 && frameBytes <= MAX_BYTES - bytes;
    }

    /** A frame is handed over. */
    void onFrame(final boolean isMore, final long frameBytes) {
        bytes += frameBytes;
        complete = !isMore;
    }

    /** At the side that dials: whether its requests may be done twice, so that there may be an early one. */
    void offer(final boolean mayRepeat) {
        offered = mayRepeat;
    }

    boolean isOffered() {
        return offered;
    }

    /** The properties of READY that a connection has, and ours. */
    Map<String, byte[]> with(final Map<String, byte[]> others) {
        if (!offered) {
            return others;
        }
        final Map<String, byte[]> all = new HashMap<>(others);
        all.put(PROPERTY, YES);
        return all;
    }
}
