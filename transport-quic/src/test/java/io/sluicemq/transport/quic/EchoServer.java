package io.sluicemq.transport.quic;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A program that sends back what it gets, until it is killed. */
final class EchoServer {
    private final TestAgent agent = new TestAgent();
    private final List<TestPipeEnd> ends = new ArrayList<>();
    private final List<Integer> echoed = new ArrayList<>();

    private EchoServer() {}

    /**
     * Runs for ever.
     *
     * @param arguments port, or 0; a folder with cert.pem and key.pem; file to which the port is written when all is ready.
     */
    public static void main(final String[] arguments) throws IOException {
        final Path folder = Path.of(arguments[1]);
        final TlsOptions tls = TlsOptions.builder()
                .certificate(folder.resolve("cert.pem"), folder.resolve("key.pem"))
                .build();
        new EchoServer().run(Integer.parseInt(arguments[0]), tls, Path.of(arguments[2]));
    }

    private void run(final int port, final TlsOptions tls, final Path ready) throws IOException {
        final Endpoint bound = agent.open(new QuicTransport())
                .listen(Endpoint.parse("quic://127.0.0.1:" + port), new PipeAcceptor() {
                    @Override
                    public PipeEnd accept(final String remoteAddress) {
                        ends.add(new TestPipeEnd(agent, SocketType.PAIR));
                        echoed.add(0);
                        return ends.get(ends.size() - 1);
                    }

                    @Override
                    public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                        return type == TlsOptions.class ? type.cast(tls) : defaults;
                    }
                })
                .endpoint();
        final Path written = Files.writeString(
                ready.resolveSibling("port"),
                bound.address().substring(bound.address().lastIndexOf(':') + 1));
        Files.move(written, ready, StandardCopyOption.ATOMIC_MOVE);
        while (true) {
            agent.settle(1);
            for (int i = 0; i < ends.size(); i++) {
                echo(i);
            }
        }
    }

    private void echo(final int number) {
        final TestPipeEnd end = ends.get(number);
        final int next = echoed.get(number);
        if (next < end.received().size() && end.closedCount() == 0) {
            final ByteBuffer bytes = end.received().get(next).bytes();
            if (end.send(MessageKind.SINGLE, new UnsafeBuffer(bytes), bytes.capacity())) {
                end.flush();
                echoed.set(number, next + 1);
            }
        }
    }
}
