package io.sluicemq.durable.kills;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How a process is to die: at the Nth passing of a point, or by a kill from outside after so many events of the history, or so
 * many milliseconds.
 *
 * @param point where, {@link #RANDOM} for a kill from outside.
 * @param ofJournal whether the point is one of the journal, which both sides have; else of {@code io.sluicemq.durable}.
 * @param passing the number of the passing.
 * @param events of the history, from the start on; negative where ms counts.
 * @param ms from the start on.
 * @param both whether the other process is killed in the same moment.
 */
record Fate(String point, boolean ofJournal, int passing, int events, int ms, boolean both) {
    static final String RANDOM = "random";

    /** The longest life, in events or milliseconds, that ends at random. */
    private static final int MAX_LIFE = Boolean.getBoolean("sluicemq.long") ? 1_500 : 500;

    private static final int MAX_DOUBLINGS = 5;
    private static final int AFTER_MS_ONE_IN = 4;
    private static final int BOTH_ONE_IN = 4;

    /** Which passings of the points are chosen. */
    enum Passing {
        FIRST,
        MIDDLE,
        ANY
    }

    /** A place to die at, and which passings of it come soon in each life. */
    private record Point(String name, boolean ofJournal, int most) {
        Fate at(final Passing which, final Random random) {
            final int passing = switch (which) {
                case FIRST -> 1;
                case MIDDLE -> (most + 1) / 2;
                case ANY -> 1 + random.nextInt(most);
            };
            return new Fate(name, ofJournal, passing, 0, 0, random.nextInt(BOTH_ONE_IN) == 0);
        }
    }

    private static final List<Point> OF_PUBLISHERS = List.of(
            new Point("publish-before-append", false, 200),
            new Point("publish-appended", false, 200),
            new Point("publish-synced", false, 50),
            new Point("publish-answered", false, 300),
            new Point("session-recorded", false, 1),
            new Point("subscription-recorded", false, 1),
            new Point("deliver-before-send", false, 300),
            new Point("deliver-sent", false, 300),
            new Point("stored-heard", false, 50),
            new Point("processed-heard", false, 20),
            new Point("positions-before-record", false, 2),
            new Point("positions-recorded", false, 2));

    private static final List<Point> OF_SUBSCRIBERS = List.of(
            new Point("welcome-heard", false, 1),
            new Point("resume-sent", false, 1),
            new Point("done-heard", false, 1),
            new Point("message-heard", false, 300),
            new Point("inbox-committed", false, 100),
            new Point("stored-before-send", false, 50),
            new Point("stored-sent", false, 50),
            new Point("hand-over-begun", false, 300),
            new Point("handed-over", false, 300),
            new Point("acknowledgement-taken", false, 300),
            new Point("acknowledgement-told", false, 300),
            new Point("processed-before-send", false, 10),
            new Point("processed-sent", false, 10));

    private static final String AFTER_SYNC = "after-sync";
    private static final String BEFORE_DELETE = "before-delete";
    private static final String IN_RECOVERY = "in-recovery";

    private static final List<Point> OF_JOURNALS = List.of(
            new Point("before-append", true, 200),
            new Point("in-append", true, 200),
            new Point("after-append", true, 200),
            new Point(AFTER_SYNC, true, 40),
            new Point("before-roll", true, 2),
            new Point("after-roll", true, 2),
            new Point("in-make", true, 2),
            new Point("after-make", true, 2),
            new Point("in-checkpoint", true, 2),
            new Point(BEFORE_DELETE, true, 1),
            new Point(IN_RECOVERY, true, 1));

    static List<Fate> ofPublisher(final Passing which, final Random random) {
        final List<Fate> fates = new ArrayList<>();
        OF_PUBLISHERS.forEach(point -> fates.add(point.at(which, random)));
        OF_JOURNALS.forEach(point -> fates.add(point.at(which, random)));
        return fates;
    }

    /** One that keeps its inbox deletes nothing, and one that is content with the page cache syncs only when it opens. */
    static List<Fate> ofSubscriber(
            final Passing which, final boolean keeping, final boolean syncing, final Random random) {
        final List<Fate> fates = new ArrayList<>();
        OF_SUBSCRIBERS.forEach(point -> fates.add(point.at(which, random)));
        for (final Point point : OF_JOURNALS) {
            if (AFTER_SYNC.equals(point.name) && !syncing) {
                fates.add(point.at(Passing.FIRST, random));
            } else if (!BEFORE_DELETE.equals(point.name) || !keeping) {
                fates.add(point.at(which, random));
            }
        }
        return fates;
    }

    static Fate atRandom(final Random random) {
        return atRandom(random, 0);
    }

    /** One whose longest life is doubled so often, for the sake of the other side, which may come to its point only in a long one. */
    static Fate atRandom(final Random random, final int doublings) {
        final int maxLife = MAX_LIFE << Math.min(doublings, MAX_DOUBLINGS);
        final boolean afterMs = random.nextInt(AFTER_MS_ONE_IN) == 0;
        return new Fate(
                RANDOM,
                false,
                0,
                afterMs ? -1 : random.nextInt(maxLife),
                random.nextInt(maxLife),
                random.nextInt(BOTH_ONE_IN) == 0);
    }

    boolean isRandom() {
        return RANDOM.equals(point);
    }

    /** Whether the next life is to die there too: in the recovery from a death in a recovery. */
    boolean comesTwice() {
        return IN_RECOVERY.equals(point);
    }

    /** For the command line of the process. */
    String property() {
        return (ofJournal ? "-Dsluicemq.journal.halt=" : "-Dsluicemq.durable.halt=") + point + ':' + passing;
    }

    /** Names of all points, for a look whether they are all that there are. */
    static List<String> points(final boolean ofJournal) {
        final List<Point> points = new ArrayList<>(OF_PUBLISHERS);
        points.addAll(OF_SUBSCRIBERS);
        points.addAll(OF_JOURNALS);
        return points.stream()
                .filter(point -> point.ofJournal == ofJournal)
                .map(Point::name)
                .toList();
    }
}
