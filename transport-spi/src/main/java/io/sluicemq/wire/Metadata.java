package io.sluicemq.wire;

import io.sluicemq.transport.SocketType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The properties in READY (RFC 37/ZMTP, "Connection Metadata"):
 *
 * <pre>
 *   *( name-length(1) name value-length(4, big endian) value )
 *   name = 1 to 255 letters, digits, '-', '_', '.', '+'; case does not matter
 * </pre>
 */
final class Metadata {
    static final String SOCKET_TYPE = "Socket-Type";
    static final String IDENTITY = "Identity";
    static final String OWN_PREFIX = "X-";
    /** Our own: the socket exchanges {@link ReceivedCounts}; the value is its id. */
    static final String RECEIVED_COUNTS = "X-Received-Counts";

    static final int MAX_NAME_LENGTH = 255;
    static final int MAX_ROUTING_ID_LENGTH = 255;

    private static final int VALUE_LENGTH_SIZE = 4;

    private Metadata() {}

    static byte[] encode(final SocketType socketType, final byte[] routingId, final Map<String, byte[]> ownProperties) {
        int length = propertyLength(SOCKET_TYPE, socketType.wireName().length());
        final boolean sendsIdentity = sendsIdentity(socketType);
        if (sendsIdentity) {
            length += propertyLength(IDENTITY, routingId.length);
        }
        for (final Map.Entry<String, byte[]> property : ownProperties.entrySet()) {
            length = Math.addExact(length, propertyLength(property.getKey(), property.getValue().length));
        }
        final ByteBuffer encoded = ByteBuffer.allocate(length);
        put(encoded, SOCKET_TYPE, socketType.wireName().getBytes(StandardCharsets.US_ASCII));
        if (sendsIdentity) {
            put(encoded, IDENTITY, routingId);
        }
        ownProperties.forEach((name, value) -> put(encoded, name, value));
        return encoded.array();
    }

    /** Behind what is encoded already. */
    static byte[] append(final byte[] encoded, final Map<String, byte[]> more) {
        int length = encoded.length;
        for (final Map.Entry<String, byte[]> property : more.entrySet()) {
            length = Math.addExact(length, propertyLength(property.getKey(), property.getValue().length));
        }
        final ByteBuffer all = ByteBuffer.allocate(length).put(encoded);
        more.forEach((name, value) -> put(all, name, value));
        return all.array();
    }

    /** As libzmq does, also when the id is empty; the RFC leaves ROUTER out. */
    private static boolean sendsIdentity(final SocketType socketType) {
        return socketType == SocketType.REQ || socketType == SocketType.DEALER || socketType == SocketType.ROUTER;
    }

    static int propertyLength(final String name, final int valueLength) {
        return Math.addExact(1 + name.length() + VALUE_LENGTH_SIZE, valueLength);
    }

    private static void put(final ByteBuffer target, final String name, final byte[] value) {
        target.put((byte) name.length());
        target.put(name.getBytes(StandardCharsets.US_ASCII));
        target.putInt(value.length);
        target.put(value);
    }

    /**
     * Reads properties into a map.
     *
     * @return null when all is well, else what is wrong.
     */
    static String parse(final byte[] encoded, final SortedMap<String, byte[]> properties) {
        final ByteBuffer source = ByteBuffer.wrap(encoded);
        while (source.hasRemaining()) {
            final int nameLength = source.get() & 0xFF;
            if (nameLength == 0 || nameLength > source.remaining() - VALUE_LENGTH_SIZE) {
                return "nameLength=" + nameLength + ", limit=1.." + Math.max(0, source.remaining() - VALUE_LENGTH_SIZE)
                        + ", the metadata is cut short";
            }
            final byte[] name = new byte[nameLength];
            source.get(name);
            final String text = new String(name, StandardCharsets.ISO_8859_1);
            if (!isName(text)) {
                return "name=" + printable(text) + ", limit=letters digits - _ . +, it is no property name";
            }
            final int valueLength = source.getInt();
            if (valueLength < 0 || valueLength > source.remaining()) {
                return "valueLength=" + Integer.toUnsignedString(valueLength) + ", limit=" + source.remaining()
                        + ", the metadata is cut short";
            }
            final byte[] value = new byte[valueLength];
            source.get(value);
            if (properties.put(text, value) != null) {
                return "name=" + text + ", limit=1, the property comes twice";
            }
        }
        return null;
    }

    static SortedMap<String, byte[]> newProperties() {
        return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }

    static boolean isName(final String name) {
        for (int i = 0; i < name.length(); i++) {
            final char c = name.charAt(i);
            final boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '-' && c != '_' && c != '.' && c != '+') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME_LENGTH;
    }

    /**
     * The rule for a routing id that a socket chooses (RFC 28/REQREP): ids that start with zero are the ROUTER's own.
     *
     * @return null when it is legal, else what is wrong.
     */
    static String checkRoutingId(final byte[] routingId) {
        if (routingId.length > MAX_ROUTING_ID_LENGTH) {
            return "routingIdLength=" + routingId.length + ", limit=" + MAX_ROUTING_ID_LENGTH + ", use a shorter one";
        }
        if (routingId.length > 0 && routingId[0] == 0) {
            return "routingId[0]=0, limit=1..255, ids that start with zero are made by the ROUTER";
        }
        return null;
    }

    /** A peer's text, safe to put into a log. */
    static String printable(final String text) {
        final StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX_NAME_LENGTH));
        for (int i = 0; i < text.length() && i < MAX_NAME_LENGTH; i++) {
            final char c = text.charAt(i);
            printable.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return printable.toString();
    }
}
