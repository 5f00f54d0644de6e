package io.sluicemq.wire;

import io.sluicemq.transport.SocketType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a peer told about itself in the handshake: the version in use, its socket type, its routing id and all properties
 * of its READY, its own {@code X-} ones included (RFC 37/ZMTP, "Connection Metadata").
 *
 * <p>Immutable; any thread. Holds copies of its own.
 */
public final class PeerMetadata {
    private static final int MAX_SHOWN_CHARS = 1024;

    private final int versionMajor;
    private final int versionMinor;
    private final SocketType socketType;
    private final byte[] routingId;
    private final SortedMap<String, byte[]> properties;
    private final Map<String, String> attributes;
    private final long countsId;

    PeerMetadata(
            final int versionMajor,
            final int versionMinor,
            final SocketType socketType,
            final byte[] routingId,
            final SortedMap<String, byte[]> properties,
            final Map<String, String> attributes) {
        this.versionMajor = versionMajor;
        this.versionMinor = versionMinor;
        this.socketType = socketType;
        this.routingId = routingId.clone();
        final SortedMap<String, byte[]> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        properties.forEach((name, value) -> copy.put(name, value.clone()));
        this.properties = Collections.unmodifiableSortedMap(copy);
        this.attributes = Map.copyOf(attributes);
        final byte[] id = properties.get(Metadata.RECEIVED_COUNTS);
        final boolean hasId = id != null && id.length == Long.BYTES && takesSubscriptionCommands();
        this.countsId = hasId ? ByteBuffer.wrap(id).getLong() : 0;
    }

    /**
     * Major number of the ZMTP version in use on the connection, the lower of what both sides speak.
     *
     * @return 2 or 3.
     */
    public int versionMajor() {
        return versionMajor;
    }

    /**
     * Minor number of the ZMTP version in use on the connection.
     *
     * @return 0 or 1.
     */
    public int versionMinor() {
        return versionMinor;
    }

    /**
     * Whether subscriptions go to this peer as commands (3.1), not as messages (3.0 and 2.0). What comes from a peer
     * may have either form.
     *
     * @return true for a 3.1 peer.
     */
    public boolean takesSubscriptionCommands() {
        return versionMajor == 3 && versionMinor >= 1;
    }

    /**
     * Whether the peer takes commands at all, so that a PING can be sent to it.
     *
     * @return true for a 3.x peer.
     */
    public boolean takesCommands() {
        return versionMajor >= 3;
    }

    /**
     * The peer's socket type.
     *
     * @return the type, one that ours accepts.
     */
    public SocketType socketType() {
        return socketType;
    }

    /**
     * The routing id that the peer chose for itself.
     *
     * @return a copy of 0 to 255 bytes; empty when it chose none.
     */
    public byte[] routingId() {
        return routingId.clone();
    }

    /**
     * The names of all properties that the peer sent, in the peer's spelling.
     *
     * @return an immutable set, whose {@code contains} ignores case; empty for a 2.0 peer.
     */
    public Set<String> propertyNames() {
        return properties.keySet();
    }

    /**
     * The value of a property as text.
     *
     * @param name in any case.
     * @return the value read as UTF-8, or null when the peer sent no such property.
     */
    public String property(final String name) {
        final byte[] value = properties.get(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /**
     * The value of a property as bytes.
     *
     * @param name in any case.
     * @return a copy, or null when the peer sent no such property.
     */
    public byte[] propertyBytes(final String name) {
        final byte[] value = properties.get(name);
        return value == null ? null : value.clone();
    }

    /**
     * What the medium knows of the peer and vouches for, such as its user over a Unix-domain socket or the principal of its
     * certificate over TLS. Properties are the peer's own claims; these are not.
     *
     * @return immutable, by the names that the transport documents; empty over a medium that knows nothing.
     */
    public Map<String, String> attributes() {
        return attributes;
    }

    /**
     * The id under which the peer exchanges {@link ReceivedCounts}.
     *
     * @return the same in all connections to one socket; 0 for a peer that does not, or on a version below 3.1.
     */
    public long countsId() {
        return countsId;
    }

    @Override
    public String toString() {
        return "PeerMetadata{version=" + versionMajor + "." + versionMinor + ", socketType=" + socketType
                + ", routingIdLength=" + routingId.length + ", properties=" + properties.keySet() + ", attributes="
                + PeerText.printable(attributes, MAX_SHOWN_CHARS) + "}";
    }
}
