package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.durable.PublishOptions;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How much a host's turn does for shared subscriptions and retained messages when its time is over: one step, for each in turn. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith(WarmChronicle.class)
final class HostTurnTest {
    private static final int RECORDS = 50;
    private static final int GROUPS = 3;
    private static final int WALKERS = 5;

    /** So many that a walk takes some steps. */
    private static final int TOPICS = 1_000;

    private static final int MIN_STEPS = 10;

    @TempDir
    private Path folder;

    private final HostState state = new HostState(100, 1 << 20, "");
    private final HostCounters counters = new HostCounters();
    private final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
    private Journal journal;
    private HostLog log;
    private JournalReader live;
    private HostAssignment assignment;

    @BeforeEach
    void open() {
        journal = Journal.open(
                folder,
                JournalOptions.builder()
                        .segmentBytes(1 << 20)
                        .compressAboveBytes(0)
                        .retainBytes(0)
                        .retainFor(Duration.ZERO)
                        .maxBytes(4L << 20)
                        .checkpoint(state)
                        .build());
        journal.recover(state);
        live = journal.reader();
        live.seekEnd();
        log = new HostLog(journal, live.position() - 1);
        state.start(log, 0);
        assignment = new HostAssignment(log, state, counters, live);
    }

    @AfterEach
    void close() {
        assignment.close();
        live.close();
        journal.close();
    }

    /** One that has room for anything. */
    private HostedSession openSession(final String name) {
        final HostedSession session = state.open(name, 0);
        final RoutingId id =
                RoutingId.copyOf(new UnsafeBuffer(name.getBytes(StandardCharsets.UTF_8)), 0, name.length());
        final Hello hello = new Hello(false, 0, 1_000, Durability.JOURNALED, Integer.MAX_VALUE, name);
        session.link = new HostLink(id, session, hello, 0);
        session.progress.onResume(new Resume(0, new Progress(0, List.of(), 0)), hello.receiveMaximum());
        session.live = true;
        return session;
    }

    private void subscribe(final HostedSession session, final String filter) {
        assertThat(state.subscribe(session, new Subscribe(1, 1, false, false, 0, 0, filter)))
                .isEqualTo(1);
    }

    private static long over() {
        return System.nanoTime() - 1;
    }

    private int encode(final int flags, final String topic) {
        final int payloadAt = Published.put(body, 0, flags, 0, topic, PublishOptions.DEFAULTS);
        body.putByte(payloadAt, (byte) 'x');
        return payloadAt + 1;
    }

    /** Messages that nobody wants. */
    private void appendOthers() {
        final int length = encode(Qos.AT_LEAST_ONCE, "other");
        for (int i = 0; i < RECORDS; i++) {
            journal.append(HostRecord.PUBLISHED, body, 0, length);
        }
    }

    /** A message that a session had which is no more. */
    private long appendReturned(final SharedGroup group) {
        final int length = encode(Qos.AT_LEAST_ONCE, "wanted");
        log.record
                .begin(HostRecord.ASSIGNED)
                .u32(99)
                .u32(0)
                .i64(1)
                .i64(group.since)
                .i64(group.since)
                .bytes(body, 0, length);
        final long index = log.appendRecord();
        group.returned.add(index);
        return index;
    }

    private SharedGroup groupBehind(final HostedSession member, final String name) {
        subscribe(member, "$share/" + name + "/wanted");
        for (final SharedGroup group : state.shared.groups.all()) {
            if (!group.behind) {
                state.shared.groups.addBehind(group);
                return group;
            }
        }
        throw new AssertionError("no new group");
    }

    private void readAll() {
        live.poll((index, epochNs, type, buffer, offset, length) -> {}, Integer.MAX_VALUE);
    }

    @Test
    void shouldReadForOneGroupAfterTheOtherWhenTheTimeOfATurnIsOver() {
        final HostedSession member = openSession("member");
        final List<SharedGroup> all = new ArrayList<>();
        for (int i = 0; i < GROUPS; i++) {
            all.add(groupBehind(member, "g" + i));
        }
        readAll();
        assignment.begin(0);
        appendOthers();
        readAll();

        for (int i = 0; i < GROUPS * RECORDS; i++) {
            assertThat(assignment.run(over())).as("work of turn %d", i).isEqualTo(1);
            assertThat(all).allMatch(group -> !group.live);
        }
        for (int i = 0; i < GROUPS; i++) {
            assignment.run(over());
        }

        assertThat(all).as("all have come to the end").allMatch(group -> group.live);
        assertThat(assignment.run(over())).isZero();
    }

    @Test
    void shouldLookForWhatWasReturnedOneRecordAfterTheOtherWhenTheTimeOfATurnIsOver() {
        final HostedSession member = openSession("member");
        final SharedGroup group = groupBehind(member, "g");
        appendReturned(group);
        appendOthers();
        appendReturned(group);
        appendReturned(group);
        readAll();
        assignment.begin(0);

        assertThat(assignment.run(over())).isEqualTo(1);
        assertThat(group.returned).as("the first one is given").hasSize(2);
        for (int i = 0; i < RECORDS; i++) {
            assertThat(assignment.run(over())).as("work of turn %d", i).isEqualTo(1);
            assertThat(group.returned).hasSize(2);
        }
        assignment.run(over());
        assertThat(group.returned).hasSize(1);
        assignment.run(over());

        assertThat(group.returned).isEmpty();
        assertThat(member.assigned.size()).isEqualTo(3);
        assertThat(counters.damaged).hasValue(0);
    }

