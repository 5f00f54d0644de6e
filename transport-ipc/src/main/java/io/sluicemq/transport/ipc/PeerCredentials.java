package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** What the system knows of the process at the other end of a Unix-domain socket. */
final class PeerCredentials {
    private PeerCredentials() {}

    /** As in {@link io.sluicemq.wire.PeerMetadata#attributes()}; empty where the system does not tell. */
    static Map<String, String> attributes(final SocketChannel channel) throws IOException {
        final UnixDomainPrincipal peer = get(channel);
        return peer == null
                ? Map.of()
                : Map.of(
                        IpcTransport.USER_ATTRIBUTE,
                        peer.user().getName(),
                        IpcTransport.GROUP_ATTRIBUTE,
                        peer.group().getName());
    }

    /** The peer's user, or null where the system does not tell. */
    static UserPrincipal user(final SocketChannel channel) throws IOException {
        final UnixDomainPrincipal peer = get(channel);
        return peer == null ? null : peer.user();
    }

    private static UnixDomainPrincipal get(final SocketChannel channel) throws IOException {
        return channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)
                ? channel.getOption(ExtendedSocketOptions.SO_PEERCRED)
                : null;
    }
}
