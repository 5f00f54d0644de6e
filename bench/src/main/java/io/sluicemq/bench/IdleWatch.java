package io.sluicemq.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What silent connections cost the process that accepted them: growth of its resident set, in which the kernel's own buffers are
 * not, and processor time; of Java memory, what is in use after a collection. Linux only. For one thread.
 */
final class IdleWatch {
    private static final long SETTLE_MS = 1_500;
    private static final long IDLE_MS = 5_000;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(50);
    private static final String ESTABLISHED = "01";

    private final String port;
    private final int peers;
    private final long residentBefore;
    private final long heapBefore;
    private final long directBefore;

    /** To be made when the socket is bound and nobody has connected. */
    IdleWatch(final PerfArguments run) throws IOException {
        final String endpoint = run.load().endpoint();
        port = String.format(Locale.ROOT, ":%04X", Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1)));
        peers = run.peers();
        residentBefore = residentBytes();
        heapBefore = heapBytes();
        directBefore = directBytes();
    }

    void run() throws IOException, InterruptedException {
        final long startNs = System.nanoTime();
        while (established() < peers) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new IllegalStateException(
                        "connections=" + established() + ", limit=" + peers + ", see ulimit -n");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        final long busyNs = processorNs();
        TimeUnit.MILLISECONDS.sleep(IDLE_MS);
        final double percent = (processorNs() - busyNs) / (IDLE_MS * 1e4);
        final long resident = residentBytes();
        Figures.java((heapBytes() - heapBefore) / peers, (directBytes() - directBefore) / peers);
        Figures.idle(percent, (resident - residentBefore) / peers);
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> "direct".equals(pool.getName()))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long processorNs() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }

    private static long residentBytes() throws IOException {
        // Garbage of the connecting is not held by connections.
        System.gc();
        final List<String> lines = Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.US_ASCII);
        for (final String line : lines) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("/proc/self/status has no VmRSS");
    }

    /** The columns of the kernel's table are: number, local address, remote address, state. */
    private long established() throws IOException {
        long count = 0;
        for (final String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            final Path path = Path.of(table);
            if (!Files.exists(path)) {
                continue;
            }
            try (Stream<String> lines = Files.lines(path, StandardCharsets.US_ASCII)) {
                count += lines.map(line -> line.strip().split("\\s+"))
                        .filter(columns -> columns[1].endsWith(port) && columns[3].equals(ESTABLISHED))
                        .count();
            }
        }
        return count;
    }
}
