package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.Poller;
import io.sluicemq.SendResult;
import io.sluicemq.durable.AcknowledgeOutcome;
import io.sluicemq.durable.AppendingHandler;
import io.sluicemq.durable.DeliveryHandler;
import io.sluicemq.durable.DurableSubscriberOptions;
import io.sluicemq.durable.ResultReader;
import io.sluicemq.durable.SubscribeOptions;
import io.sluicemq.durable.SubscribeResult;
import io.sluicemq.durable.SubscriberStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;

/** What {@code DurableSubscriber} consists of, and how its callers reach the subscriber's thread. Any thread. */
public final class SubscriberCore {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final SubscriberCommands commands;
    private final SubscriberCounters counters = new SubscriberCounters();
    private final HandOver handOver;
    private final Inbox inbox;
    private final Receiving receiving;
    private final SubscriberAgent agent;
    private final Thread thread;

    /**
     * Recovers the inbox and starts the thread.
     *
     * @param context makes the sockets.
     * @param directory of the inbox.
     * @param options of the subscriber.
     */
    public SubscriberCore(final Context context, final Path directory, final DurableSubscriberOptions options) {
        this(context, directory, options, System::currentTimeMillis);
    }

    /** With a clock of ms since 1970 for what outlives a process. */
    SubscriberCore(
            final Context context,
            final Path directory,
            final DurableSubscriberOptions options,
            final LongSupplier epochMs) {
        final AgentReference reference = new AgentReference();
        inbox = new Inbox(directory, options, (kind, correlationId) -> reference.agent.onDurable(kind, correlationId));
        commands = commands(context, inbox);
        handOver = new HandOver(options.handOverMessages(), options.handOverBytes(), commands::wake);
        receiving = new Receiving(handOver, inbox, options.level(), commands::isWaiting);
        final LinkServices services = new LinkServices(
                context, options, new Poller(), inbox, handOver, wills(), counters, epochMs, commands::wake);
        agent = new SubscriberAgent(services, commands, hello(options, options.cleanStart()), hello(options, false));
        reference.agent = agent;
        thread = new Thread(new ThreadTask(agent), "sluicemq-subscriber-" + options.name());
        thread.setDaemon(true);
        thread.start();
    }

    private Hello hello(final DurableSubscriberOptions options, final boolean cleanStart) {
        return new Hello(
                cleanStart,
                options.sessionExpiry().toSeconds(),
                options.receiveMaximum(),
                options.level(),
                inbox.maxMessageBytes(),
                options.name());
    }

    private Wills wills() {
        return new Wills(inbox.state(), new Wills.Store() {
            @Override
            public boolean write(final ProducerState producer) {
                return inbox.will(producer);
            }

            @Override
            public boolean store(
                    final ProducerState producer, final long index, final DirectBuffer buffer, final int length) {
                return inbox.storeWill(producer, index, buffer, length);
            }

            @Override
            public boolean handOver(final ProducerState producer, final DirectBuffer buffer, final int length) {
                if (handOver.room() == 0) {
                    return false;
                }
                handOver.offer(producer, false, inbox.collectedMessages(), buffer, 0, length);
                return true;
            }
        });
    }

    private static SubscriberCommands commands(final Context context, final Inbox inbox) {
        try {
            return new SubscriberCommands(context);
        } catch (final RuntimeException e) {
            inbox.close();
            throw e;
        }
    }

