package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.transport.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class IpAddressTest {
    private static IpAddress parse(final String address) {
        return IpAddress.parse(new Endpoint("tcp", address));
    }

    @Test
    void shouldReadAllFormsOfTheGrammar() {
        assertThat(parse("*:*")).isEqualTo(new IpAddress(null, 0, "*", 0));
        assertThat(parse("*:5555")).isEqualTo(new IpAddress(null, 0, "*", 5555));
        assertThat(parse("eth0:0")).isEqualTo(new IpAddress(null, 0, "eth0", 0));
        assertThat(parse("eth0.100:1")).isEqualTo(new IpAddress(null, 0, "eth0.100", 1));
        assertThat(parse("my-host.example:65535")).isEqualTo(new IpAddress(null, 0, "my-host.example", 65_535));
        assertThat(parse("[::1]:80")).isEqualTo(new IpAddress(null, 0, "::1", 80));
        assertThat(parse("[fe80::1%eth0]:80")).isEqualTo(new IpAddress(null, 0, "fe80::1%eth0", 80));
        assertThat(parse("127.0.0.1:6000;10.0.0.1:80")).isEqualTo(new IpAddress("127.0.0.1", 6000, "10.0.0.1", 80));
        assertThat(parse("eth0;host:80")).isEqualTo(new IpAddress("eth0", 0, "host", 80));
        assertThat(parse("[::1]:*;[::1]:80")).isEqualTo(new IpAddress("::1", 0, "::1", 80));
    }

    @Test
    void shouldRefuseToConnectToAWildcard() {
        assertThatThrownBy(() -> IpAddress.parseRemote(new Endpoint("tcp", "*:80")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint=tcp://*:80, limit=a host to connect to, write tcp://");
        assertThatThrownBy(() -> IpAddress.parseRemote(new Endpoint("tcp", "host:*")))
                .hasMessageContaining("limit=a port to connect to");
    }

    @Test
    void shouldRefuseASourceWhenBinding() {
        assertThatThrownBy(() -> IpAddress.parseLocal(new Endpoint("tcp", "1.2.3.4;*:80")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit=no source address when binding");
    }

    @Test
    void shouldBindToAnInterfaceByName() throws IOException {
        final NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());

        final InetSocketAddress local = parse(loopback.getName() + ":5").toLocal();

        assertThat(local.getAddress().isLoopbackAddress()).isTrue();
        assertThat(local.getPort()).isEqualTo(5);
    }

    @Test
    void shouldNotLookUpNamesToBindTo() {
        assertThatThrownBy(() -> parse("no-such-interface:5").toLocal())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("host=no-such-interface, limit=");
    }

    @Test
    void shouldFormatWhatCanBeConnectedTo() throws IOException {
        assertThat(IpAddress.format(parse("*:80").toLocal())).isEqualTo("0.0.0.0:80");
        assertThat(IpAddress.format(parse("[::]:80").toLocal())).isEqualTo("[::]:80");
        assertThat(IpAddress.format(parse("[::1]:80").toLocal())).isEqualTo("[::1]:80");
        assertThat(IpAddress.format(parse("127.0.0.1:80").toLocal())).isEqualTo("127.0.0.1:80");
    }
}
