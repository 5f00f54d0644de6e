package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/** Memory of this process beside the heap: with what native code holds, of which the JDK knows nothing. */
final class Resident {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final long SLACK_BYTES = 64L << 20;

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
    static long bytes() throws IOException {
        System.gc();
        trim();
        final Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("VmRSS:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                                .sum()
                        - Runtime.getRuntime().totalMemory()
                : 0;
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
