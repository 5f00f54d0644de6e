package io.sluicemq.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java contender carries a few verified messages in each of its modes. */
@Timeout(120)
class PerfProgramTest {
    private static final String PEERS = "--peers=3";

    static Stream<List<Object>> inProcess() {
        return Stream.of(
                List.of(new SluicePerf(), "inproc-thr", "--idle=block"),
                List.of(new SluicePerf(), "inproc-thr", "--single-producer"),
                List.of(new SluicePerf(), "inproc-lat", "--idle=block"),
                List.of(new SluicePerf(), "inproc-lat", "--idle=yield"),
                List.of(new SluicePerf(), "inproc-alloc", "--hwm=1000"),
                List.of(new JeroMqPerf(), "inproc-thr", "--hwm=1000"),
                List.of(new JeroMqPerf(), "inproc-lat", "--hwm=1000"),
                List.of(new RingPerf(), "inproc-thr", "--idle=yield"),
                List.of(new RingPerf(), "inproc-thr", "--single-producer"),
                List.of(new RingPerf(), "inproc-lat", "--idle=yield"),
                List.of(new AeronPerf(), "inproc-thr", "--idle=yield"),
                List.of(new AeronPerf(), "inproc-lat", "--idle=yield"));
    }

    @ParameterizedTest
    @MethodSource("inProcess")
    void shouldCarryVerifiedMessagesBetweenThreads(final List<Object> run) throws Exception {
        final PerfProgram program = (PerfProgram) run.get(0);

        program.run(PerfArguments.parse((String) run.get(1), "64", "300", "50", "--verify", (String) run.get(2)));
    }

