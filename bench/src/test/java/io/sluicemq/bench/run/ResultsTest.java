package io.sluicemq.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ResultsTest {
    private static final Bound BOUND = new Bound("ours", "theirs", 2);

    @Test
    void shouldTakeTheMiddleOfAnOddNumberAndTheMeanOfTwoOtherwise() {
        assertThat(Spread.of(5, 1, 3)).isEqualTo(new Spread(3, 1, 5, 3));
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4, 4));
        assertThat(Spread.of().count()).isZero();
        assertThat(Spread.of().median()).isNaN();
    }

    @Test
    void shouldDivideRunsOfTheSameTurnOnly() {
        final Results results = results(
                Shape.TCP_THROUGHPUT,
                new Sample(1, "ours", 30, ""),
                new Sample(1, "theirs", 10, ""),
                new Sample(2, "ours", 10, ""),
                Sample.failed(2, "theirs", "exit=1"),
                new Sample(3, "theirs", 40, ""),
                new Sample(3, "ours", 20, ""));

        final Spread ratios = results.judged(BOUND);

        assertThat(ratios.count()).isEqualTo(2);
        assertThat(ratios.median()).isCloseTo(1.75, within(1e-9));
        assertThat(ratios.least()).isCloseTo(0.5, within(1e-9));
        assertThat(ratios.greatest()).isCloseTo(3, within(1e-9));
        assertThat(results.failures("theirs")).isEqualTo(1);
        assertThat(results.holds(BOUND)).isFalse();
    }

    @Test
    void shouldWantLessWhereLessIsBetter() {
        final Results results =
                results(Shape.TCP_ROUND_TRIP, new Sample(1, "ours", 30, ""), new Sample(1, "theirs", 20, ""));

        assertThat(results.holds(new Bound("ours", "theirs", 2))).isTrue();
        assertThat(results.holds(new Bound("ours", "theirs", 1.4))).isFalse();
        assertThat(results.holds(Bound.alone("ours", 30))).isTrue();
        assertThat(results.holds(Bound.alone("ours", 29))).isFalse();
    }

    @Test
    void shouldMissABoundWhenOneOfOurRunsFailed() {
        final Results results = results(
                Shape.TCP_THROUGHPUT,
                new Sample(1, "ours", 30, ""),
                new Sample(1, "theirs", 10, ""),
                Sample.failed(2, "ours", "seconds=60 are over"),
                new Sample(2, "theirs", 10, ""));

        assertThat(results.judged(BOUND).median()).isEqualTo(3);
        assertThat(results.holds(BOUND)).isFalse();
    }

    @Test
    void shouldMissABoundWhenEveryRunFailed() {
        final Results results =
                results(Shape.TCP_ROUND_TRIP, Sample.failed(1, "ours", "exit=1"), new Sample(1, "theirs", 20, ""));

        assertThat(results.holds(BOUND)).isFalse();
        assertThat(TextReport.of(results)).contains("MISSED").contains("FAILED 1 times");
        assertThat(BarChart.of(results)).contains("failed");
    }

    @Test
    void shouldReadBackWhatItWrote(@TempDir final Path folder) throws IOException {
        final Results written = results(
                Shape.TCP_THROUGHPUT,
                new Sample(1, "ours", 30.25, ""),
                Sample.failed(1, "theirs", "exit=1; said \"no\", then left"));

        RawResults.write(folder, written);
        final Results read = RawResults.read(folder, written.comparison());

        assertThat(read.circumstances()).isEqualTo(written.circumstances());
        assertThat(read.samples().get(0)).isEqualTo(written.samples().get(0));
        assertThat(read.samples().get(1).hasFailed()).isTrue();
        assertThat(read.samples().get(1).failure()).isEqualTo("exit=1; said 'no', then left");
    }

    @Test
    void shouldReplaceWhatStandsBetweenTheMarksOfThePage() {
        final Results results =
                results(Shape.TCP_THROUGHPUT, new Sample(1, "ours", 30, ""), new Sample(1, "theirs", 10, ""));
        final String page = """
                before
                <!-- What bench/run wrote begins here. -->
                to be replaced
                <!-- What bench/run wrote ends here. -->
                after
                """;

        final String once = MarkdownReport.into(page, MarkdownReport.of(List.of(results)));
        final String twice = MarkdownReport.into(once, MarkdownReport.of(List.of(results)));

        assertThat(once).startsWith("before\n").endsWith("after\n").doesNotContain("to be replaced");
        assertThat(once).contains("| a title | ours / theirs | ≥ 2.00 | 3.00 | 3.00 to 3.00 | 1 | met |");
        assertThat(twice).isEqualTo(once);
    }

    @Test
    void shouldPutWhatAnOperationAllocatesBesideItsTime() {
        final List<String> csv = List.of(
                "\"Benchmark\",\"Mode\",\"Threads\",\"Samples\",\"Score\",\"Score Error (99.9%)\",\"Unit\",\"Param: size\"",
                "\"io.sluicemq.bench.jmh.SomeBenchmark.send\",\"avgt\",1,5,123.5,4.5,\"ns/op\",64",
                "\"io.sluicemq.bench.jmh.SomeBenchmark.send:gc.alloc.rate.norm\",\"avgt\",1,5,0.001,0.5,\"B/op\",64",
                "\"io.sluicemq.bench.jmh.SomeBenchmark.send:gc.count\",\"avgt\",1,5,0,NaN,\"counts\",64");

        final String table = OperationTable.of(csv);

        assertThat(table).contains("| SomeBenchmark.send | size=64 | 124 | 4.50 | 0.00 |");
        assertThat(table.lines().filter(line -> line.contains("SomeBenchmark")).count())
                .isEqualTo(1);
    }

    @Test
    void shouldNameEachComparisonOnceAndBindContendersThatItHas() {
        final List<Comparison> all = Catalogue.all();

        assertThat(all.stream().map(Comparison::name)).doesNotHaveDuplicates();
        for (final Comparison comparison : all) {
            final List<String> names =
                    comparison.entries().stream().map(Entry::name).toList();
            assertThat(names).doesNotHaveDuplicates();
            for (final Bound bound : comparison.bounds()) {
                assertThat(names).contains(bound.ours());
                assertThat(bound.isAlone() || names.contains(bound.peer()))
                        .as(bound.name())
                        .isTrue();
            }
        }
    }

    private static Results results(final Shape shape, final Sample... samples) {
        final Comparison comparison = new Comparison(
                "a-name",
                "a title",
                shape,
                64,
                List.of(Entry.of("ours", Program.SLUICE, 1), Entry.of("theirs", Program.LIBZMQ, 1)),
                List.of(BOUND));
        return new Results(comparison, "quick, some machine", List.of(samples));
    }
}
