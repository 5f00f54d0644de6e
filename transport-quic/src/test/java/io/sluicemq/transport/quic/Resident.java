package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.JMException;
import javax.management.ObjectName;

/** Memory of this process beside the heap: with what native code holds, of which the JDK knows nothing. */
final class Resident {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final long SLACK_BYTES = 64L << 20;

    /** The heap counts as smaller at once when a collection has shrunk it, and its pages go by and by. */
    private static final long SETTLED_NS = 500_000_000L;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Resident() {}

    /** What can be done again. */
    interface Attack {
        void run() throws Exception;
    }

    /** Three times in the long tier: after the first one, in which pools and the compiler's code grow, memory stays as it is. */
    static void assertStays(final Attack attack) throws Exception {
        attack.run();
        if (LONG) {
            final long once = bytes();
            attack.run();
            attack.run();
            final long thrice = bytes();
            System.getLogger(Resident.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "resident beside the heap, after the first time={0}, after the third={1}",
                            once,
                            thrice);
            assertThat(thrice - once).isLessThan(SLACK_BYTES);
        }
    }

    /** Behind a collection; 0 where the system does not tell. */
    static long bytes() {
        System.gc();
        trim();
        final long[] least = {now()};
        final long[] sinceNs = {System.nanoTime()};
        Await.until(
                LIMIT,
                () -> {
                    final long now = now();
                    if (now < least[0]) {
                        least[0] = now;
                        sinceNs[0] = System.nanoTime();
                    }
                    return System.nanoTime() - sinceNs[0] > SETTLED_NS;
                },
                "resident memory that falls no more");
        return least[0];
    }

    private static long now() {
        final Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try {
            final long residentKb = Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
            return (residentKb << 10) - Runtime.getRuntime().totalMemory();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The allocator of the C library keeps for itself most of what was given back, which comes to hundreds of megabytes. */
    private static void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (final JMException e) {
            System.getLogger(Resident.class.getName()).log(System.Logger.Level.INFO, "not trimmed: {0}", e);
        }
    }
}
