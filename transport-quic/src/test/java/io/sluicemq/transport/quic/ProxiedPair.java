package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.testkit.udp.UdpProxy;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** A listener, and clients that reach it through a proxy. All in one agent, which the test steps. */
final class ProxiedPair implements AutoCloseable {
    private static final TlsOptions BOTH_SIDES = TestCertificates.bothSides();

    final TestAgent agent = new TestAgent();
    final TransportDriver driver = agent.open(new QuicTransport());
    final List<TestPipeEnd> accepted = new ArrayList<>();
    final InetSocketAddress server;
    final UdpProxy proxy;
    private final Side dialing;
    private long counts;

    /** What one of the two is. */
    record Side(
            SocketType type,
            QuicOptions options,
            TlsOptions tls,
            PipeOptions.HeartbeatOptions heartbeat,
            boolean conflates) {
        Side(final SocketType type, final QuicOptions options) {
            this(type, options, BOTH_SIDES);
        }

        Side(final SocketType type, final QuicOptions options, final TlsOptions tls) {
            this(type, options, tls, PipeOptions.HeartbeatOptions.OFF, false);
        }

        Side conflating() {
            return new Side(type, options, tls, heartbeat, true);
        }

        Side beating(final PipeOptions.HeartbeatOptions beats) {
            return new Side(type, options, tls, beats, conflates);
        }
    }

    /** Of two sockets of a kind, with all defaults. */
    ProxiedPair(final long seed) throws IOException {
        this(seed, new Side(SocketType.PAIR, QuicOptions.DEFAULTS), new Side(SocketType.PAIR, QuicOptions.DEFAULTS));
    }

    ProxiedPair(final long seed, final Side listening, final Side dialing) throws IOException {
        this(seed, listening, dialing, "127.0.0.1", InetAddress.getLoopbackAddress());
    }

    /** Of a listener that is bound to a host, where the proxy finds it by an address. */
    ProxiedPair(final long seed, final Side listening, final Side dialing, final String host, final InetAddress address)
            throws IOException {
        this.dialing = dialing;
        final Endpoint bound = driver.listen(Endpoint.parse("quic://" + host + ":0"), new PipeAcceptor() {
                    @Override
                    public TestPipeEnd accept(final String remoteAddress) {
                        accepted.add(end(listening));
                        return accepted.get(accepted.size() - 1);
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(listening.tls) : type.cast(listening.options);
                    }
                })
                .endpoint();
        final int port =
                Integer.parseInt(bound.address().substring(bound.address().lastIndexOf(':') + 1));
        server = new InetSocketAddress(address, port);
        proxy = new UdpProxy(server, seed);
    }

    private TestPipeEnd end(final Side side) {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        final TestPipeEnd end = new TestPipeEnd(
                agent,
                HandshakeConfig.builder(side.type).countsId(++counts).build(),
                new PipeOptions(
                        base.maxMessageBytes(),
                        base.maxFrames(),
                        0,
                        base.handshakeTimeoutNs(),
                        side.heartbeat,
                        Map.of(TlsOptions.class, side.tls, QuicOptions.class, side.options)));
        if (side.type == SocketType.PUB || side.type == SocketType.XPUB) {
            end.loseMessages();
        }
        if (side.conflates) {
            end.outlet().conflate();
        }
        return end;
    }

    /** One more client. */
    TestPipeEnd connect() {
        final TestPipeEnd client = end(dialing);
        final int before = accepted.size();
        driver.dial(new Endpoint(QuicTransport.SCHEME, IpAddress.format(proxy.address())), client);
        agent.await(
                "open",
                () -> client.isOpen()
                        && accepted.size() > before
                        && accepted.get(before).isOpen());
        return client;
    }

    /** Sends numbers, each in a message, one after the other, and looks at what arrives. */
    static final class Row {
        private final TestPipeEnd from;
        private final TestPipeEnd to;
        private final int messageBytes;
        private final UnsafeBuffer message;
        private int sent;
        private int seen;
        private long seenNs;
        private long pauseNs;

        Row(final TestPipeEnd from, final TestPipeEnd to, final int messageBytes) {
            this.from = from;
            this.to = to;
            this.messageBytes = messageBytes;
            this.message = new UnsafeBuffer(new byte[messageBytes]);
        }

        /** Returns whether there was room. */
        boolean send() {
            message.putInt(0, sent, ByteOrder.BIG_ENDIAN);
            final boolean taken = from.send(MessageKind.SINGLE, message, messageBytes);
            sent += taken ? 1 : 0;
            return taken;
        }

        void flush() {
            from.flush();
        }

        /** In each turn. */
        void look(final long nowNs) {
            for (; seen < to.received().size(); seen++) {
                assertThat(to.received().get(seen).bytes().getInt(0))
                        .as("message")
                        .isEqualTo(seen);
                pauseNs = Math.max(pauseNs, nowNs - seenNs);
                seenNs = nowNs;
            }
        }

        /** The longest time without a message since the last call. */
        long takePauseNs() {
            final long taken = pauseNs;
            pauseNs = 0;
            return taken;
        }

        boolean isComplete() {
            return seen == sent;
        }

        int seen() {
            return seen;
        }

        int sent() {
            return sent;
        }
    }

    @Override
    public void close() {
        agent.close();
        proxy.close();
    }
}
