package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.durable.DurablePublisherOptions;
import io.sluicemq.durable.DurablePublisherStats;
import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublishOutcome;
import io.sluicemq.durable.PublishResult;
import io.sluicemq.durable.PublisherSession;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.Journal;
import io.sluicemq.journal.JournalException;
import io.sluicemq.journal.JournalReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/** What the application's threads have of a host: commands to its thread. Any thread. */
public final class Host {
    /** From peers: progress with all that is beyond is the longest. */
    private static final long MAX_PEER_MESSAGE_BYTES = 1L << 20;

    /** A wait looks so often whether the host has ended. */
    private static final long MAX_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final Duration END_LINGER = Duration.ofMillis(100);

    private static final int SPARE_BUFFERS = 64;

    private final DurablePublisherOptions options;
    private final RouterSocket router;
    private final PushSocket push;
    private final PullSocket pull;
    private final HostCounters counters = new HostCounters();
    private final HostEvents events;
    private final HostAgent agent;
    private final HostInput input;
    private final HostQuestions questions;
    private final Journal journal;
    private final HostWaits waits;
    private final UUID producer;
    private final int maxRecordBytes;
    private final Map<Long, CompletableFuture<PublishResult>> awaited = new ConcurrentHashMap<>();
    private final AtomicLong lastWait = new AtomicLong();
    private final OffersUnderWay offers = new OffersUnderWay();
    private final ManyToManyConcurrentArrayQueue<ExpandableArrayBuffer> spares =
            new ManyToManyConcurrentArrayQueue<>(SPARE_BUFFERS);
    private volatile boolean closed;

    /** Set by the host's thread at its end, after which it completes nothing any more. */
    private volatile boolean ended;

    private Host(
            final Context context,
            final Path directory,
            final DurablePublisherOptions options,
            final HostSettings settings) {
        this.options = options;
        final HostState state = new HostState(options.maxSessions(), options.maxRetainedBytes(), options.clientId());
        journal = Journal.open(
                directory, options.journal().toBuilder().checkpoint(state).build());
        try {
            producer = journal.id();
            // A message is appended again for who gets it alone.
            maxRecordBytes = journal.maxRecordBytes() - HostRecord.ASSIGNED_BODY;
            recover(directory, journal, state);
            final String inproc = "inproc://sluicemq-host-" + UUID.randomUUID();
            final SocketOptions ring = SocketOptions.builder()
                    .sendHighWaterMark(0)
                    .receiveHighWaterMark(0)
                    .sendTimeout(options.publishTimeout())
                    .build();
            pull = context.pull(ring);
            pull.bind(inproc);
            push = context.push(ring);
            push.connect(inproc);
            final SocketListener listener = options.socket().listener();
            events = new HostEvents(listener == null ? new SocketListener() {} : listener, this::wake);
            router = context.router(
                    options.socket().toBuilder()
                            .listener(events)
                            .maxMessageBytes(MAX_PEER_MESSAGE_BYTES)
                            .build(),
                    RouterOptions.builder().mandatory(true).build());
            final HostAgent.Parts parts = makeParts(state, settings);
            waits = parts.delivery().waits;
            agent = new HostAgent(parts);
            questions = new HostQuestions(events, agent);
            input = parts.input();
        } catch (final RuntimeException | Error e) {
            journal.close();
            throw e;
        }
        final Thread thread = new Thread(new ThreadTask(agent), "sluicemq-host");
        thread.setDaemon(true);
        thread.start();
    }

    private static void recover(final Path directory, final Journal journal, final HostState state) {
        try {
            journal.recover(state);
        } catch (final WireException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new JournalException(
                    "directory=" + directory + " is no publisher's of this version: " + e.getMessage(), e);
        }
    }

    private HostAgent.Parts makeParts(final HostState state, final HostSettings settings) {
        final JournalReader live = journal.reader();
        live.seekEnd();
        final HostLog log = new HostLog(journal, live.position() - 1);
        state.start(log, settings.clock().getAsLong());
        final HostLinks links = new HostLinks(router, counters);
        events.start(links);
        final HostDelivery delivery = new HostDelivery(log, state, links, counters, live, settings.maxStalledBytes());
        final HostInput.WelcomeTerms terms = new HostInput.WelcomeTerms(
                producer,
                maxRecordBytes,
                options.clientId(),
                Will.of(options.will()),
                options.maxSessionExpiry().toSeconds());
        final HostInput input = new HostInput(log, state, links, delivery, counters, () -> terms);
        final HostCommands commands = new HostCommands(log, state, delivery, counters, options.listener(), awaited);
        return new HostAgent.Parts(
                log,
                state,
                links,
                delivery,
                input,
                commands,
                events,
                counters,
                router,
                pull,
                settings.clock(),
                this::onEnd);
    }

