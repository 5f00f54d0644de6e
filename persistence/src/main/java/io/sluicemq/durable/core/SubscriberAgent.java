package io.sluicemq.durable.core;

import io.sluicemq.FrameHandler;
import io.sluicemq.durable.AcknowledgeListener;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.SubscribeResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the subscriber's thread does: takes acknowledgements and messages, makes all of a turn durable at once, and tells application and
 * hosts. The methods below {@link #run} are called on that thread, by way of {@link SubscriberCommands#call}.
 */
final class SubscriberAgent implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberAgent.class);
    private static final int COMMANDS_A_TURN = 1024;
    private static final int MESSAGES_A_TURN = 1024;

    /** What is taken without a look at the room; see DurableSubscriberOptions.Builder.handOverBytes. */
    private static final int MESSAGES_AT_ONCE = 16;

    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration IDLE = Duration.ofNanos(IDLE_NS);

    /** Of a good-bye while others wait for this thread. */
    private static final Duration GOODBYE_LINGER = Duration.ofMillis(100);

    /** Waits of so many milliseconds and less, so that they need not be made each time. */
    private static final Duration[] SHORT_WAITS = new Duration[33];

    private static final long STALLED_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LinkServices services;
    private final SubscriberCommands commands;
    private final AcknowledgeListener listener;
    private final Hello firstHello;
    private final Hello hello;
    private final FrameHandler acknowledgements = SubscriberCommands.frames(this::onAcknowledge);
    private final List<SubscriberLink> links = new ArrayList<>();

    /** All that were ever connected to. */
    private final Set<String> endpoints = new HashSet<>();

    private final List<HostsWait> hostsWaits = new ArrayList<>();
    private final List<SubscribeWait> subscribeWaits = new ArrayList<>();
    private final List<ForgetWait> forgetWaits = new ArrayList<>();
    private final List<Ask> asks = new ArrayList<>();
    private long stopNs;
    private boolean stopping;

    /** The journal is full: nothing is taken until it is not. */
    private boolean stalled;

    /** A thread that waits for hosts. */
    private record HostsWait(int hosts, CompletableFuture<Boolean> result) {}

    /** A thread that waits for the answers to a subscribe or unsubscribe. */
    private record SubscribeWait(BookEntry entry, CompletableFuture<SubscribeResult> result) {}

    /** A thread that wants to know whether a message waits for its acknowledgement. */
    private record Ask(int producer, long index, long correlationId) {}

    /** A thread that waits until a host is removed for good. */
    private record ForgetWait(int lost, CompletableFuture<Integer> result) {}

    static {
        Arrays.setAll(SHORT_WAITS, Duration::ofMillis);
    }

    /**
     * Makes an agent that is to be run.
     *
     * @param firstHello for the first connection to each host.
     * @param hello for the others.
     */
    SubscriberAgent(
            final LinkServices services, final SubscriberCommands commands, final Hello firstHello, final Hello hello) {
        this.firstHello = firstHello;
        this.services = services;
        this.commands = commands;
        this.hello = hello;
        listener = services.options().acknowledgeListener();
    }

    @Override
    public void run() {
        Throwable failure = null;
        services.poller().addReceiver(commands.pull());
        try {
            services.wills().recover();
            while (!stopping) {
                turn();
            }
            finish();
        } catch (final Throwable e) {
            failure = e;
            LOG.error("session={} stopped", hello.session(), e);
        } finally {
            end(failure);
        }
    }

    private void turn() {
        final long nowNs = System.nanoTime();
        int work = commands.runWishes();
        if (!stalled) {
            work += Math.max(0, commands.pull().tryReceive(acknowledgements, COMMANDS_A_TURN));
            work += receive(nowNs);
            work += services.wills().run(services.epochMs().getAsLong());
        }
        stalled = !services.inbox().commit();
        if (stalled) {
            LockSupport.parkNanos(STALLED_NS);
            return;
        }
        count();
        services.handOver().onDurable(services.inbox().storedMessages());
        services.handOver().signal();
        for (int i = 0; i < links.size(); i++) {
            links.get(i).flush();
        }
        tellWaiting();
        if (work == 0) {
            idle();
        }
    }

    private int receive(final long nowNs) {
        int work = 0;
        boolean room = hasRoom();
        for (int i = 0; i < links.size(); i++) {
            final SubscriberLink link = links.get(i);
            work += link.poll(nowNs) ? 1 : 0;
            for (int taken = 0; room && taken < MESSAGES_A_TURN; ) {
                final int messages = link.receive(
                        Math.min(MESSAGES_AT_ONCE, services.handOver().room()));
                if (messages == 0) {
                    break;
                }
                taken += messages;
                work += messages;
                room = hasRoom();
            }
        }
        for (int i = 0; i < links.size(); i++) {
            links.get(i).watch(room);
        }
        return work;
    }

    private boolean hasRoom() {
        return !services.inbox().isFull() && services.handOver().roomOrBlock() > 0;
    }

    private void onAcknowledge(final AcknowledgeCommand command) {
        if (FaultPoints.ACKNOWLEDGEMENT_TAKEN) {
            FaultPoints.pass();
        }
        if (command.kind() == AcknowledgeCommand.ASK) {
            asks.add(new Ask(command.producer(), command.index(), command.correlationId()));
            return;
        }
        final AcknowledgeOutcome refused = services.inbox().acknowledge(command);
        if (refused != null) {
            tell(command.kind(), command.correlationId(), refused);
        }
    }

    /** An acknowledgement is durable. */
    void onDurable(final int kind, final long correlationId) {
        tell(kind, correlationId, AcknowledgeOutcome.DURABLE);
        if (FaultPoints.ACKNOWLEDGEMENT_TOLD) {
            FaultPoints.pass();
        }
    }

    private void tell(final int kind, final long correlationId, final AcknowledgeOutcome outcome) {
        if (kind == PendingRecords.AWAITED) {
            commands.onAcknowledged(correlationId, outcome);
            return;
        }
        try {
            listener.onAcknowledged(correlationId, outcome);
        } catch (final RuntimeException e) {
            LOG.warn("session={} acknowledge listener failed", hello.session(), e);
        }
    }

    private void count() {
        final SubscriberCounters counters = services.counters();
        counters.stored.setRelease(services.inbox().storedMessages());
        counters.acknowledged.setRelease(services.inbox().acknowledgedMessages());
        counters.unprocessed.setRelease(services.inbox().state().inboxSize());
        counters.hosts.setRelease(openLinks());
        counters.wills.setRelease(services.wills().delivered());
    }

    private int openLinks() {
        int open = 0;
        for (int i = 0; i < links.size(); i++) {
            open += links.get(i).isResumed() ? 1 : 0;
        }
        return open;
    }

    private void tellWaiting() {
        // All that was acknowledged before they asked is in the journal.
        asks.forEach(ask ->
                commands.onAnswer(ask.correlationId, services.inbox().state().isWaiting(ask.producer, ask.index)));
        asks.clear();
        if (!hostsWaits.isEmpty()) {
            final int open = openLinks();
            hostsWaits.removeIf(wait -> wait.result.isDone() || (open >= wait.hosts && wait.result.complete(true)));
        }
        forgetWaits.forEach(wait -> wait.result.complete(wait.lost));
        forgetWaits.clear();
        if (!subscribeWaits.isEmpty()) {
            subscribeWaits.removeIf(wait -> {
                final SubscribeResult result = SubscribeAnswers.of(wait.entry, links);
                return wait.result.isDone() || (result != null && wait.result.complete(result));
            });
        }
    }

    private void idle() {
        if (commands.pull().isClosed()) {
            throw new IllegalStateException("the context was closed, close the subscriber first");
        }
        final long nowNs = System.nanoTime();
        final long willsMs = services.wills().idleMs(services.epochMs().getAsLong());
        long idleNs = Math.min(IDLE_NS, TimeUnit.MILLISECONDS.toNanos(willsMs));
        for (int i = 0; i < links.size(); i++) {
            idleNs = Math.min(idleNs, links.get(i).idleNs(nowNs));
        }
        try {
            services.poller().poll(durationOf(idleNs));
        } catch (final InterruptedException e) {
            // The thread is ours, and ends when it is asked to.
            LOG.debug("session={} was interrupted", hello.session());
        }
    }

    private static Duration durationOf(final long ns) {
        final long ms = (ns + 999_999) / 1_000_000;
        return ms < SHORT_WAITS.length ? SHORT_WAITS[(int) ms] : ns == IDLE_NS ? IDLE : Duration.ofNanos(ns);
    }

    private void finish() {
        while (commands.pull().tryReceive(acknowledgements, COMMANDS_A_TURN) > 0) {
            if (!services.inbox().commit()) {
                break;
            }
        }
        links.forEach(SubscriberLink::beginClose);
        services.wills().run(services.epochMs().getAsLong());
        services.inbox().commit();
        count();
        for (final SubscriberLink link : links) {
            link.flush();
        }
    }

    private void end(final Throwable failure) {
        try {
            for (final SubscriberLink link : links) {
                final long leftNs = failure == null ? stopNs - System.nanoTime() : 0;
                link.close(Duration.ofNanos(Math.max(0, leftNs)));
            }
        } finally {
            try {
                services.inbox().close();
            } catch (final RuntimeException e) {
                LOG.error("session={} inbox could not be closed", hello.session(), e);
            } finally {
                services.handOver().close(failure);
                commands.close();
            }
        }
        forgetWaits.forEach(wait -> wait.result.completeExceptionally(
                new IllegalStateException("the subscriber is closed, open it and see whether the host is known")));
        hostsWaits.forEach(wait -> wait.result.complete(false));
        subscribeWaits.forEach(wait -> wait.result.complete(SubscribeAnswers.CLOSED));
    }

    // Wishes.

    /** Ends the thread; the hosts are told until a time. */
    void stop(final long untilNs) {
        stopNs = untilNs;
        stopping = true;
    }

    void connect(final String endpoint) {
        links.removeIf(link -> {
            final boolean again = link.hasEnded() && link.endpoint().equals(endpoint);
            if (again) {
                link.close(Duration.ZERO);
            }
            return again;
        });
        if (links.stream().anyMatch(link -> link.endpoint().equals(endpoint))) {
            throw new IllegalArgumentException("endpoint=" + endpoint + ", limit=once, it is connected to already");
        }
        // A clean start is one of this process, also where the session was taken over since.
        final Hello first = endpoints.add(endpoint) ? firstHello : hello;
        final SubscriberLink link = new SubscriberLink(endpoint, services, first, hello);
        link.open(System.nanoTime());
        links.add(link);
        services.wills().onConnecting(services.epochMs().getAsLong());
    }

    void disconnect(final String endpoint) {
        final SubscriberLink link = links.stream()
                .filter(each -> each.endpoint().equals(endpoint))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "endpoint=" + endpoint + ", limit=one that is connected to, connect to it first"));
        links.remove(link);
        link.beginClose();
        link.close(GOODBYE_LINGER);
    }

    /** Removes a host for good; the result is how many messages go with it. */
    void forget(final UUID id, final CompletableFuture<Integer> result) {
        final ProducerState producer = services.inbox().state().find(id);
        if (producer == null) {
            throw new IllegalArgumentException(
                    "producer=" + id + ", limit=a host whose messages came, see DurableSubscriber.producer");
        }
        final int lost = producer.unprocessed();
        if (!services.inbox().forget(producer)) {
            throw new IllegalStateException("inbox=full, limit=room on its disk, make room and try again");
        }
        services.handOver().forget(producer.number());
        links.removeIf(link -> {
            final boolean ofIt = link.isOf(producer);
            if (ofIt) {
                link.closeForGood(GOODBYE_LINGER);
            }
            return ofIt;
        });
        forgetWaits.add(new ForgetWait(lost, result));
    }

    void awaitHosts(final int hosts, final CompletableFuture<Boolean> result) {
        hostsWaits.add(new HostsWait(hosts, result));
    }

    void subscribe(
            final String filter,
            final boolean removed,
            final int options,
            final int subscriptionId,
            final CompletableFuture<SubscribeResult> result) {
        final SubscriptionBook book = services.inbox().state().subscriptions();
        final BookEntry entry = new BookEntry(filter, book.nextRevision(), removed, options, subscriptionId, true);
        if (!services.inbox().subscription(entry)) {
            throw new IllegalStateException("inbox=full, limit=room on its disk, make room and try again");
        }
        subscribeWaits.add(new SubscribeWait(entry, result));
    }
}