    @Test
    void shouldCountWhatWasReturnedAndIsGone() {
        final HostedSession member = openSession("member");
        final SharedGroup group = groupBehind(member, "g");
        appendOthers();
        final long gone = log.lastIndex();
        appendReturned(group);
        group.returned.add(gone);
        readAll();
        assignment.begin(0);

        assignment.run(Long.MAX_VALUE);

        assertThat(group.returned).isEmpty();
        assertThat(member.assigned.size()).as("what is there is given").isEqualTo(1);
        assertThat(counters.damaged).hasValue(1);
    }

    @Test
    void shouldNotCallItIdleWhenGroupsWereNotLookedAt() {
        final HostedSession member = openSession("member");
        final SharedGroup[] all = new SharedGroup[GROUPS];
        Arrays.setAll(all, i -> groupBehind(member, "g" + i));
        appendReturned(all[GROUPS - 1]);
        for (int i = 0; i < GROUPS - 1; i++) {
            // Nobody has room for what waits there.
            all[i].remove(member.number);
            appendReturned(all[i]);
        }
        readAll();
        assignment.begin(0);

        int turns = 1;
        while (assignment.run(over()) > 0) {
            turns++;
            assertThat(turns).isLessThan(100);
        }

        assertThat(all[GROUPS - 1].returned).isEmpty();
        assertThat(assignment.run(over()))
                .as("it begins anew, with what may have changed")
                .isPositive();
    }

    @Test
    void shouldLookAgainAtAGroupWhoseMemberGotRoomBehindTheWalkOverAllGroups() {
        final HostedSession[] members = new HostedSession[GROUPS];
        final SharedGroup[] all = new SharedGroup[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            members[i] = openSession("member" + i);
            all[i] = groupBehind(members[i], "g" + i);
            members[i].live = false;
            appendReturned(all[i]);
        }
        readAll();
        assignment.begin(0);
        assignment.run(over());
        assignment.run(over());

        members[0].live = true;
        assignment.onRoom();
        int turns = 0;
        while (assignment.run(over()) > 0) {
            turns++;
            assertThat(turns).isLessThan(100);
        }

        assertThat(all[0].returned).isEmpty();
        assertThat(all[1].returned).hasSize(1);
    }

    @Test
    void shouldWalkForNobodyWhileTheJournalHasNoRoomAndGoOnLater() {
        final int length = encode(Qos.AT_LEAST_ONCE | Published.RETAIN, "t/a");
        state.retained.apply(journal.append(HostRecord.PUBLISHED, body, 0, length), 1, body, 0, length);
        final List<HostedSession> walkers = new ArrayList<>();
        for (int i = 0; i < WALKERS; i++) {
            walkers.add(openSession("walker" + i));
            subscribe(walkers.get(i), "+/a");
        }
        fillJournal();

        assertThat(state.retained.walk(log, 0, later())).isZero();

        assertThat(walkers.get(0).foundRetained).isNotEqualTo(RetainedMessages.NONE);
        assertThat(walkers.subList(1, WALKERS)).allMatch(each -> each.foundRetained == RetainedMessages.NONE);
        readAll();
        journal.retainFrom(live.position());
        Await.until(
                Duration.ofSeconds(30),
                () -> {
                    state.retained.walk(log, 0, later());
                    return walkers.stream().allMatch(walker -> walker.walks.isEmpty());
                },
                "all have what is retained");
    }

    private static long later() {
        return System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    }

    /** With large messages, and then with some that fit between them. */
    private void fillJournal() {
        final UnsafeBuffer large = new UnsafeBuffer(new byte[200_000]);
        final int bytes = encode(Qos.AT_LEAST_ONCE, "other");
        large.putBytes(0, body, 0, bytes);
        for (final int length : new int[] {large.capacity(), 1_000, bytes}) {
            while (journal.append(HostRecord.PUBLISHED, large, 0, length) != Journal.FULL) {
                readAll();
            }
        }
    }

    @Test
    void shouldWalkOverRetainedMessagesForOneSessionAfterTheOtherWhenTheTimeOfATurnIsOver() {
        for (int i = 0; i < TOPICS; i++) {
            final int length = encode(Qos.AT_LEAST_ONCE | Published.RETAIN, "t" + i + "/a");
            state.retained.apply(journal.append(HostRecord.PUBLISHED, body, 0, length), 1, body, 0, length);
        }
        final List<HostedSession> walkers = new ArrayList<>();
        for (int i = 0; i < WALKERS; i++) {
            walkers.add(openSession("walker" + i));
            subscribe(walkers.get(i), "+/b");
        }

        for (int i = 0; i < WALKERS * MIN_STEPS; i++) {
            assertThat(state.retained.walk(log, 0, over()))
                    .as("work of turn %d", i)
                    .isEqualTo(1);
            assertThat(walkers).noneMatch(walker -> walker.walks.isEmpty());
        }
        walkers.get(0).live = false;
        int turns = 0;
        while (state.retained.walk(log, 0, over()) > 0) {
            turns++;
            assertThat(turns).isLessThan(TOPICS * WALKERS);
        }

        assertThat(walkers.subList(1, WALKERS)).allMatch(walker -> walker.walks.isEmpty());
        assertThat(walkers.get(0).walks).as("it is not live").hasSize(1);
        walkers.get(0).live = true;
        state.retained.onLive(walkers.get(0));
        state.retained.walk(log, 0, System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
        assertThat(state.retained.walk(log, 0, over())).as("it goes on").isPositive();
    }
}
