package io.sluicemq.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestMessages.TestMessage;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheck;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the parts of {@link TransportConformanceTest} share: the hooks that say what is peculiar to a medium, and an agent
 * that is stepped. After each test no descriptor may be left.
 */
public abstract class TransportFixture {
    private static final Duration LEAK_LIMIT = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(TransportFixture.class.getName());

    static final long SECOND_NS = 1_000_000_000L;

    private final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
    final Random random = new Random(seed);
    final List<TestPipeEnd> accepted = new ArrayList<>();

    TestAgent agent;
    TransportDriver driver;
    private LeakCheck leaks;

    /** For subclasses. */
    protected TransportFixture() {
        // The hooks are asked when a test begins.
    }

    /**
     * The transport under test.
     *
     * @return a transport.
     */
    protected abstract Transport transport();

    /**
     * Somewhere to listen that nobody else uses; may have a wildcard, as connections go to the resolved endpoint.
     *
     * @return an endpoint of the transport.
     */
    protected abstract Endpoint freshEndpoint();

    /**
     * Somewhere to dial where nobody listens.
     *
     * @return an endpoint of the transport, or null for a medium that waits for the listener.
     */
    protected abstract Endpoint deadEndpoint();

    /**
     * Addresses that do not fit the grammar.
     *
     * @return at least one.
     */
    protected abstract List<String> malformedAddresses();

    /**
     * Options that make the medium take only a little at a time.
     *
     * @return empty when the medium has none.
     */
    protected Map<Class<? extends TransportOptions>, TransportOptions> tightOptions() {
        return Map.of();
    }

    /**
     * Options without which the medium does not work.
     *
     * @return empty when there are none.
     */
    protected Map<Class<? extends TransportOptions>, TransportOptions> neededOptions() {
        return Map.of();
    }

    /**
     * What the medium allocates that is not ours, such as a cipher of the JDK.
     *
     * @param length of a message that is sent with as many others as there is room for.
     * @return bytes a message at the most, on both sides together; 0 by default.
     */
    protected long mediumAllocatesBytes(final int length) {
        return 0;
    }

    /**
     * Whether messages go through a carrier. A medium within the process has none, and tests of it are skipped.
     *
     * @return true by default.
     */
    protected boolean hasCarrier() {
        return true;
    }

    /**
     * Whether the peer gets what the medium has taken, however long after the end of the connection it looks, so that an end need not
     * wait for it.
     *
     * @return false by default.
     */
    protected boolean deliversAfterTheEnd() {
        return false;
    }

    /**
     * Connects beside the transport and sends a few bytes.
     *
     * @param endpoint to connect to.
     * @param bytes to send.
     * @return the connection, or null when the medium has no bytes.
     * @throws Exception when that fails.
     */
    protected AutoCloseable connectRaw(final Endpoint endpoint, final byte[] bytes) throws Exception {
        return null;
    }

    @BeforeEach
    void open() {
        LOG.log(System.Logger.Level.INFO, "seed={0}", Long.toString(seed));
        openAndCloseASocket();
        leaks = LeakCheck.start();
        agent = new TestAgent();
        agent.transportOptions(neededOptions());
        driver = agent.open(transport());
    }

    @AfterEach
    void close() {
        agent.close();
        for (final TestPipeEnd end : accepted) {
            assertThat(end.closedCount()).as("closed ends").isLessThanOrEqualTo(1);
        }
        // Buffers and threads are the concern of whole classes; a descriptor belongs to a test.
        Await.until(
                LEAK_LIMIT,
                () -> leaks.leftOver().stream().noneMatch(line -> line.startsWith("descriptor")),
                "descriptors closed, left: " + leaks.leftOver());
    }

    /** The first socket of a JVM makes it open a descriptor of its own, which it keeps for good. */
    private static void openAndCloseASocket() {
        try {
            SocketChannel.open().close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two ends that have found each other. */
    record Pair(TestPipeEnd client, TestPipeEnd server) {}

    Endpoint listen(final PipeAcceptor acceptor) {
        try {
            return driver.listen(freshEndpoint(), acceptor).endpoint();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PipeAcceptor acceptor(final HandshakeConfig handshake, final PipeOptions options) {
        return new PipeAcceptor() {
            @Override
            public TestPipeEnd accept(final String remoteAddress) {
                final TestPipeEnd end = new TestPipeEnd(agent, handshake, options);
                accepted.add(end);
                return end;
            }

            @Override
            public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                return agent.complete(options).transportOptions(type, defaults);
            }
        };
    }

    PipeAcceptor acceptor(final SocketType type) {
        return acceptor(HandshakeConfig.builder(type).build(), TestPipeEnd.OPTIONS);
    }

    Pair connect(final SocketType clientType, final SocketType serverType, final PipeOptions options) {
        final Endpoint endpoint =
                listen(acceptor(HandshakeConfig.builder(serverType).build(), options));
        final TestPipeEnd client =
                new TestPipeEnd(agent, HandshakeConfig.builder(clientType).build(), options);
        driver.dial(endpoint, client);
        agent.await(
                "both ends open",
                () -> client.isOpen() && !accepted.isEmpty() && lastAccepted().isOpen());
        return new Pair(client, lastAccepted());
    }

    Pair connect() {
        return connect(SocketType.DEALER, SocketType.DEALER, TestPipeEnd.OPTIONS);
    }

    TestPipeEnd lastAccepted() {
        return accepted.get(accepted.size() - 1);
    }

    PipeOptions tight() {
        final PipeOptions base = TestPipeEnd.OPTIONS;
        return new PipeOptions(
                base.maxMessageBytes(),
                base.maxFrames(),
                0,
                base.handshakeTimeoutNs(),
                base.heartbeat(),
                tightOptions());
    }

    void sendAll(final TestPipeEnd from, final List<TestMessage> messages) {
        for (final TestMessage message : messages) {
            agent.await("room", () -> {
                final boolean sent = from.send(
                        message.kind(), message.buffer(), message.buffer().capacity());
                if (!sent || random.nextInt(4) == 0) {
                    from.flush();
                }
                return sent;
            });
        }
        from.flush();
    }

    void assertArrived(final TestPipeEnd to, final List<TestMessage> messages) {
        agent.await("all messages", () -> to.received().size() >= messages.size());
        assertThat(to.received()).hasSameSizeAs(messages);
        for (int i = 0; i < messages.size(); i++) {
            assertThat(to.received().get(i))
                    .as("message %d", i)
                    .isEqualTo(messages.get(i).expected());
        }
    }
}
