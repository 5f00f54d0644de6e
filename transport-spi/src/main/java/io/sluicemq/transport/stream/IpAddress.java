package io.sluicemq.transport.stream;

import io.sluicemq.transport.Endpoint;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address part of an endpoint over the internet protocol, such as {@code tcp://} or {@code quic://}, as libzmq writes it.
 * Parsing touches neither network nor name service. Immutable; any thread.
 *
 * @param sourceHost address or interface that a connection leaves from; null when none was given.
 * @param sourcePort port that a connection leaves from, 0 for any.
 * @param host {@code *}, a name, an interface or an IP address without brackets.
 * @param port 0 for any.
 */
public record IpAddress(String sourceHost, int sourcePort, String host, int port) {
    private static final String GRAMMAR = "://[source[:port];]host:port, where host is * (all interfaces, bind"
            + " only), an interface (bind only), a name, 1.2.3.4 or [v6%scope], and port is 1..65535, or * or 0 for a"
            + " free one (bind only)";
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern PLAIN_HOST =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?(%[\\w.-]+)?");
    private static final Pattern HOST_PORT =
            Pattern.compile("(\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|[^:\\[\\]]+):(\\*|\\d{1,5})");
    private static final String WILDCARD = "*";

    /**
     * Parses an address to bind or to connect to.
     *
     * @param endpoint whose scheme is shown where something is wrong.
     * @return the address.
     * @throws IllegalArgumentException when it does not fit the grammar; the text shows the grammar.
     */
    public static IpAddress parse(final Endpoint endpoint) {
        final String text = endpoint.address();
        final int semicolon = text.indexOf(';');
        String sourceHost = null;
        int sourcePort = 0;
        if (semicolon >= 0) {
            final String source = text.substring(0, semicolon);
            final Matcher matcher = HOST_PORT.matcher(source);
            if (matcher.matches()) {
                sourceHost = host(matcher, endpoint);
                sourcePort = port(matcher.group(3), endpoint);
            } else {
                sourceHost = host(matchHost(source, endpoint), endpoint);
            }
        }
        final Matcher matcher = HOST_PORT.matcher(text.substring(semicolon + 1));
        if (!matcher.matches()) {
            throw wrong(endpoint, "host and port");
        }
        return new IpAddress(sourceHost, sourcePort, host(matcher, endpoint), port(matcher.group(3), endpoint));
    }

    private static Matcher matchHost(final String source, final Endpoint endpoint) {
        final Matcher matcher = HOST_PORT.matcher(source + ":0");
        if (!matcher.matches()) {
            throw wrong(endpoint, "a source address");
        }
        return matcher;
    }

    private static String host(final Matcher matcher, final Endpoint endpoint) {
        if (matcher.group(2) != null) {
            return matcher.group(2);
        }
        final String host = matcher.group(1);
        if (!WILDCARD.equals(host) && !PLAIN_HOST.matcher(host).matches()) {
            throw wrong(endpoint, "a host");
        }
        if (IPV4.matcher(host).matches()) {
            for (final String part : host.split("\\.", -1)) {
                if (Integer.parseInt(part) > 255) {
                    throw wrong(endpoint, "parts of 0..255");
                }
            }
        }
        return host;
    }

    private static int port(final String text, final Endpoint endpoint) {
        final int port = WILDCARD.equals(text) ? 0 : Integer.parseInt(text);
        if (port > 65_535) {
            throw wrong(endpoint, "a port of 0..65535");
        }
        return port;
    }

    private static IllegalArgumentException wrong(final Endpoint endpoint, final String limit) {
        return new IllegalArgumentException(
                "endpoint=" + endpoint + ", limit=" + limit + ", write " + endpoint.scheme() + GRAMMAR);
    }

    /**
     * Parses an address, and checks what only holds for connecting.
     *
     * @param endpoint with a host and a port.
     * @return the address.
     * @throws IllegalArgumentException as for {@link #parse}.
     */
    public static IpAddress parseRemote(final Endpoint endpoint) {
        final IpAddress address = parse(endpoint);
        if (WILDCARD.equals(address.host)) {
            throw wrong(endpoint, "a host to connect to");
        }
        if (address.port == 0) {
            throw wrong(endpoint, "a port to connect to");
        }
        return address;
    }

    /**
     * Parses an address, and checks what only holds for binding.
     *
     * @param endpoint without a source.
     * @return the address.
     * @throws IllegalArgumentException as for {@link #parse}.
     */
    public static IpAddress parseLocal(final Endpoint endpoint) {
        final IpAddress address = parse(endpoint);
        if (address.sourceHost != null) {
            throw wrong(endpoint, "no source address when binding");
        }
        return address;
    }

    /**
     * The host as certificates name it, which know of no scopes.
     *
     * @return {@link #host} without what follows a percent sign.
     */
    public String plainHost() {
        final int scope = host.indexOf('%');
        return scope < 0 ? host : host.substring(0, scope);
    }

    /**
     * Whether the host needs no name service.
     *
     * @return true for an IP address.
     */
    public boolean isLiteral() {
        return isLiteral(host);
    }

    private static boolean isLiteral(final String host) {
        return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
    }

    /**
     * The address to connect to.
     *
     * @return the host, which must be a literal.
     * @throws UnknownHostException when it is none, or has a scope that this machine has not.
     */
    public InetAddress literal() throws UnknownHostException {
        return InetAddress.getByName(host);
    }

    /**
     * Where to bind. No name is looked up, as that may block: libzmq does not either.
     *
     * @return an address of this machine.
     * @throws IOException when the host is neither an address nor an interface; the text says so.
     */
    public InetSocketAddress toLocal() throws IOException {
        return new InetSocketAddress(localHost(host), port);
    }

    /**
     * Where connections leave from.
     *
     * @return an address of this machine, or null when none was given.
     * @throws IOException as for {@link #toLocal}.
     */
    public InetSocketAddress toSource() throws IOException {
        return sourceHost == null ? null : new InetSocketAddress(localHost(sourceHost), sourcePort);
    }

    private static InetAddress localHost(final String host) throws IOException {
        if (WILDCARD.equals(host)) {
            return InetAddress.getByAddress(new byte[4]);
        }
        if (isLiteral(host)) {
            return InetAddress.getByName(host);
        }
        if ("localhost".equals(host)) {
            return InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1});
        }
        final NetworkInterface nic = NetworkInterface.getByName(host);
        if (nic == null) {
            throw new IOException("host=" + host + ", limit=the interfaces and addresses of this machine, bind to *, an"
                    + " address or an interface that it has");
        }
        return nic.inetAddresses()
                .filter(Inet4Address.class::isInstance)
                .findFirst()
                .or(() -> nic.inetAddresses().findFirst())
                .orElseThrow(() -> new IOException(
                        "interface=" + host + ", limit=interfaces with an address, bring it up or bind to another"));
    }

    /**
     * The address part of an endpoint that can be connected to.
     *
     * @param address that is resolved.
     * @return such as {@code 127.0.0.1:5555} or {@code [::1]:5555}.
     */
    public static String format(final InetSocketAddress address) {
        final InetAddress host = address.getAddress();
        final String text = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + shorten(host, text) + "]" : text) + ":" + address.getPort();
    }

    private static String shorten(final InetAddress host, final String text) {
        if (host.isAnyLocalAddress()) {
            return "::";
        }
        return host.isLoopbackAddress() ? "::1" : text;
    }
}
