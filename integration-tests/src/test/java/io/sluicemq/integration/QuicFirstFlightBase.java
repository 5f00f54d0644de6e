package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.udp.LinkConditions;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.testkit.udp.UdpRecord;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;

/** Clients that come over {@code quic://} through a proxy, which takes its time, and can record what they say first. */
abstract class QuicFirstFlightBase extends SocketTestBase {
    /** Long beside what a loaded machine adds. */
    static final long ROUND_TRIP_NS = 200_000_000L;

    static final long SHORT_ROUND_TRIP_NS = 60_000_000L;

    static final Duration HANDSHAKE_TIMEOUT = Duration.ofMillis(500);

    static final TlsIdentity SERVER = new TestCertificates().server();
    static final TlsOptions LISTENING = TlsOptions.builder().identity(SERVER).build();
    static final TlsOptions DIALING =
            TlsOptions.builder().pinnedFingerprint(SERVER.fingerprint()).build();
    static final QuicOptions EARLY = QuicOptions.builder().earlyData(true).build();

    private static final System.Logger LOG = System.getLogger(QuicFirstFlightBase.class.getName());
    private static final int MAX_ATTEMPTS = 8;

    UdpProxy proxy;

    @AfterEach
    void closeProxy() {
        if (proxy != null) {
            proxy.close();
        }
    }

    final String through(final String bound) {
        return through(bound, ROUND_TRIP_NS);
    }

    final String through(final String bound, final long roundTripNs) {
        proxy = new UdpProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), portOf(bound)), 1);
        takes(roundTripNs);
        return "quic://127.0.0.1:" + proxy.address().getPort();
    }

    final void takes(final long roundTripNs) {
        proxy.bothWays(LinkConditions.CLEAR.delayedBy(Duration.ofNanos(roundTripNs / 2)));
    }

    static int portOf(final String bound) {
        return Integer.parseInt(bound.substring(bound.lastIndexOf(':') + 1));
    }

    static SocketOptions.Builder options(final TlsOptions tls, final QuicOptions quic) {
        return SocketOptions.builder().transport(tls).transport(quic);
    }

    /** With a short time for handshakes, to wait for the end of those that are not finished. */
    static SocketOptions with(final TlsOptions tls, final QuicOptions quic) {
        return options(tls, quic).handshakeTimeout(HANDSHAKE_TIMEOUT).build();
    }

    /** Whatever else the machine does makes it longer, never shorter. */
    static double fewestRoundTrips(final double enough, final Callable<Double> attempt) throws Exception {
        double fewest = Double.MAX_VALUE;
        for (int i = 0; i < MAX_ATTEMPTS && fewest >= enough; i++) {
            final double counted = attempt.call();
            LOG.log(System.Logger.Level.INFO, "roundTrips={0}", String.valueOf(counted));
            fewest = Math.min(fewest, counted);
        }
        return fewest;
    }

    // What is recorded.

    static boolean isEarlyData(final UdpRecord datagram) {
        return datagram.toServer() && (datagram.bytes()[0] & 0xF0) == 0xD0;
    }

    private static boolean isInitial(final UdpRecord datagram) {
        return datagram.toServer() && (datagram.bytes()[0] & 0xF0) == 0xC0;
    }

    final long earlyDatagrams() {
        return proxy.records().stream().filter(QuicFirstFlightBase::isEarlyData).count();
    }

    private static boolean isAnswer(final UdpRecord datagram) {
        return !datagram.toServer() && datagram.bytes()[0] < 0;
    }

    final long answers() {
        return proxy.records().stream().filter(QuicFirstFlightBase::isAnswer).count();
    }

    /** The first words of the connection that was begun behind a number of recorded datagrams: until the server answers. */
    final List<UdpRecord> firstFlight(final int behind) {
        final List<UdpRecord> flight = proxy.records().stream()
                .skip(behind)
                .dropWhile(datagram -> !isInitial(datagram))
                .takeWhile(datagram -> !isAnswer(datagram))
                .filter(datagram -> isInitial(datagram) || isEarlyData(datagram))
                .toList();
        assertThat(flight).anyMatch(QuicFirstFlightBase::isInitial).anyMatch(QuicFirstFlightBase::isEarlyData);
        return flight;
    }

    /** Of no effect while a connection is there that was begun by the same datagrams. */
    static boolean send(final DatagramSocket from, final List<UdpRecord> flight, final int port) {
        try {
            for (final UdpRecord datagram : flight) {
                final byte[] bytes = datagram.bytes();
                from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            }
            return true;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