    /**
     * Opens a host.
     *
     * @param context that makes its sockets.
     * @param directory of its journal.
     * @param options of the publisher.
     * @return a host whose thread runs.
     */
    public static Host open(final Context context, final Path directory, final DurablePublisherOptions options) {
        return open(context, directory, options, HostSettings.DEFAULTS);
    }

    /** For tests. */
    static Host open(
            final Context context,
            final Path directory,
            final DurablePublisherOptions options,
            final HostSettings settings) {
        return new Host(context, directory, options, settings);
    }

    /**
     * Listens for subscribers.
     *
     * @param endpoint of any transport.
     * @return the endpoint as resolved.
     */
    public String bind(final String endpoint) {
        return router.bind(endpoint);
    }

    /**
     * Who this is.
     *
     * @return the id of the journal.
     */
    public UUID producer() {
        return producer;
    }

    /**
     * Publishes, and waits until that is as durable as asked.
     *
     * @param topic of the message.
     * @param buffer holds the payload.
     * @param offset of the payload.
     * @param length of the payload.
     * @param how the options.
     * @return what became of it.
     * @throws InterruptedException if interrupted; the message may be published all the same.
     */
    public PublishResult publish(
            final String topic, final DirectBuffer buffer, final int offset, final int length, final PublishOptions how)
            throws InterruptedException {
        if (closed || ended) {
            return new PublishResult(Journal.NO_INDEX, outcomeOfEnd(), Durability.RECEIVED);
        }
        final boolean silent = how.level() == Durability.RECEIVED || isAtMostOnce(how);
        final long correlationId = silent ? 0 : lastWait.incrementAndGet();
        final CompletableFuture<PublishResult> result = new CompletableFuture<>();
        if (!silent) {
            awaited.put(correlationId, result);
        }
        final long deadlineNs = System.nanoTime() + options.publishTimeout().toNanos();
        final ExpandableArrayBuffer command = takeBuffer();
        final SendResult sent;
        try {
            final int kind = silent ? HostCommand.PUBLISH : HostCommand.PUBLISH_AWAITED;
            HostCommand.put(command, kind, Levels.encode(how.level()), correlationId);
            sent = push.send(command, 0, encode(command, topic, buffer, offset, length, how));
        } catch (final RuntimeException | InterruptedException e) {
            awaited.remove(correlationId);
            throw e;
        } finally {
            spares.offer(command);
        }
        if (sent != SendResult.SENT) {
            awaited.remove(correlationId);
            return new PublishResult(Journal.NO_INDEX, outcomeOf(sent), Durability.RECEIVED);
        }
        if (silent) {
            return new PublishResult(Journal.NO_INDEX, PublishOutcome.PUBLISHED, Durability.RECEIVED);
        }
        if (ended) {
            // It may have ended before it could know of this one.
            completeAll();
        }
        return await(result, correlationId, deadlineNs);
    }

    private PublishResult await(
            final CompletableFuture<PublishResult> result, final long correlationId, final long deadlineNs)
            throws InterruptedException {
        try {
            return result.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            return new PublishResult(Journal.NO_INDEX, PublishOutcome.UNKNOWN, Durability.RECEIVED);
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            awaited.remove(correlationId);
        }
    }

    /**
     * Publishes without waiting.
     *
     * @param topic of the message.
     * @param buffer holds the payload.
     * @param offset of the payload.
     * @param length of the payload.
     * @param how the options.
     * @param correlationId for the listener.
     * @return {@link PublishOutcome#PUBLISHED} if the listener will be told.
     */
    public PublishOutcome offer(
            final String topic,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final PublishOptions how,
            final long correlationId) {
        offers.enter();
        try {
            return closed || ended ? outcomeOfEnd() : offerNow(topic, buffer, offset, length, how, correlationId);
        } finally {
            offers.leave();
            if (ended) {
                // Maybe after the host's thread looked for the last time.
                agent.endQueue(offers);
            }
        }
    }

    private PublishOutcome offerNow(
            final String topic,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final PublishOptions how,
            final long correlationId) {
        final ExpandableArrayBuffer command = takeBuffer();
        try {
            HostCommand.put(command, HostCommand.PUBLISH_TOLD, Levels.encode(how.level()), correlationId);
            return outcomeOf(push.trySend(command, 0, encode(command, topic, buffer, offset, length, how)));
        } finally {
            spares.offer(command);
        }
    }

