package io.sluicemq.bench.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Runs comparisons in turns and reports: {@code Runner BENCH_FOLDER quick|full|verify|jmh [--write|--print] [NAME...]}.
 * Without names it writes the pages of the documentation, with names it only prints; either flag says otherwise. */
final class Runner {
    private static final String WRITE = "--write";
    private static final String PRINT = "--print";

    /** After a run of JMH: only writes the page, from the raw results that there are. */
    private static final String JMH = "jmh";

    private static final String EVIDENCE = "evidence/bench";

    private final Launcher launcher;
    private final Plan plan;

    private Runner(final Launcher launcher, final Plan plan) {
        this.launcher = launcher;
        this.plan = plan;
    }

    public static void main(final String[] args) throws IOException, InterruptedException {
        final List<String> words = List.of(args);
        try {
            if (words.size() < 2) {
                throw new IllegalArgumentException("words=" + words.size() + ", limit=2, give BENCH_FOLDER and a mode");
            }
            if (words.get(1).equals(JMH)) {
                writePage(Path.of(words.get(0)).resolveSibling("docs"));
                return;
            }
            final Plan plan = Plan.of(words.get(1));
            final List<String> names = words.stream()
                    .skip(2)
                    .filter(word -> !word.equals(WRITE) && !word.equals(PRINT))
                    .toList();
            final boolean write =
                    !plan.verify() && !words.contains(PRINT) && (names.isEmpty() || words.contains(WRITE));
            System.exit(run(Path.of(words.get(0)), plan, choose(names, plan), write) ? 0 : 1);
        } catch (final IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(2);
        }
    }

    private static List<Comparison> choose(final List<String> names, final Plan plan) {
        final List<Comparison> all = Catalogue.all();
        final List<String> known = all.stream().map(Comparison::name).toList();
        for (final String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("name=" + name + ", limit=" + known + ", choose some of them");
            }
        }
        return names.isEmpty()
                ? all.stream().filter(plan::includes).toList()
                : all.stream().filter(row -> names.contains(row.name())).toList();
    }

    private static boolean run(final Path bench, final Plan plan, final List<Comparison> chosen, final boolean write)
            throws IOException, InterruptedException {
        final Path docs = bench.resolveSibling("docs");
        final Path scratch = Files.createTempDirectory("sluicemq-bench");
        try {
            final Runner runner = new Runner(new Launcher(bench.resolve("target"), scratch), plan);
            boolean complete = true;
            for (final Comparison comparison : chosen) {
                final Results results = runner.run(comparison);
                complete &= results.samples().stream().noneMatch(Sample::hasFailed);
                if (!plan.verify()) {
                    System.out.println(TextReport.of(results));
                }
                if (write) {
                    RawResults.write(docs.resolve(EVIDENCE), results);
                }
            }
            if (write) {
                writePage(docs);
            }
            return complete;
        } finally {
            delete(scratch);
        }
    }

    /** From the raw results of all comparisons that ever ran, so that some can run anew alone. */
    private static void writePage(final Path docs) throws IOException {
        final List<Results> all = new ArrayList<>();
        for (final Comparison comparison : Catalogue.all()) {
            if (Files.exists(RawResults.file(docs.resolve(EVIDENCE), comparison))) {
                all.add(RawResults.read(docs.resolve(EVIDENCE), comparison));
            }
        }
        final Path charts = Files.createDirectories(docs.resolve("charts"));
        for (final Results results : all) {
            Files.writeString(charts.resolve(results.comparison().name() + ".svg"), BarChart.of(results));
        }
        final Path page = docs.resolve("performance.md");
        final Path operations = docs.resolve(EVIDENCE).resolve("jmh.csv");
        final String report = MarkdownReport.of(all)
                + (Files.exists(operations) ? OperationTable.of(Files.readAllLines(operations)) : "");
        Files.writeString(page, MarkdownReport.into(Files.readString(page), report));
    }

    private Results run(final Comparison comparison) throws IOException, InterruptedException {
        final List<Sample> samples = new ArrayList<>();
        final int contenders = comparison.entries().size();
        final int turns = plan.turns(comparison);
        for (int turn = 1; turn <= turns; turn++) {
            // Each turn starts with another contender, so that none always follows the same one.
            for (int i = 0; i < contenders; i++) {
                final Entry entry = comparison.entries().get((turn - 1 + i) % contenders);
                final Sample sample = launcher.run(comparison, entry, turn, plan);
                samples.add(sample);
                System.out.println(line(comparison, sample));
            }
        }
        return new Results(comparison, plan.name() + ", " + Machine.facts(), samples);
    }

    private static String line(final Comparison comparison, final Sample sample) {
        final String figure = sample.hasFailed()
                ? "FAILED: " + sample.failure()
                : String.format(
                        Locale.ROOT,
                        "%15.3f %s",
                        sample.figure(),
                        comparison.shape().kind().unit());
        return String.format(
                Locale.ROOT, "%-16s turn %d  %-28s %s", comparison.name(), sample.turn(), sample.contender(), figure);
    }

    static void delete(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            // What a folder holds goes before it.
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
