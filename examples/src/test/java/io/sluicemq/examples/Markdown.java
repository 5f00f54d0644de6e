package io.sluicemq.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the pages of the documentation, as far as the tests read them. */
record Markdown(Path file, List<String> lines) {
    private static final Path ROOT =
            Path.of(System.getProperty("basedir", ".")).resolve("..").normalize();
    private static final Path EXAMPLES = ROOT.resolve("examples/src/main/java/io/sluicemq/examples");
    private static final Pattern MARK = Pattern.compile("<!-- example: (\\w+)#(\\w+) -->");
    private static final Pattern LINK = Pattern.compile("(?<!`)\\[[^\\]]+]\\(([^)\\s]+)\\)");

    static List<Markdown> all() throws IOException {
        final List<Path> files = new ArrayList<>(
                List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md"), ROOT.resolve("CONTRIBUTING.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(files::add);
        }
        final List<Markdown> pages = new ArrayList<>();
        for (final Path file : files) {
            pages.add(new Markdown(file, Files.readAllLines(file)));
        }
        return pages;
    }

    /** Java blocks that differ from their example or name none, for people. */
    List<String> wrongBlocks() throws IOException {
        final List<String> wrong = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).equals("```java")) {
                continue;
            }
            final Matcher mark = MARK.matcher(i == 0 ? "" : lines.get(i - 1));
            final List<String> block = block(i + 1);
            if (!mark.matches()) {
                wrong.add(at(i) + ": no line <!-- example: File#tag --> before the block");
            } else if (!block.equals(snippet(mark.group(1), mark.group(2)))) {
                wrong.add(at(i) + ": differs from " + mark.group(1) + "#" + mark.group(2) + ", which is\n"
                        + String.join("\n", snippet(mark.group(1), mark.group(2))));
            }
        }
        return wrong;
    }

    private List<String> block(final int from) {
        int to = from;
        while (!lines.get(to).equals("```")) {
            to++;
        }
        return lines.subList(from, to);
    }

    /** The lines of an example between {@code tag::name[]} and {@code end::name[]}, moved to the left margin. */
    static List<String> snippet(final String program, final String tag) throws IOException {
        final List<String> found = new ArrayList<>();
        boolean inside = false;
        for (final String line : Files.readAllLines(EXAMPLES.resolve(program + ".java"))) {
            final String text = line.strip();
            if (text.equals("// tag::" + tag + "[]")) {
                inside = true;
            } else if (text.equals("// end::" + tag + "[]")) {
                inside = false;
            } else if (inside) {
                found.add(line);
            }
        }
        final int margin = found.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        return found.stream()
                .map(line -> line.isBlank() ? "" : line.substring(margin))
                .toList();
    }

    /** Links within the repository that lead nowhere, for people. */
    List<String> brokenLinks() throws IOException {
        final List<String> broken = new ArrayList<>();
        boolean code = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                code = !code;
            }
            final Matcher link = LINK.matcher(lines.get(i));
            while (!code && link.find()) {
                if (!link.group(1).contains("://") && !leadsSomewhere(link.group(1))) {
                    broken.add(at(i) + ": " + link.group(1));
                }
            }
        }
        return broken;
    }

    private boolean leadsSomewhere(final String link) throws IOException {
        final int hash = link.indexOf('#');
        final String path = hash < 0 ? link : link.substring(0, hash);
        final Path target = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0 || anchors(target).contains(link.substring(hash + 1));
    }

    private static Set<String> anchors(final Path target) throws IOException {
        final Set<String> anchors = new HashSet<>();
        for (final String line : Files.readAllLines(target)) {
            if (line.startsWith("#")) {
                anchors.add(line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'));
            }
        }
        return anchors;
    }

    private String at(final int line) {
        return ROOT.relativize(file) + ":" + (line + 1);
    }
}