    /**
     * Waits until sessions have a message.
     *
     * @param index of the message.
     * @param processed whether to wait for the applications; else for the inboxes, which QoS 1 does not have.
     * @param sessions how many.
     * @param timeout longest wait.
     * @return false when the time is over, or the host has ended.
     * @throws InterruptedException if interrupted.
     */
    public boolean await(final long index, final boolean processed, final int sessions, final Duration timeout)
            throws InterruptedException {
        final HostWaits.Wait wait = HostWaits.read(journal, index, processed, sessions);
        events.add(() -> waits.add(wait));
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        try {
            while (!ended) {
                final long leftNs = Math.min(deadlineNs - System.nanoTime(), MAX_WAIT_NS);
                if (leftNs <= 0) {
                    return false;
                }
                final Boolean done = poll(wait.done(), leftNs);
                if (done != null) {
                    return done;
                }
            }
            return false;
        } finally {
            wait.done().complete(false);
        }
    }

    private static Boolean poll(final CompletableFuture<Boolean> done, final long timeoutNs)
            throws InterruptedException {
        try {
            return done.get(timeoutNs, TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            return null;
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isAtMostOnce(final PublishOptions how) {
        return how.qos() == QualityOfService.AT_MOST_ONCE;
    }

    private int encode(
            final ExpandableArrayBuffer command,
            final String topic,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final PublishOptions how) {
        final int flags = Qos.of(how.qos()) | (how.retain() ? Published.RETAIN : 0);
        final long expiresAtEpochMs = how.expiryMs() == 0 ? 0 : System.currentTimeMillis() + how.expiryMs();
        final int payloadAt = Published.put(
                command, HostCommand.BYTES, flags, expiresAtEpochMs, TopicFilter.requireTopic(topic), how);
        final long bytes = (long) payloadAt - HostCommand.BYTES + length;
        if (bytes > maxRecordBytes) {
            throw new IllegalArgumentException("messageBytes=" + bytes + ", limit=" + maxRecordBytes
                    + ", split the message, or open the publisher's journal with larger segmentBytes");
        }
        command.putBytes(payloadAt, buffer, offset, length);
        return payloadAt + length;
    }

    private ExpandableArrayBuffer takeBuffer() {
        final ExpandableArrayBuffer spare = spares.poll();
        return spare == null ? new ExpandableArrayBuffer(1_024) : spare;
    }

    private PublishOutcome outcomeOf(final SendResult sent) {
        return switch (sent) {
            case SENT -> PublishOutcome.PUBLISHED;
            case BACK_PRESSURED, NOT_CONNECTED, UNROUTABLE -> PublishOutcome.BACK_PRESSURED;
            case CLOSED -> outcomeOfEnd();
        };
    }

    private PublishOutcome outcomeOfEnd() {
        return closed ? PublishOutcome.CLOSED : PublishOutcome.FAILED;
    }

    private void wake() {
        // Full means that the thread is awake.
        push.trySend(new UnsafeBuffer(new byte[] {HostCommand.WAKE}), 0, 1);
    }

    /** On the host's thread, when it takes no more. */
    private void onEnd() {
        ended = true;
        completeAll();
        agent.endQueue(offers);
        // Wakes those who wait for room.
        push.close(END_LINGER);
        agent.endQueue(offers);
    }

    private void completeAll() {
        // Who waits takes its own entry out.
        for (final CompletableFuture<PublishResult> each : awaited.values()) {
            each.complete(new PublishResult(Journal.NO_INDEX, outcomeOfEnd(), Durability.RECEIVED));
        }
    }

    /**
     * What was counted.
     *
     * @return a snapshot.
     */
    public DurablePublisherStats stats() {
        return new DurablePublisherStats(
                counters.published.getAcquire(),
                counters.refused.getAcquire(),
                counters.delivered.getAcquire(),
                counters.redelivered.getAcquire(),
                counters.dropped.getAcquire(),
                counters.tooLarge.getAcquire(),
                counters.expired.getAcquire(),
                counters.damaged.getAcquire(),
                counters.malformed.getAcquire(),
                counters.sessions.getAcquire(),
                counters.connections.getAcquire(),
                counters.failed.getAcquire() != 0);
    }

    /**
     * The sessions that are known.
     *
     * @return a snapshot in the order of their names; empty if the host has ended.
     * @throws InterruptedException if interrupted.
     */
    public List<PublisherSession> sessions() throws InterruptedException {
        return questions.ask(input::describeSessions, List.of());
    }

    /**
     * Ends a session for good.
     *
     * @param name of the session.
     * @return whether there was one.
     * @throws InterruptedException if interrupted.
     */
    public boolean endSession(final String name) throws InterruptedException {
        return questions.ask(() -> input.endSession(name), false);
    }

    /**
     * Closes in order.
     *
     * @param timeout longest wait.
     * @return whether it ended in that time; else it goes on to end.
     */
    public boolean close(final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        closed = true;
        events.add(() -> agent.close(deadlineNs));
        boolean interrupted = false;
        boolean done = false;
        try {
            done = !agent.isOnThread()
                    && agent.ended().await(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            interrupted = true;
        }
        if (done) {
            // The host's thread does it too; else it alone, when it has done what it still has to do.
            router.close(Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime())));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done;
    }
}