    /** The inbox is made before the agent, which it reports to. */
    private static final class AgentReference {
        private SubscriberAgent agent;
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param endpoint of a host.
     * @throws InterruptedException when the thread is interrupted.
     */
    public void connect(final String endpoint) throws InterruptedException {
        checkMayWait();
        final CompletableFuture<Boolean> done = commands.call(() -> {
            agent.connect(endpoint);
            return true;
        });
        Waiting.get(done, FOREVER, false);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param endpoint of a host.
     * @throws InterruptedException when the thread is interrupted.
     */
    public void disconnect(final String endpoint) throws InterruptedException {
        checkMayWait();
        final CompletableFuture<Boolean> done = commands.call(() -> {
            agent.disconnect(endpoint);
            return true;
        });
        Waiting.get(done, FOREVER, false);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param producer a host.
     * @return how many messages went.
     * @throws InterruptedException when the thread is interrupted.
     */
    public int forget(final UUID producer) throws InterruptedException {
        checkMayWait();
        final CompletableFuture<Integer> result = new CompletableFuture<>();
        commands.run(() -> agent.forget(producer, result), result);
        return Waiting.get(result, FOREVER, 0);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param hosts to wait for.
     * @param timeout longest wait.
     * @return whether they are there.
     * @throws InterruptedException when the thread is interrupted.
     */
    public boolean awaitHosts(final int hosts, final Duration timeout) throws InterruptedException {
        checkMayWait();
        final CompletableFuture<Boolean> result = new CompletableFuture<>();
        commands.run(() -> agent.awaitHosts(hosts, result), result);
        final boolean there = Waiting.get(result, timeout, false);
        // The subscriber's thread sees that nobody waits any more.
        result.complete(false);
        return there;
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param filter that was checked.
     * @param options null to unsubscribe.
     * @param timeout longest wait.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted.
     */
    public SubscribeResult subscribe(final String filter, final SubscribeOptions options, final Duration timeout)
            throws InterruptedException {
        checkMayWait();
        final CompletableFuture<SubscribeResult> result = new CompletableFuture<>();
        final int bits = options == null ? 0 : bits(options);
        final int id = options == null ? 0 : options.subscriptionId();
        commands.run(() -> agent.subscribe(filter, options == null, bits, id, result), result);
        final SubscribeResult answer = Waiting.get(result, timeout, SubscribeAnswers.PENDING);
        // The subscriber's thread sees that nobody waits any more.
        result.complete(answer);
        return answer;
    }

    private static int bits(final SubscribeOptions options) {
        return new Subscribe(
                        0,
                        Qos.of(options.maxQos()),
                        options.noLocal(),
                        options.retainAsPublished(),
                        options.retainHandling(),
                        options.subscriptionId(),
                        "")
                .options();
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param handler gets the messages.
     * @param limit most messages.
     * @param timeout longest wait.
     * @return how many, or -1.
     * @throws InterruptedException when the thread is interrupted.
     */
    public int receive(final DeliveryHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        checkMayWait();
        return receiving.receive(handler, limit, Waiting.nanos(timeout));
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param producer of the message.
     * @param index of the message.
     * @param timeout longest wait.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted.
     */
    public AcknowledgeOutcome acknowledge(final int producer, final long index, final Duration timeout)
            throws InterruptedException {
        checkMayWait();
        return commands.acknowledge(producer, index, timeout);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param producer of the message.
     * @param index of the message.
     * @param correlationId for the listener.
     * @return whether it was handed over.
     */
    public SendResult tryAcknowledge(final int producer, final long index, final long correlationId) {
        return commands.tryAcknowledge(producer, index, correlationId);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param handler gets the messages.
     * @param limit most messages.
     * @param timeout longest wait.
     * @return how many, or -1.
     * @throws InterruptedException when the thread is interrupted.
     */
    public int receiveAndAppend(final AppendingHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        checkMayWait();
        final Appending appending = new Appending(commands, handler, inbox.maxResultBytes());
        final int received;
        try {
            received = receiving.receive(appending, limit, Waiting.nanos(timeout));
        } catch (final RuntimeException | Error e) {
            // Results of the messages before the one whose handler threw.
            appending.await();
            throw e;
        }
        return received <= 0 ? received : appending.await();
    }

    /** A call that waits for the subscriber's thread, made on that thread, would wait for ever. */
    private void checkMayWait() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(
                    "this waits for the subscriber's thread, which calls the AcknowledgeListener: call it "
                            + "on another thread, or tryAcknowledge");
        }
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @return a reader.
     */
    public ResultReader results() {
        return inbox.results();
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param upTo last position that is needed no more.
     * @throws InterruptedException when the thread is interrupted.
     */
    public void releaseResults(final long upTo) throws InterruptedException {
        checkMayWait();
        final CompletableFuture<Boolean> done = commands.call(() -> {
            inbox.releaseResults(upTo);
            return true;
        });
        Waiting.get(done, FOREVER, false);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param number of the host.
     * @return its id, or null.
     * @throws InterruptedException when the thread is interrupted.
     */
    public UUID producer(final int number) throws InterruptedException {
        checkMayWait();
        final CompletableFuture<UUID> id = commands.call(() -> {
            final ProducerState producer = inbox.state().find(number);
            return producer == null ? null : producer.id();
        });
        return Waiting.get(id, FOREVER, null);
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @return a snapshot.
     */
    public SubscriberStats stats() {
        return counters.snapshot();
    }

    /**
     * See {@code DurableSubscriber}.
     *
     * @param timeout longest wait.
     * @return whether all ended in time.
     */
    public boolean close(final Duration timeout) {
        final long startNs = System.nanoTime();
        final long timeoutNs = Waiting.nanos(timeout);
        // Some of the time is left for the journal.
        commands.run(() -> agent.stop(startNs + timeoutNs / 2), new CompletableFuture<>());
        boolean interrupted = false;
        try {
            if (Thread.currentThread() != thread) {
                thread.join(Math.max(1, timeoutNs / 1_000_000));
            }
            receiving.close(Math.max(0, timeoutNs - (System.nanoTime() - startNs)));
        } catch (final InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
