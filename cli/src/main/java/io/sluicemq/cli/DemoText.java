package io.sluicemq.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The lines that the demo sends.
 *
 * @param source where they are from.
 * @param lines as bytes, without line feeds; at least one.
 */
record DemoText(String source, List<byte[]> lines) {
    /** A file, or where there is none the project's pages, or away from the project the help of this program. */
    static DemoText of(final Path file) throws IOException {
        final List<byte[]> lines = new ArrayList<>();
        if (file != null) {
            addLines(file, lines);
            if (lines.isEmpty()) {
                throw new CliException(ExitCodes.FAILURE, "lines(" + file + ")=0, limit=1, name a file with text");
            }
            return new DemoText(file.toString(), lines);
        }
        final List<Path> pages = pages(System.getProperty("sluice.home"));
        for (final Path page : pages) {
            addLines(page, lines);
        }
        if (!lines.isEmpty()) {
            return new DemoText(pages.size() + " pages of the project", lines);
        }
        for (final CommandLine command : Main.commandLine().getSubcommands().values()) {
            final byte[] help = command.getUsageMessage().getBytes(StandardCharsets.UTF_8);
            addLines(new ByteArrayInputStream(help), lines);
        }
        return new DemoText("the help of this program", lines);
    }

    private static List<Path> pages(final String home) throws IOException {
        final List<Path> pages = new ArrayList<>();
        if (home == null) {
            return pages;
        }
        for (final Path folder : List.of(Path.of(home), Path.of(home, "docs"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().endsWith(".md"))
                            .sorted()
                            .forEach(pages::add);
                }
            }
        }
        return pages;
    }

    private static void addLines(final Path file, final List<byte[]> lines) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            addLines(stream, lines);
        }
    }

    private static void addLines(final InputStream stream, final List<byte[]> lines) throws IOException {
        final LineInput input = new LineInput(stream);
        while (input.next()) {
            final byte[] line = new byte[input.length()];
            input.buffer().getBytes(input.offset(), line);
            lines.add(line);
        }
    }
}
