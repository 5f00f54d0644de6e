package io.sluicemq.transport;

import java.util.Locale;

/**
 * Where a socket binds or connects: {@code scheme://address}. What the address may be is the transport's to say.
 *
 * @param scheme of the transport, in lower case.
 * @param address as the transport understands it.
 */
public record Endpoint(String scheme, String address) {
    private static final String GRAMMAR = "use scheme://address, such as inproc://name or tcp://127.0.0.1:5555";

    /**
     * Parses an endpoint.
     *
     * @param text such as {@code tcp://127.0.0.1:5555}.
     * @return the endpoint.
     * @throws IllegalArgumentException when there is no scheme or no address; the text shows the grammar.
     */
    public static Endpoint parse(final String text) {
        final int colon = text == null ? -1 : text.indexOf("://");
        if (colon <= 0 || colon + 3 == text.length()) {
            throw new IllegalArgumentException("endpoint=" + text + ", limit=scheme and address, " + GRAMMAR);
        }
        return new Endpoint(text.substring(0, colon).toLowerCase(Locale.ROOT), text.substring(colon + 3));
    }

    @Override
    public String toString() {
        return scheme + "://" + address;
    }
}
