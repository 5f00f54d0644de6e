package io.sluicemq.durable.kills;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.core.InboxAudit;
import io.sluicemq.journal.Durability;
import io.sluicemq.testkit.peers.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One publisher and one subscriber that die and come back until all fates are used up, then calm, then the judgement. This process only
 * kills, starts and reads: what happened is written down by the recorder.
 */
final class Campaign implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LAST_MESSAGES = 200;
    private static final int CALM_EVENTS = 300;

    private final Plan plan;
    private final Path folder;
    private final Path file;
    private final Process recorder;
    private final int port;
    private final History history;
    private final InboxAudit audit = new InboxAudit();
    private final List<Life> lives = new ArrayList<>();
    private final Map<String, Integer> deaths = new TreeMap<>();
    private int kills;
    private int livesForOthers;
    private int bothAtOnce;
    private Life publisher;
    private Life subscriber;
    private long publishTo = Long.MAX_VALUE;

    /**
     * What is to be done.
     *
     * @param endpoint of the publisher.
     * @param level of the subscriber.
     * @param keeping whether the whole inbox stays, so that it can be read at the end.
     * @param ofPublisher its fates.
     * @param ofSubscriber its fates.
     * @param random for more.
     */
    record Plan(
            String endpoint,
            Durability level,
            boolean keeping,
            ArrayDeque<Fate> ofPublisher,
            ArrayDeque<Fate> ofSubscriber,
            Random random) {}

    /**
     * What came of it.
     *
     * @param kills of processes.
     * @param bothAtOnce of them, pairs.
     * @param deaths by role and point.
     * @param verdicts of the history.
     * @param audit of the inbox.
     */
    record Outcome(int kills, int bothAtOnce, Map<String, Integer> deaths, Verdicts verdicts, InboxAudit audit) {}

    Campaign(final Plan plan, final Path folder) throws IOException {
        this.plan = plan;
        this.folder = folder;
        file = folder.resolve("history");
        final List<String> command = Life.command(Recorder.class);
        command.add(file.toString());
        recorder = new ProcessBuilder(command)
                .redirectError(folder.resolve("recorder.err").toFile())
                .start();
        port = Integer.parseInt(
                new BufferedReader(new InputStreamReader(recorder.getInputStream(), StandardCharsets.UTF_8))
                        .readLine());
        history = new History(file);
    }

    Outcome run() throws IOException, InterruptedException {
        // Who subscribes later is promised nothing of before.
        publishTo = 0;
        publisher = startPublisher(null, 0);
        subscriber = startSubscriber(null);
        awaitUp();
        publishTo = Long.MAX_VALUE;
        publisher.kill();
        subscriber.kill();
        bury();
        while (!plan.ofPublisher.isEmpty()
                || !plan.ofSubscriber.isEmpty()
                || publisher.fate() != null
                || subscriber.fate() != null) {
            awaitDeath();
            bury();
        }
        calm();
        return judge();
    }

    /** Until one is dead, or to be killed. */
    private void awaitDeath() {
        try {
            Await.until(LIMIT, this::isDeathDue, "death of " + publisher.fate() + " or " + subscriber.fate());
        } catch (final AssertionError e) {
            throw new AssertionError("the end is " + history.last(5) + publisher.errors() + subscriber.errors(), e);
        }
    }

    private boolean isDeathDue() {
        history.read();
        boolean due = false;
        for (final Life life : List.of(publisher, subscriber)) {
            final Life other = life == publisher ? subscriber : publisher;
            if (life.isAlive() && life.isDue(history.size())) {
                life.kill();
            }
            if (life.isKilled() || !life.isAlive()) {
                due = true;
                if (life.fate() != null && life.fate().both() && other.isAlive()) {
                    other.kill();
                    bothAtOnce++;
                }
            }
        }
        return due;
    }

    /** Waits for the end of who is dead, and starts who comes after. */
    private void bury() throws IOException, InterruptedException {
        final boolean publisherDead = publisher.isKilled() || !publisher.isAlive();
        final boolean subscriberDead = subscriber.isKilled() || !subscriber.isAlive();
        if (publisherDead) {
            bury(publisher, "publisher", plan.ofPublisher);
        }
        if (subscriberDead) {
            bury(subscriber, "subscriber", plan.ofSubscriber);
            audit();
        }
        // Both die first, so that neither sees the successor of one with the other.
        publisher = publisherDead
                ? startPublisher(next(plan.ofPublisher, plan.ofSubscriber, subscriber), publishFrom())
                : publisher;
        subscriber =
                subscriberDead ? startSubscriber(next(plan.ofSubscriber, plan.ofPublisher, publisher)) : subscriber;
    }

    /** Who has no fate left dies on while the other one has, which may come to its point only so. */
    private Fate next(final ArrayDeque<Fate> own, final ArrayDeque<Fate> others, final Life other) {
        final Fate fate = own.poll();
        final boolean otherWaits =
                !others.isEmpty() || (other.fate() != null && !other.fate().isRandom());
        if (fate == null && otherWaits) {
            livesForOthers++;
            return Fate.atRandom(plan.random, livesForOthers);
        }
        return fate;
    }

    private void bury(final Life life, final String role, final ArrayDeque<Fate> fates)
            throws IOException, InterruptedException {
        life.awaitEnd();
        Await.until(LIMIT, () -> isRecorded(life), "the recorder has seen the death of " + life.name());
        kills++;
        final boolean atPoint = life.hasHalted();
        deaths.merge(role + ' ' + (atPoint ? life.fate().point() : Fate.RANDOM), 1, Integer::sum);
        if (!atPoint && life.fate() != null && !life.fate().isRandom()) {
            // Another one died, and it with it: its own death is still to come.
            fates.addLast(life.fate());
        }
    }

    /** It may have died before it could say its name. */
    private boolean isRecorded(final Life life) {
        history.read();
        return history.isDead(life.name()) || !history.has(life.name());
    }

    /** What is read now may be deleted by the next life. */
    private void audit() {
        if (Files.exists(folder.resolve("inbox"))) {
            audit.read(folder.resolve("inbox"));
        }
    }

    private long publishFrom() {
        return (history.lastInvoked() / KilledPublisher.THREADS + 1) * KilledPublisher.THREADS;
    }

    private Life startPublisher(final Fate fate, final long from) throws IOException {
        return start(
                KilledPublisher.class,
                "publisher",
                fate,
                List.of(
                        folder.resolve("host").toString(),
                        plan.endpoint,
                        Long.toString(from),
                        Long.toString(publishTo)));
    }

    private Life startSubscriber(final Fate fate) throws IOException {
        return start(
                KilledSubscriber.class,
                "subscriber",
                fate,
                List.of(
                        folder.resolve("inbox").toString(),
                        plan.endpoint,
                        plan.level.name(),
                        plan.keeping ? KilledSubscriber.KEEPING : "forgetting"));
    }

    private Life start(final Class<?> program, final String role, final Fate fate, final List<String> arguments)
            throws IOException {
        final String name = role + '-' + lives.size();
        final List<String> all = new ArrayList<>(List.of(Integer.toString(port), name));
        all.addAll(arguments);
        final Life life = Life.start(program, name, fate, history.size(), folder, all);
        lives.add(life);
        return life;
    }

    private void awaitUp() {
        Await.until(
                LIMIT,
                () -> {
                    history.read();
                    return (history.isUp(publisher.name()) && history.isUp(subscriber.name()))
                            || !publisher.isAlive()
                            || !subscriber.isAlive();
                },
                "both are up");
        assertThat(publisher.isAlive()).as(publisher::errors).isTrue();
        assertThat(subscriber.isAlive()).as(subscriber::errors).isTrue();
    }

    /** Nobody dies for a while, all that is published is received and acknowledged, and once more each side begins anew. */
    private void calm() throws IOException, InterruptedException {
        awaitUp();
        final int events = history.size() + CALM_EVENTS;
        await(() -> history.size() >= events, "calm");
        publisher.kill();
        history.read();
        publisher.awaitEnd();
        Await.until(LIMIT, () -> isRecorded(publisher), "the recorder has seen the end of publishing");
        publishTo = publishFrom() + LAST_MESSAGES;
        publisher = startPublisher(null, publishFrom());
        await(() -> history.isDone(publisher.name()), "the end of publishing");
        await(() -> history.missing() == 0 && history.held() == 0, "all are received and acknowledged");
        subscriber.kill();
        subscriber.awaitEnd();
        Await.until(LIMIT, () -> isRecorded(subscriber), "the recorder has seen the end");
        audit();
        subscriber = startSubscriber(null);
        awaitUp();
        subscriber.kill();
        publisher.kill();
        subscriber.awaitEnd();
        publisher.awaitEnd();
        Await.until(LIMIT, () -> isRecorded(subscriber) && isRecorded(publisher), "the recorder has seen the end");
        audit();
    }

    private void await(final java.util.function.BooleanSupplier condition, final String what) {
        try {
            Await.until(
                    LIMIT,
                    () -> {
                        history.read();
                        return condition.getAsBoolean() || !publisher.isAlive() || !subscriber.isAlive();
                    },
                    what);
        } catch (final AssertionError e) {
            throw new AssertionError(
                    what + ": missing=" + history.missing() + ", held=" + history.held() + ", "
                            + Verdicts.of(history.events(), KilledPublisher.THREADS)
                                    .text() + ", the end is "
                            + history.last(5) + subscriber.errors() + publisher.errors(),
                    e);
        }
        assertThat(condition.getAsBoolean())
                .as(() -> what + ": " + publisher.errors() + subscriber.errors())
                .isTrue();
    }

    private Outcome judge() {
        final Verdicts verdicts = Verdicts.of(history.events(), KilledPublisher.THREADS);
        final Outcome outcome = new Outcome(kills, bothAtOnce, deaths, verdicts, audit);
        assertThat(verdicts.text()).as("verdicts of the history").isEmpty();
        assertThat(audit.doubled().size() + audit.doubledAcknowledgements())
                .as(
                        "ids or acknowledgements twice in the inbox, such as %s",
                        audit.doubled().stream().limit(5).toList())
                .isZero();
        if (plan.keeping) {
            judgeWholeInbox(verdicts);
        }
        return outcome;
    }

    /**
     * All that was ever stored behind the first result is still there: read at once, it holds each message of QoS 2 once, and nothing
     * else. What came before, in lives that ended before they had a result, may have gone with its segment.
     */
    private void judgeWholeInbox(final Verdicts verdicts) {
        final InboxAudit whole = new InboxAudit();
        whole.read(folder.resolve("inbox"));
        final Set<Long> gone = new TreeSet<>(audit.idsBeforeResults());
        gone.removeAll(whole.ids());
        final Set<Long> unknown = new TreeSet<>(whole.ids());
        unknown.removeAll(verdicts.invokedIds());
        final Set<Long> missing = new TreeSet<>(verdicts.publishedIds());
        missing.removeIf(id -> !KilledPublisher.isExactlyOnce(id) || whole.ids().contains(id) || gone.contains(id));
        assertThat(whole.gaps()).as("gaps in the inbox").isEmpty();
        assertThat(List.of(whole.doubled().size(), whole.doubledAcknowledgements(), unknown.size(), missing.size()))
                .as("doubled, acknowledged twice, unknown and missing in the inbox")
                .containsOnly(0);
        assertThat(whole.ids().size() + gone.size())
                .as("read in parts, and at once")
                .isEqualTo(audit.ids().size());
    }

    @Override
    public void close() throws IOException {
        lives.forEach(Life::close);
        recorder.destroyForcibly();
        history.close();
    }
}
