package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kills of one kind came to, in one line; the long tier keeps it in a file. */
final class KillReport {
    private static final double GOAL_MS = 1_000;

    /** A machine with ten times the work that it has cores for may make gaps of seconds by itself. */
    private static final double LIMIT_MS = 15_000;

    private static final int ONE_IN = 20;
    private static final Path FILE = Path.of("..", "docs", "evidence", "shm-kills.txt");
    private static final String HEAD = """
            Kills of processes that are joined by shm://: ShmKillTest of integration-tests with sluicemq.long=true
            %s, %d cores, %s, JDK %s

              mvn -B test -Plong -pl integration-tests -am -Dtest=ShmKillTest -Dsurefire.failIfNoSpecifiedTests=false

            The child is killed with -9 at random moments, or halts at a named point of the way of a message. No message was corrupted,
            none came twice or out of order, each committed one was received or counted, and no file was left; else there is no line.
            Known: from the kill, or from when the parent saw the halt, to onDisconnected of the survivor; 0 if that came first.
            Next: from "started" of the next child to its first message.

            survivor  child, side         kills    messages  unknown   known ms median, worst   next ms median, worst
            """;

    private final String title;
    private final List<Double> noticedMs = new ArrayList<>();
    private final List<Double> wentOnMs = new ArrayList<>();
    private int kills;
    private long messages;
    private long unknown;

    KillReport(final String survivor, final String role, final String side) {
        title = String.format(Locale.ROOT, "%-9s %-7s %-8s", survivor, role, side);
    }

    /** A kill, the messages that came of it, and those that the survivor counted as unknown. */
    void add(final long newMessages, final long newUnknown) {
        kills++;
        messages += newMessages;
        unknown += newUnknown;
    }

    void noticed(final long afterNs) {
        noticedMs.add(Math.max(0, afterNs / 1e6));
    }

    void wentOn(final long afterNs) {
        wentOnMs.add(afterNs / 1e6);
    }

    /** Prints, and judges the times. */
    void finish() throws IOException {
        final String line = String.format(
                Locale.ROOT,
                "%s %6d %11d %8d   %s   %s",
                title,
                kills,
                messages,
                unknown,
                text(noticedMs),
                text(wentOnMs));
        System.out.println("kills: " + line);
        judge(noticedMs);
        judge(wentOnMs);
        if (Boolean.getBoolean("sluicemq.long")) {
            keep(line);
        }
    }

    private static String text(final List<Double> values) {
        Collections.sort(values);
        return values.isEmpty()
                ? "none"
                : String.format(
                        Locale.ROOT, "%10.1f %10.1f", values.get(values.size() / 2), values.get(values.size() - 1));
    }

    private static void judge(final List<Double> values) {
        assertThat(values).allSatisfy(value -> assertThat(value).isLessThan(LIMIT_MS));
        assertThat(values.stream().filter(value -> value > GOAL_MS).count())
                .as("more than %s ms in %s", GOAL_MS, values)
                .isLessThanOrEqualTo(1 + values.size() / ONE_IN);
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

    /** In place of the line of an earlier run. */
    private void keep(final String line) throws IOException {
        final List<String> lines = new ArrayList<>();
        if (Files.exists(FILE)) {
            try (Stream<String> old = Files.lines(FILE)) {
                lines.addAll(old.skip(HEAD.lines().count())
                        .filter(each -> !each.startsWith(title))
                        .collect(Collectors.toList()));
            }
        }
        lines.add(line);
        Collections.sort(lines);
        Files.writeString(FILE, head() + String.join("\n", lines) + "\n");
    }
}
