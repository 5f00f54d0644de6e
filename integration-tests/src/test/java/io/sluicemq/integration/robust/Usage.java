package io.sluicemq.integration.robust;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds behind a collection: 0 for what the system does not tell. */
record Usage(long threads, long descriptors, long directBytes, long residentBytes) {
    static Usage now() throws IOException {
        System.gc();
        final long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> "direct".equals(pool.getName()))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return new Usage(
                ManagementFactory.getThreadMXBean().getThreadCount(), countDescriptors(), direct, readResident());
    }

    private static long countDescriptors() throws IOException {
        final Path folder = Path.of("/proc/self/fd");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    private static long readResident() throws IOException {
        final Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                        .sum()
                : 0;
    }
}
