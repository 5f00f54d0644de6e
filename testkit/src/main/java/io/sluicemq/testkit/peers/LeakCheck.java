package io.sluicemq.testkit.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what the JVM holds with what it held at an earlier time: live threads, open descriptors, mapped files, direct and
 * mapped buffers. Descriptors and mapped files are looked at on Linux only. Threads and descriptors of the JDK and of JUnit
 * that stay on purpose are left out. Any thread may call; tests of other classes must not run at the same time.
 */
public final class LeakCheck {

    /**
     * How much more direct memory may be left, in bytes: the JDK keeps a direct buffer per thread for heap buffers that were
     * written to a channel.
     */
    public static final long DIRECT_SLACK_BYTES = 1 << 20;

    private final LeakSnapshot before;

    private LeakCheck(final LeakSnapshot before) {
        this.before = before;
    }

    /**
     * Remembers the state of now.
     *
     * @return to compare with later.
     */
    public static LeakCheck start() {
        return new LeakCheck(LeakSnapshot.take());
    }

    /**
     * Waits until nothing is left, with garbage collections in between so that unreachable buffers go.
     *
     * @param limit to wait at most.
     * @throws AssertionError that lists what is left, threads with their stacks.
     */
    public void verify(final Duration limit) {
        final long deadlineNs = System.nanoTime() + limit.toNanos();
        List<String> left = leftOver();
        while (!left.isEmpty() && System.nanoTime() < deadlineNs) {
            System.gc();
            Await.holds(Duration.ofMillis(50), () -> leftOver().isEmpty());
            left = leftOver();
        }
        if (!left.isEmpty()) {
            throw new AssertionError("left behind, waitedMs=" + limit.toMillis() + ":\n  " + String.join("\n  ", left)
                    + "\nstill reachable:\n" + LiveObjects.histogram());
        }
    }

    /**
     * What there is now and was not at the start.
     *
     * @return one line each, empty when nothing is left.
     */
    public List<String> leftOver() {
        final LeakSnapshot now = LeakSnapshot.take();
        final List<String> left = new ArrayList<>();
        addThreads(left, now.threads());
        addMore(left, "descriptor", before.descriptors(), now.descriptors());
        addMore(left, "mapped file", before.mappedFiles(), now.mappedFiles());
        addBytes(left, "direct buffers", before.directBytes(), now.directBytes(), DIRECT_SLACK_BYTES);
        addBytes(left, "mapped buffers", before.mappedBytes(), now.mappedBytes(), 0);
        return left;
    }

    private void addThreads(final List<String> left, final Set<Thread> now) {
        for (final Thread thread : now) {
            if (!before.threads().contains(thread) && thread.isAlive()) {
                left.add("thread " + thread.getName() + " " + thread.getState() + stack(thread));
            }
        }
    }

    private static String stack(final Thread thread) {
        final StringBuilder text = new StringBuilder();
        for (final StackTraceElement element : thread.getStackTrace()) {
            text.append("\n      at ").append(element);
        }
        return text.toString();
    }

    private static void addMore(
            final List<String> left,
            final String what,
            final Map<String, Integer> before,
            final Map<String, Integer> now) {
        new TreeMap<>(now).forEach((name, count) -> {
            final int more = count - before.getOrDefault(name, 0);
            if (more > 0) {
                left.add(what + " " + name + (more > 1 ? " x" + more : ""));
            }
        });
    }

    private static void addBytes(
            final List<String> left, final String what, final long before, final long now, final long slack) {
        if (now - before > slack) {
            left.add(what + " bytes=" + now + ", before=" + before + ", slack=" + slack);
        }
    }
}
