package io.sluicemq.transport.ipc;

import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;

/**
 * ZMTP over Unix-domain sockets, {@code ipc://path}, between processes of one machine. Found by {@link
 * java.util.ServiceLoader}; options are {@link IpcOptions}.
 *
 * <p>The system vouches for a peer's user and group, which stand in {@link io.sluicemq.wire.PeerMetadata#attributes()}
 * under the names below, so that a {@link io.sluicemq.wire.PeerCheck} can refuse by them. They are those that the peer's
 * process had when it connected, or began to listen. The JDK tells their names and not their numbers (an id without a
 * name stands as its number), and it does not tell the id of the peer's process. So a check must not let in {@code
 * nobody}, the name of every id that a user namespace does not map, nor a name of digits alone, which may be a user's name
 * or another's number.
 */
public final class IpcTransport implements Transport {
    /** Attribute with the name of the user as whom the peer's process runs. */
    public static final String USER_ATTRIBUTE = "user";

    /** Attribute with the name of the primary group of the peer's process. */
    public static final String GROUP_ATTRIBUTE = "group";

    static final String SCHEME = "ipc";

    /** Made by the service loader. */
    public IpcTransport() {
        // Holds nothing.
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new IpcDriver(context);
    }
}
