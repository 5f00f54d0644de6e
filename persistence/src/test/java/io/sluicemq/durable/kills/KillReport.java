package io.sluicemq.durable.kills;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the parts of the long tier came to, in a file: a line for each part, and how often a process died where. */
final class KillReport {
    private static final Path FILE = Path.of("..", "docs", "evidence", "durable-kills.txt");
    private static final String PARTS = "part      level      inbox     ";
    private static final String POINTS = "role       point                    ";
    private static final String HEAD = """
            Kills of publishers and subscribers: DurableKillTest of persistence with sluicemq.long=true
            %s, %d cores, %s, JDK %s

              mvn -B test -Plong -pl persistence -am -Dtest=DurableKillTest -Dsluicemq.part=NAME -Dsluicemq.seed=SEED \\
                -Dsurefire.failIfNoSpecifiedTests=false

            Each process is killed with -9 at a random moment, or halts at a named point of the way of a message or of the journal;
            at times the other one is killed in the same moment. Each part has one publisher (two threads, QoS 1 and 2 in turn) and one
            subscriber, whose inbox is read by another process after each of its deaths; where it is kept, also as a whole at the end.
            A line stands here only if of all messages none was lost, doubled, phantom, reordered, unmarked though it came
            again, marked without a death or broken connection, or handed over after its acknowledgement had returned; no id and no
            acknowledgement was in an inbox twice; and no connection was ended for a broken rule of the wire.
            Recovered: received although the publisher died before its publish returned. Again: received again, with the mark.

            Points, each described where it is declared: io.sluicemq.durable.core.FaultPoints and, for both sides,
            io.sluicemq.journal.FaultPoints. Passed on the way of
              publish          publish-before-append, before-append, in-append, publish-appended, publish-synced, publish-answered
              receive          message-heard, before-append, in-append, after-append, after-sync, inbox-committed
              confirm          stored-before-send, stored-sent, stored-heard
              deliver          deliver-before-send, deliver-sent, hand-over-begun, handed-over
              acknowledge      acknowledgement-taken, acknowledgement-told, processed-before-send, processed-sent, processed-heard
              session          session-recorded, welcome-heard, resume-sent, subscription-recorded, done-heard
              positions        positions-before-record, positions-recorded
              roll, checkpoint in-make, after-make, before-roll, after-roll, in-checkpoint, before-delete
              recovery         in-recovery, twice in a row
            """;

    private KillReport() {}

    static String line(final DurableKillTest.Part part, final Campaign.Outcome outcome, final long seed) {
        final Verdicts verdicts = outcome.verdicts();
        return String.format(
                Locale.ROOT,
                "%-9s %-10s %-9s %6d %6d %10d %10d %10d %8d %8d  %d",
                part.toString(),
                part.level(),
                part.keeping() ? "kept" : "deleted",
                outcome.kills(),
                outcome.bothAtOnce(),
                verdicts.published(),
                verdicts.received(),
                verdicts.recovered(),
                verdicts.again(),
                outcome.audit().ids().size(),
                seed);
    }

    /** Puts in a part, in place of the line of an earlier run. */
    static void keep(final DurableKillTest.Part part, final Campaign.Outcome outcome, final long seed)
            throws IOException {
        System.out.println("kills: " + line(part, outcome, seed));
        final Map<String, String> parts = new TreeMap<>();
        final Map<String, Map<String, Integer>> points = new TreeMap<>();
        if (Files.exists(FILE)) {
            readOld(parts, points);
        }
        parts.put(part.toString(), line(part, outcome, seed));
        points.values().forEach(each -> each.remove(part.toString()));
        outcome.deaths()
                .forEach((point, count) ->
                        points.computeIfAbsent(point, each -> new TreeMap<>()).put(part.toString(), count));
        Files.writeString(FILE, text(parts, points));
    }

    private static void readOld(final Map<String, String> parts, final Map<String, Map<String, Integer>> points)
            throws IOException {
        try (Stream<String> lines = Files.lines(FILE)) {
            boolean ofPoints = false;
            for (final String line : lines.skip(HEAD.lines().count()).toList()) {
                ofPoints |= line.startsWith(POINTS);
                final String[] words = line.trim().split(" +", -1);
                final boolean isTitle = line.startsWith(POINTS) || line.startsWith(PARTS) || words.length < 3;
                if (!isTitle && !ofPoints && !"all".equals(words[0])) {
                    parts.put(words[0], line);
                } else if (!isTitle && ofPoints && !"all".equals(words[0])) {
                    final Map<String, Integer> counts =
                            points.computeIfAbsent(words[0] + ' ' + words[1], each -> new TreeMap<>());
                    for (int i = 3; i < words.length; i++) {
                        final String[] pair = words[i].split(":", -1);
                        counts.put(pair[0], Integer.parseInt(pair[1]));
                    }
                }
            }
        }
    }

    private static String text(final Map<String, String> parts, final Map<String, Map<String, Integer>> points) {
        final List<String> lines = new ArrayList<>();
        lines.add(PARTS + " kills  pairs  published   received  recovered    again  in inbox  seed");
        lines.addAll(parts.values());
        lines.add(sum(parts));
        lines.add("");
        lines.add(POINTS + "kills  in which part");
        points.forEach((point, counts) -> {
            final String[] words = point.split(" ", -1);
            final StringBuilder line = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%-10s %-24s %6d ",
                    words[0],
                    words[1],
                    counts.values().stream().mapToInt(each -> each).sum()));
            counts.forEach(
                    (part, count) -> line.append(' ').append(part).append(':').append(count));
            lines.add(line.toString());
        });
        return head() + '\n' + String.join("\n", lines) + '\n';
    }

    private static String sum(final Map<String, String> parts) {
        final long[] sums = new long[7];
        parts.values().forEach(line -> {
            final String[] words = line.split(" +", -1);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += Long.parseLong(words[3 + i]);
            }
        });
        return String.format(
                Locale.ROOT,
                "%-30s %6d %6d %10d %10d %10d %8d %8d",
                "all",
                sums[0],
                sums[1],
                sums[2],
                sums[3],
                sums[4],
                sums[5],
                sums[6]);
    }

    private static String head() {
        return String.format(
                Locale.ROOT,
                HEAD,
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("java.version"));
    }
}
