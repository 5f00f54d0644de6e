package io.sluicemq.bench;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both contenders of durable publish/subscribe carry a few verified messages. */
@Timeout(120)
class DurablePerfTest {
    @TempDir
    Path folder;

    @Test
    void shouldCarryVerifiedMessagesDurably() throws Exception {
        for (final String qos : List.of("--qos=1", "--qos=2")) {
            carry(new DurablePerf(), qos);
        }
    }

    @Test
    void shouldCarryVerifiedMessagesThroughABroker() throws Exception {
        assumeTrue(
                Boolean.getBoolean("sluicemq.ci") || Files.isExecutable(Path.of("/usr/sbin/mosquitto")),
                "no Mosquitto here, install the package mosquitto");
        for (final String qos : List.of("--qos=1", "--qos=2")) {
            carry(new MqttPerf(), qos);
        }
    }

    @Test
    void shouldReplayVerifiedMessages() throws Exception {
        new DurablePerf().run(arguments("durable-replay", endpoint(), "--qos=1", folder));
    }

    private void carry(final PerfProgram program, final String qos) throws Exception {
        final String endpoint = endpoint();
        final Path directory = folder.resolve(program.getClass().getSimpleName() + qos);
        final Helper publisher =
                Helper.start("publisher", () -> program.run(arguments("durable-pub", endpoint, qos, directory)));
        program.run(arguments("durable-sub", endpoint, qos, directory));
        publisher.join();
    }

    private static PerfArguments arguments(
            final String mode, final String endpoint, final String qos, final Path directory) {
        final List<String> words = new ArrayList<>(List.of(mode, endpoint, "64", "300", "50", "--verify", qos));
        words.add("--window=64");
        words.add("--directory=" + directory);
        return PerfArguments.parse(words.toArray(new String[0]));
    }

    private static String endpoint() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "tcp://127.0.0.1:" + socket.getLocalPort();
        }
    }
}
