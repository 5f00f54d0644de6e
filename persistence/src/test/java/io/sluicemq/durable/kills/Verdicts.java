package io.sluicemq.durable.kills;

import io.sluicemq.durable.kills.Event.Phase;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Judges a history by itself, as Jepsen's total-queue does, and by what durable publish/subscribe promises beyond that. It knows
 * nothing of how messages travel. Each message carries its id; the words behind a receive are its mark, its name, QoS and
 * the place in its host's log.
 */
final class Verdicts {
    private static final int SHOWN = 5;

    /** Of words behind a receive. */
    private static final int MARK = 0;

    private static final int NAME = 1;
    private static final int QOS = 2;

    /** What can be wrong. */
    enum Verdict {
        /** The publish had returned, and it was never received. */
        LOST,

        /** It was received again in the same life of the subscriber, or came under two names. */
        DUPLICATED,

        /** It was received, and nobody had begun to publish it. */
        PHANTOM,

        /** It was received behind one that was published after it, by the same thread at the same QoS. */
        REORDERED,

        /** It was received again, and not marked. */
        UNMARKED,

        /** It was received for the first time, marked, and nothing had broken since before it was published. */
        FALSELY_MARKED,

        /** It was received again after its acknowledgement had returned. */
        AFTER_ACKNOWLEDGEMENT,

        /** The publisher was told that it is processed, and it was not. */
        FALSELY_PROCESSED,

        /** An operation failed, or a connection was ended for a broken rule. */
        FAILED
    }

    private final Map<Verdict, TreeSet<Long>> found = new EnumMap<>(Verdict.class);
    private final Map<Long, Long> invokedNs = new HashMap<>();
    private final Map<Long, String> publishedAs = new HashMap<>();
    private final Map<Long, String> receivedAs = new HashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Set<Long> acknowledging = new HashSet<>();

    /** By life, thread and QoS: the last id. */
    private final Map<String, Long> lastInLife = new HashMap<>();

    /** By thread and QoS: the last id that came for the first time. */
    private final Map<String, Long> lastFirst = new HashMap<>();

    private final int publishingThreads;

    /** Since when nothing broke. */
    private long quietSinceNs = Long.MAX_VALUE;

    private long again;
    private String words = "";

    private Verdicts(final int publishingThreads) {
        this.publishingThreads = publishingThreads;
    }

    /** Judges a history in the order of time; the thread that published a message is its id modulo their number. */
    static Verdicts of(final List<Event> history, final int publishingThreads) {
        final Verdicts verdicts = new Verdicts(publishingThreads);
        history.forEach(verdicts::take);
        verdicts.publishedAs.keySet().stream()
                .filter(id -> !verdicts.receivedAs.containsKey(id))
                .forEach(id -> verdicts.add(Verdict.LOST, id));
        return verdicts;
    }

    private void add(final Verdict verdict, final long id) {
        found.computeIfAbsent(verdict, each -> new TreeSet<>()).add(id);
    }

    private void take(final Event event) {
        switch (event.op()) {
            case Event.PUBLISH -> onPublish(event);
            case Event.RECEIVE -> onReceive(event);
            case Event.ACKNOWLEDGE -> onAcknowledge(event);
            case Event.PROCESSED -> {
                if (event.phase() == Phase.OK && !acknowledging.contains(event.id())) {
                    add(Verdict.FALSELY_PROCESSED, event.id());
                }
            }
            case Event.DIED, Event.LOST -> quietSinceNs = Long.MAX_VALUE;
            case Event.CONNECTED -> quietSinceNs = event.ns();
            case Event.VIOLATION -> {
                words = event.rest();
                add(Verdict.FAILED, event.id());
            }
            default -> {
                // For the reader alone.
            }
        }
    }

    private void onPublish(final Event event) {
        switch (event.phase()) {
            case INVOKE -> invokedNs.put(event.id(), event.ns());
            case OK -> publishedAs.put(event.id(), event.rest());
            case FAIL -> {
                words = event.rest();
                add(Verdict.FAILED, event.id());
            }
            default -> {
                // It may have been published, or not.
            }
        }
    }

    private void onAcknowledge(final Event event) {
        switch (event.phase()) {
            case INVOKE -> acknowledging.add(event.id());
            case OK -> acknowledged.add(event.id());
            case FAIL -> {
                words = event.rest();
                add(Verdict.FAILED, event.id());
            }
            default -> {
                // It may be durable, or not.
            }
        }
    }

    private void onReceive(final Event event) {
        final long id = event.id();
        final String[] rest = event.rest().split(" ", -1);
        final boolean marked = "marked".equals(rest[MARK]);
        final String name = rest[NAME];
        final Long invoked = invokedNs.get(id);
        if (invoked == null) {
            add(Verdict.PHANTOM, id);
        }
        if (acknowledged.contains(id)) {
            add(Verdict.AFTER_ACKNOWLEDGEMENT, id);
        }
        final String before = receivedAs.put(id, name);
        if ((before != null && !before.equals(name))
                || !publishedAs.getOrDefault(id, name).equals(name)) {
            add(Verdict.DUPLICATED, id);
        }
        final String kind = id % publishingThreads + "/" + rest[QOS];
        final Long last = lastInLife.put(event.process() + '/' + kind, id);
        if (last != null && id <= last) {
            add(last == id ? Verdict.DUPLICATED : Verdict.REORDERED, id);
        }
        if (before == null) {
            final Long lastOne = lastFirst.put(kind, id);
            if (lastOne != null && id < lastOne) {
                add(Verdict.REORDERED, id);
            }
            if (marked && invoked != null && invoked > quietSinceNs) {
                add(Verdict.FALSELY_MARKED, id);
            }
        } else {
            again++;
            if (!marked) {
                add(Verdict.UNMARKED, id);
            }
        }
    }

    /** Ids of what is wrong in this way. */
    Collection<Long> ids(final Verdict verdict) {
        return found.getOrDefault(verdict, new TreeSet<>());
    }

    /** Publishes that had returned. */
    int published() {
        return publishedAs.size();
    }

    /** Different messages that were received. */
    int received() {
        return receivedAs.size();
    }

    /** Of them, those whose publisher died before its publish returned. */
    int recovered() {
        return (int) receivedAs.keySet().stream()
                .filter(id -> !publishedAs.containsKey(id))
                .count();
    }

    /** Receives of a message that had been received before. */
    long again() {
        return again;
    }

    Set<Long> receivedIds() {
        return receivedAs.keySet();
    }

    Set<Long> publishedIds() {
        return publishedAs.keySet();
    }

    Set<Long> invokedIds() {
        return invokedNs.keySet();
    }

    /** What is wrong, empty for nothing; few ids of each kind. */
    String text() {
        return found.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue().size() + " such as "
                                + each.getValue().stream().limit(SHOWN).toList())
                        .collect(Collectors.joining(", "))
                + (words.isEmpty() ? "" : ", last words: " + words);
    }
}