    static Stream<List<Object>> betweenProcesses() {
        final List<List<Object>> runs = new ArrayList<>();
        for (final PerfProgram program : List.of(new SluicePerf(), new JeroMqPerf(), new NioPerf())) {
            runs.add(List.of(program, "local-thr", "remote-thr", "--idle=block"));
            runs.add(List.of(program, "local-lat", "remote-lat", "--idle=block"));
        }
        runs.add(List.of(new SluicePerf(), "local-lat", "remote-lat", "--invoked --idle=yield"));
        for (final PerfProgram program : List.of(new SluicePerf(), new JeroMqPerf())) {
            runs.add(List.of(program, "fan-out-pub", "fan-out-sub", PEERS));
            runs.add(List.of(program, "fan-in-pull", "fan-in-push", PEERS));
            runs.add(List.of(program, "local-rate", "remote-rate", "--rate=2000"));
        }
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("betweenProcesses")
    void shouldCarryVerifiedMessagesOverTcp(final List<Object> run) throws Exception {
        final PerfProgram program = (PerfProgram) run.get(0);
        final String endpoint = "tcp://127.0.0.1:" + freePort();

        final Helper local = Helper.start("local", () -> program.run(arguments(run, 1, endpoint)));
        program.run(arguments(run, 2, endpoint));

        local.join();
    }

    static Stream<List<Object>> overQuic() {
        return Stream.of(
                List.of(new SluicePerf(), "local-thr", "remote-thr", "--quic"),
                List.of(new SluicePerf(), "local-lat", "remote-lat", "--quic"),
                List.of(new QuicPerf(), "local-thr", "remote-thr", "--quic"),
                List.of(new QuicPerf(), "local-lat", "remote-lat", "--quic"));
    }

    @ParameterizedTest
    @MethodSource("overQuic")
    void shouldCarryVerifiedMessagesOverQuic(final List<Object> run) throws Exception {
        shouldCarryVerifiedMessagesOverTcp(run);
    }

    @ParameterizedTest
    @MethodSource("betweenProcesses")
    void shouldCarryVerifiedMessagesOverIpc(final List<Object> run, @TempDir final Path folder) throws Exception {
        final PerfProgram program = (PerfProgram) run.get(0);
        final String endpoint = "ipc://" + folder.resolve("socket");

        final Helper local = Helper.start("local", () -> program.run(arguments(run, 1, endpoint)));
        program.run(arguments(run, 2, endpoint));

        local.join();
    }

    static Stream<List<Object>> betweenProcessesInMemory() {
        final List<List<Object>> runs = new ArrayList<>();
        for (final PerfProgram program : List.of(new SluicePerf(), new AeronPerf())) {
            runs.add(List.of(program, "local-thr", "remote-thr", "--idle=yield"));
            runs.add(List.of(program, "local-lat", "remote-lat", "--idle=yield"));
        }
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("betweenProcessesInMemory")
    void shouldCarryVerifiedMessagesThroughSharedMemory(final List<Object> run) throws Exception {
        final PerfProgram program = (PerfProgram) run.get(0);
        final String endpoint = "shm://perf-" + UUID.randomUUID();

        final Helper local = Helper.start("local", () -> program.run(arguments(run, 1, endpoint)));
        program.run(arguments(run, 2, endpoint));

        local.join();
    }

    @Test
    void shouldNotLoseTheTailOfAnEncryptedStreamWhenItsSenderIsDoneFirst() throws Exception {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            final int port = server.socket().getLocalPort();
            final PerfArguments run =
                    PerfArguments.parse("remote-thr", "tcp://127.0.0.1:" + port, "64", "300", "50", "--tls");
            final CountDownLatch closed = new CountDownLatch(1);
            final Helper sender = Helper.start("remote", () -> {
                new NioPerf().run(run);
                closed.countDown();
            });

            long count = 0;
            try (ByteStream stream = RawTls.wrap(server.accept(), false)) {
                assertThat(closed.await(300, TimeUnit.MILLISECONDS))
                        .as("closed with the stream unread")
                        .isFalse();
                final ByteBuffer target = ByteBuffer.allocate(64 << 10);
                for (int read = 0; read >= 0; read = stream.read(target.clear())) {
                    count += read;
                }
            }
            sender.join();

            assertThat(count).isEqualTo(64 * run.load().total());
        }
    }

    private static PerfArguments arguments(final List<Object> run, final int mode, final String endpoint) {
        final List<String> words =
                new ArrayList<>(List.of((String) run.get(mode), endpoint, "64", "300", "50", "--verify"));
        words.addAll(List.of(((String) run.get(3)).split(" ")));
        return PerfArguments.parse(words.toArray(String[]::new));
    }

    @Test
    void shouldFindAByteThatWasChangedAndAMessageThatWasLost() {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[64]);
        Payload.fill(message, 64, 7);
        Payload.check(message, 0, 64, 7);

        assertThatThrownBy(() -> Payload.check(message, 0, 64, 8)).hasMessageContaining("number=7, limit=8");
        message.putByte(63, (byte) (message.getByte(63) + 1));
        assertThatThrownBy(() -> Payload.check(message, 0, 64, 7)).hasMessageContaining("byte 63 of message 7");
    }

    @Test
    void shouldCountFromTheEndOfTheWarmUp() {
        final Load load = new Load("", 8, 10, 5, true);
        final Meter meter = new Meter(load);
        final UnsafeBuffer message = new UnsafeBuffer(new byte[8]);

        for (int i = 0; i < 15; i++) {
            assertThat(meter.isComplete()).isFalse();
            Payload.fill(message, 8, i);
            meter.accept(message, 0, 8);
        }

        assertThat(meter.isComplete()).isTrue();
        assertThat(meter.left()).isZero();
        assertThat(meter.messagesPerSecond()).isPositive();
    }

    @Test
    void shouldRefuseArgumentsThatItDoesNotKnow() {
        assertThatThrownBy(() -> PerfArguments.parse("inproc-thr", "64")).hasMessageContaining("words=2");
        assertThatThrownBy(() -> PerfArguments.parse("inproc-thr", "64", "x")).hasMessageContaining("COUNT=x");
        assertThatThrownBy(() -> PerfArguments.parse("inproc-thr", "64", "9", "--fast"))
                .hasMessageContaining("option=--fast");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
