package io.sluicemq.bench.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a figure depends on, in a line. */
final class Machine {
    private Machine() {}

    static String facts() throws IOException {
        return Runtime.getRuntime().availableProcessors() + " cores of " + processor() + "; "
                + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + "; "
                + System.getProperty("os.name") + " "
                + System.getProperty("os.version").replaceAll("-.*", "")
                + "; source " + System.getProperty("sluicemq.bench.revision", "unknown");
    }

    private static String processor() throws IOException {
        final Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info, StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }
}
