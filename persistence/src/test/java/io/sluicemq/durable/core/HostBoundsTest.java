package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublisherSession;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalOptions;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What subscribers cannot make a host do, and what its clock and its end cannot. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class HostBoundsTest {
    private static final String ENDPOINT = "inproc://bounds";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RECORDS = 50;

    /** That a host has at the most. */
    private static final int REPLAYS = 256;

    @TempDir
    private Path folder;

    private static JournalOptions.Builder journal() {
        return JournalOptions.builder().segmentBytes(1 << 20).compressAboveBytes(0);
    }

    private static DurablePublisherOptions.Builder options() {
        return DurablePublisherOptions.builder().journal(journal());
    }

    private static void append(final Journal journal, final String topic) {
        final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
        final int length = Published.put(body, 0, Qos.AT_LEAST_ONCE, 0, topic, PublishOptions.DEFAULTS);
        for (int i = 0; i < RECORDS; i++) {
            journal.append(HostRecord.PUBLISHED, body, 0, length);
        }
    }

    private static HostLink link(final int number) {
        final RoutingId id = RoutingId.copyOf(new UnsafeBuffer(new byte[] {(byte) number, (byte) (number >> 8)}), 0, 2);
        return new HostLink(id, null, new Hello(false, 0, 1, Durability.JOURNALED, Integer.MAX_VALUE, ""), 0);
    }

    @Test
    void shouldReadForReplaysNoMoreThanATurnAllowsAndForEachInTurn() {
        final int count = 5;
        try (Journal journal = Journal.open(folder, journal().build())) {
            append(journal, "a");
            final List<HostLink> links = new ArrayList<>();
            try (HostReplays replays = new HostReplays(journal, new HostLinks(null, new HostCounters()))) {
                for (int i = 0; i < count; i++) {
                    links.add(link(i));
                    replays.open(links.get(i), new Replay(1, false, 0, Long.MAX_VALUE, 1, "nobody"), 0);
                }

                for (int i = 0; i < count * RECORDS; i++) {
                    assertThat(replays.run(0, 0)).as("work of turn %d", i).isEqualTo(1);
                    assertThat(links).allMatch(each -> each.answers.isEmpty());
                }
                for (int i = 0; i < count; i++) {
                    replays.run(0, 0);
                }

                assertThat(links).as("all have come to the end").noneMatch(each -> each.answers.isEmpty());
            }
        }
    }

    private static void fill(final HostReplays replays, final List<HostLink> links, final int each) {
        for (int i = 0; i < REPLAYS; i++) {
            if (i % each == 0) {
                links.add(link(i / each));
            }
            // Without credit.
            replays.open(links.get(links.size() - 1), new Replay(i, false, 0, Long.MAX_VALUE, 0, "#"), i);
        }
    }

    private static void assertHasNoPlaceAnyMore(final HostLink link, final int request) {
        final UnsafeBuffer answer = link.answers.poll();
        final WireInput end = new WireInput().wrap(answer, 0, answer.capacity());
        assertThat(end.i32("request")).isEqualTo(request);
        assertThat(end.u8("reason")).isEqualTo(Reasons.QUOTA_EXCEEDED);
    }

    @Test
    void shouldGiveAPlaceOfAConnectionThatHasManyReplaysToAnotherAtOnce() {
        try (Journal journal = Journal.open(folder, journal().build());
                HostReplays replays = new HostReplays(journal, new HostLinks(null, new HostCounters()))) {
            final List<HostLink> greedy = new ArrayList<>();
            fill(replays, greedy, 8);
            // The first one has done something since.
            replays.allow(greedy.get(0), 0, 1, REPLAYS);
            final HostLink other = link(999);

            for (int i = 0; i < 4; i++) {
                replays.open(other, new Replay(i, false, 0, Long.MAX_VALUE, 1, "#"), REPLAYS);
            }

            assertThat(other.answers).isEmpty();
            assertThat(other.replays).isEqualTo(4);
            // Of those with the most, the one that was idle for longest.
            for (int i = 0; i < 4; i++) {
                assertHasNoPlaceAnyMore(greedy.get(i), i == 0 ? 1 : 8 * i);
                assertThat(greedy.get(i).replays).isEqualTo(7);
            }
            assertThat(greedy.subList(4, greedy.size())).allMatch(each -> each.answers.isEmpty());
            replays.open(other, new Replay(9, false, 0, Long.MAX_VALUE, 1, "#"), REPLAYS);
            replays.open(other, new Replay(10, false, 0, Long.MAX_VALUE, 1, "#"), REPLAYS);
            replays.open(other, new Replay(11, false, 0, Long.MAX_VALUE, 1, "#"), REPLAYS);
            assertThat(other.replays)
                    .as("it would have as many as those that it took them from")
                    .isEqualTo(7);
            replays.open(other, new Replay(12, false, 0, Long.MAX_VALUE, 1, "#"), REPLAYS);
            assertHasNoPlaceAnyMore(other, 12);
        }
    }

    @Test
    void shouldGiveThePlaceOfAnIdleReplayToAnother() {
        final long halfNs = TimeUnit.MILLISECONDS.toNanos(2_500);
        try (Journal journal = Journal.open(folder, journal().build());
                HostReplays replays = new HostReplays(journal, new HostLinks(null, new HostCounters()))) {
            final List<HostLink> idle = new ArrayList<>();
            fill(replays, idle, 1);
            final HostLink other = link(999);
            replays.open(other, new Replay(1, false, 0, Long.MAX_VALUE, 1, "#"), halfNs);
            assertHasNoPlaceAnyMore(other, 1);

            // The first one has lived on.
            replays.allow(idle.get(0), 0, 1, halfNs);
            replays.open(other, new Replay(2, false, 0, Long.MAX_VALUE, 1, "#"), 2 * halfNs + 1);

            assertThat(other.answers).isEmpty();
            assertHasNoPlaceAnyMore(idle.get(1), 1);
            assertThat(idle).allMatch(each -> each.answers.isEmpty());
        }
    }

    @Test
    void shouldGiveThePlaceOfAnIdleReplayRatherThanThatOfABusyConnection() {
        final long longNs = TimeUnit.SECONDS.toNanos(6);
        try (Journal journal = Journal.open(folder, journal().build());
                HostReplays replays = new HostReplays(journal, new HostLinks(null, new HostCounters()))) {
            final List<HostLink> links = new ArrayList<>();
            fill(replays, links, 8);
            for (int i = 1; i < REPLAYS; i++) {
                // All but the first one of the second connection live on.
                replays.allow(links.get(i / 8), i, i == 8 ? 0 : 1, longNs);
            }
            replays.allow(links.get(0), 0, 1, longNs);
            final HostLink other = link(999);

            replays.open(other, new Replay(1, false, 0, Long.MAX_VALUE, 1, "#"), longNs);
            replays.open(other, new Replay(2, false, 0, Long.MAX_VALUE, 1, "#"), longNs);

            assertThat(other.answers).isEmpty();
            assertHasNoPlaceAnyMore(links.get(1), 8);
            assertThat(links.get(1).replays).isEqualTo(7);
            assertHasNoPlaceAnyMore(links.get(0), 0);
        }
    }

    @Test
    void shouldKeepOfWhatIsProcessedOnlyWhatWasSentOrIsAskedFor() {
        final HostSession session = new HostSession(1, 0);
        session.onResume(new Resume(0, new Progress(2, List.of(5L, 7L, 900L), 0)), 10);
        session.onSent(3, Qos.AT_LEAST_ONCE);
        session.onSent(5, Qos.AT_LEAST_ONCE);
        session.onSent(901, Qos.AT_LEAST_ONCE);

        session.onDisconnected();
        session.keepProcessed(index -> index == 7);

        assertThat(session.hasProcessed(5)).isTrue();
        assertThat(session.hasProcessed(7)).isTrue();
        assertThat(session.hasProcessed(900)).isFalse();
    }

    @Test
    void shouldRefuseToNoteMoreThanAReceiveMaximumAllows() throws InterruptedException {
        final byte[] resume = new byte[1 + 2 * Long.BYTES + Integer.BYTES + (65_536 + 1) * Long.BYTES];
        resume[0] = WireType.RESUME;
        final UnsafeBuffer view = new UnsafeBuffer(resume);
        view.putInt(1 + 2 * Long.BYTES, 65_536);
        for (int i = 0; i < 65_536; i++) {
            view.putLong(1 + 2 * Long.BYTES + Integer.BYTES + i * Long.BYTES, i + 1);
        }
        try (Context context = Context.create()) {
            final Host host = Host.open(context, folder, options().build());
            host.bind(ENDPOINT);
            try (RawSubscriber hostile = new RawSubscriber(context, ENDPOINT)) {
                hostile.hello("desk");
                hostile.sayRaw(resume);

                assertThat(hostile.goodbye().text()).contains("processedBeyond=65536, limit=65535");
            }
            assertThat(host.close(PATIENCE)).isTrue();
        }
    }

    @Test
    void shouldReadAMessageAgainRatherThanKeepTooMuch() throws InterruptedException {
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[50_000]);
        final HostSettings settings = new HostSettings(System::currentTimeMillis, 20_000);
        try (Context context = Context.create()) {
            final Host host = Host.open(context, folder, options().build(), settings);
            host.bind(ENDPOINT);
            try (RawSubscriber slow = new RawSubscriber(context, ENDPOINT)) {
                slow.hello("desk", false, 1, Hello.NEVER);
                slow.resume(0, 0);
                slow.subscribe("#", 1);
                final List<Long> indexes = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    // Small ones between them.
                    indexes.add(host.publish("a", payload, 0, i % 3 == 0 ? 10 : 50_000, PublishOptions.DEFAULTS)
                            .index());
                }

                for (final long each : indexes) {
                    final RawSubscriber.Got got = slow.delivery();
                    assertThat(got.index()).isEqualTo(each);
                    assertThat(got.again()).isFalse();
                    slow.processed(each);
                }
            }
            assertThat(host.close(PATIENCE)).isTrue();
        }
    }

    private static List<PublisherSession> sessions(final Host host) {
        try {
            return host.sessions();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldLetNoSessionLastLongerThanAllowedAndEndItForGood() throws InterruptedException {
        final DurablePublisherOptions hour =
                options().maxSessionExpiry(Duration.ofHours(1)).build();
        try (Context context = Context.create()) {
            final Host host = Host.open(context, folder, hour);
            host.bind(ENDPOINT);
            try (RawSubscriber there = new RawSubscriber(context, ENDPOINT).join("there");
                    RawSubscriber away = new RawSubscriber(context, ENDPOINT).join("away")) {
                away.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);
                Await.until(PATIENCE, () -> !sessions(host).get(0).connected(), "one is away");

                assertThat(sessions(host)).extracting(PublisherSession::name).containsExactly("away", "there");
                assertThat(sessions(host).get(0).endsAt())
                        .isBetween(
                                Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_600));
                assertThat(sessions(host).get(1)).matches(PublisherSession::connected);
                assertThat(host.endSession("away")).isTrue();
                assertThat(host.endSession("away")).isFalse();
                assertThat(host.endSession("there")).isTrue();
                assertThat(there.goodbye().reason()).isEqualTo(Reasons.ADMINISTRATIVE_ACTION);
                assertThat(sessions(host)).isEmpty();
            }
            assertThat(host.close(PATIENCE)).isTrue();
            assertThat(sessions(host)).isEmpty();

            final Host again = Host.open(context, folder, hour);
            assertThat(sessions(again)).isEmpty();
            assertThat(again.close(PATIENCE)).isTrue();
        }
    }

    @Test
    void shouldLetOneConnectionBeginOnlySomeSessions() throws InterruptedException {
        try (Context context = Context.create()) {
            final Host host = Host.open(context, folder, options().build());
            host.bind(ENDPOINT);
            try (RawSubscriber greedy = new RawSubscriber(context, ENDPOINT);
                    RawSubscriber other = new RawSubscriber(context, ENDPOINT)) {
                for (int i = 0; i < HostLinks.MAX_NEW_SESSIONS; i++) {
                    greedy.hello("s" + i);
                    greedy.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);
                }
                greedy.say(new Hello(false, 0, 1, Durability.SYNCED, Integer.MAX_VALUE, "more")::encode);

                assertThat(greedy.goodbye().text()).contains("newSessions", "limit=16");
                assertThat(other.hello("other").sessionPresent()).isFalse();
            }
            assertThat(host.close(PATIENCE)).isTrue();
        }
    }

    @Test
    void shouldNotShareAJournalsOptionsBetweenPublishers() {
        final JournalOptions.Builder journal = journal();
        final DurablePublisherOptions options =
                DurablePublisherOptions.builder().journal(journal).build();
        journal.segmentBytes(2 << 20);

        assertThat(options.journal().segmentBytes()).isEqualTo(1 << 20);
    }

    @Test
    void shouldKeepItsTimersWhenTheClockIsSetBack() throws InterruptedException {
        final AtomicLong clock = new AtomicLong(System.currentTimeMillis());
        try (Context context = Context.create()) {
            final Host host = Host.open(context, folder, options().build(), new HostSettings(clock::get, 1 << 20));
            host.bind(ENDPOINT);
            try (RawSubscriber subscriber = new RawSubscriber(context, ENDPOINT).join("desk")) {
                Await.until(PATIENCE, () -> host.stats().connections() == 1, "its timers go");
                clock.addAndGet(-3_600_000);
                subscriber.say(new Goodbye(0, Goodbye.UNCHANGED, "")::encode);

                Await.until(PATIENCE, () -> host.stats().connections() == 0, "they go on");
            }
            assertThat(host.close(PATIENCE)).isTrue();
        }
    }

    @Test
    void shouldTellOfEachOfferThatWasTakenAlsoWhenNobodyWaitsForTheEnd() {
        final AtomicInteger told = new AtomicInteger();
        final UnsafeBuffer payload = new UnsafeBuffer(new byte[100]);
        try (Context context = Context.create()) {
            final Host host = Host.open(
                    context,
                    folder,
                    options()
                            .listener((correlationId, index, outcome) -> told.incrementAndGet())
                            .build());
            int taken = 0;
            while (taken < 20_000) {
                if (host.offer("a", payload, 0, 100, PublishOptions.DEFAULTS, taken) == PublishOutcome.PUBLISHED) {
                    taken++;
                }
            }

            host.close(Duration.ZERO);

            final int expected = taken;
            Await.until(PATIENCE, () -> told.get() == expected, "all that was taken was told");
            Await.until(PATIENCE, () -> host.close(Duration.ZERO), "it has ended");
        }
    }
}
