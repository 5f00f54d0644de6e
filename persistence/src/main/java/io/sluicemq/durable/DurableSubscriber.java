package io.sluicemq.durable;

import io.sluicemq.Context;
import io.sluicemq.SendResult;
import io.sluicemq.durable.core.SubscriberCore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Receives what hosts ({@code DurablePublisher}) publish, durably: each host keeps a session under this subscriber's name, and goes on
 * where the subscriber stopped, whoever of both was away or died.
 *
 * <p>Messages of QoS 2 are stored in the subscriber's inbox, a journal, once each, before the application gets them. Messages of QoS 1 stay
 * at the host. Either is handed over until it is acknowledged: an acknowledgement that has returned is durable, and its message
 * never comes again. What was handed over and not acknowledged when the process died comes again under the same id, marked. Messages of
 * one host come in the order of its log.
 *
 * <pre>{@code
 * try (DurableSubscriber subscriber = DurableSubscriber.open(
 *         context, Path.of("inbox"), DurableSubscriberOptions.builder("desk-7").build())) {
 *     subscriber.connect("tcp://127.0.0.1:5555");
 *     subscriber.subscribe("prices/#", SubscribeOptions.DEFAULTS, Duration.ofSeconds(5));
 *     while (true) {
 *         Delivered message = subscriber.receive(Duration.ofSeconds(1));
 *         if (message != null) {
 *             book(message.topic(), message.payload());
 *             subscriber.acknowledge(message);
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Any thread may call any method. File work is done by a thread of the subscriber's own, and by the thread that receives, which
 * reads the inbox. The JVM needs the flags of the journal.
 */
public final class DurableSubscriber implements AutoCloseable {
    /** Result of {@link #receive(DeliveryHandler, int, Duration)} on a closed subscriber. */
    public static final int CLOSED = -1;

    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final SubscriberCore core;

    private DurableSubscriber(final SubscriberCore core) {
        this.core = core;
    }

    /**
     * Opens a subscriber; makes its inbox if the directory is empty or not there. What lies there and is not acknowledged is handed over
     * first, marked.
     *
     * @param context makes the sockets; to be closed after the subscriber.
     * @param directory of the inbox, for this subscriber alone.
     * @param options of the subscriber, of the same name as before: an inbox belongs to one session.
     * @return the subscriber, connected to nobody.
     * @throws IllegalStateException if the JVM lacks a flag.
     * @throws io.sluicemq.journal.JournalException if the inbox cannot be opened, is another session's, or is none; the text says why
     *     and what to do.
     */
    public static DurableSubscriber open(
            final Context context, final Path directory, final DurableSubscriberOptions options) {
        return new DurableSubscriber(new SubscriberCore(context, directory, options));
    }

    /**
     * Connects to a host, which need not be there yet, and again after each loss. All subscriptions hold there too. Returns at once.
     *
     * <p>Not again when another process takes the session, or when the host's log is an older copy that lacks what came from it:
     * {@link #stats} has the error; {@link #forget} the host and connect anew. A host at two endpoints is connected at one of them.
     *
     * @param endpoint such as {@code tcp://127.0.0.1:5555}.
     * @throws IllegalArgumentException if the endpoint is wrong, or connected to already.
     * @throws IllegalStateException if the subscriber is closed.
     * @throws InterruptedException if the thread is interrupted.
     */
    public void connect(final String endpoint) throws InterruptedException {
        core.connect(endpoint);
    }

    /**
     * Says good-bye to a host and connects no more. Its session stays there as long as {@link DurableSubscriberOptions#sessionExpiry()}
     * says, and collects messages; what is in the inbox comes all the same. A {@link #connect} goes on from there.
     *
     * @param endpoint as it was connected to.
     * @throws IllegalArgumentException if it is not connected to.
     * @throws IllegalStateException if the subscriber is closed.
     * @throws InterruptedException if the thread is interrupted.
     */
    public void disconnect(final String endpoint) throws InterruptedException {
        core.disconnect(endpoint);
    }

    /**
     * Removes a host for good, such as one whose journal does not exist any more: what the inbox holds of it is thrown away, so that its
     * room can be used, and not handed over any more; connections to it are ended, and a host that is connected is told to end the
     * session. Returns when that is durable. If the host is connected to once more, it is a new one, with another number.
     *
     * @param producer id of the host's journal, see {@link #producer}.
     * @return how many messages of QoS 2, and wills, were not acknowledged and are thrown away. Those of QoS 1 lie at the host.
     * @throws IllegalArgumentException if no such host is known.
     * @throws IllegalStateException if the subscriber is closed, or its disk is full.
     * @throws InterruptedException if the thread is interrupted; the host may be removed.
     */
    public int forget(final UUID producer) throws InterruptedException {
        return core.forget(producer);
    }

    /**
     * Waits until sessions are open.
     *
     * @param hosts how many.
     * @param timeout longest wait.
     * @return whether they are open.
     * @throws InterruptedException if the thread is interrupted.
     */
    public boolean awaitHosts(final int hosts, final Duration timeout) throws InterruptedException {
        return core.awaitHosts(hosts, timeout);
    }

    /**
     * Wants messages of all hosts, until {@link #unsubscribe}, over restarts of both sides. The same filter again replaces the options.
     *
     * <p>With {@code $share/name/filter} each message goes to one of those who subscribed so, in turn, if it is connected and its receive
     * maximum has room; it stays with it as long as its session lives. If the session ends, others get what it had of QoS 1 and not
     * processed, marked as redelivered; what it had of QoS 2 and not stored nobody gets (MQTT 5.0 section 4.8.2).
     *
     * @param filter topic filter of MQTT 5.0, {@code $share/name/filter} included.
     * @param options of the subscription.
     * @param timeout longest wait for the hosts.
     * @return granted when it is durable at all hosts.
     * @throws IllegalArgumentException if it is no filter.
     * @throws IllegalStateException if the subscriber is closed, or its disk is full.
     * @throws InterruptedException if the thread is interrupted; the subscription may hold.
     */
    public SubscribeResult subscribe(final String filter, final SubscribeOptions options, final Duration timeout)
            throws InterruptedException {
        return core.subscribe(TopicFilter.of(filter).toString(), options, timeout);
    }

    /**
     * Ends a subscription. What is in the inbox, or on its way, comes all the same.
     *
     * @param filter as it was subscribed.
     * @param timeout longest wait for the hosts.
     * @return granted when it is durable at all hosts.
     * @throws IllegalArgumentException if it is no filter.
     * @throws IllegalStateException if the subscriber is closed, or its disk is full.
     * @throws InterruptedException if the thread is interrupted.
     */
    public SubscribeResult unsubscribe(final String filter, final Duration timeout) throws InterruptedException {
        return core.subscribe(TopicFilter.of(filter).toString(), null, timeout);
    }

    /**
     * Waits for messages and hands them over where they lie. Two threads never get the same message; while one is in its handler,
     * others wait.
     *
     * @param handler gets each message; may acknowledge, must not receive.
     * @param limit most messages of this call.
     * @param timeout longest wait for the first.
     * @return how many were handed over; 0 when the time is over, {@link #CLOSED} when the subscriber is closed.
     * @throws io.sluicemq.journal.JournalException if the disk failed: the subscriber has stopped.
     * @throws InterruptedException if the thread is interrupted while it waits; nothing was taken.
     */
    public int receive(final DeliveryHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        return core.receive(handler, limit, timeout);
    }

    /**
     * Waits for a message.
     *
     * @param timeout longest wait.
     * @return a copy; null when the time is over or the subscriber is closed.
     * @throws io.sluicemq.journal.JournalException if the disk failed: the subscriber has stopped.
     * @throws InterruptedException if the thread is interrupted while it waits; nothing was taken.
     */
    public Delivered receive(final Duration timeout) throws InterruptedException {
        final Delivered[] copy = new Delivered[1];
        core.receive(message -> copy[0] = message.copy(), 1, timeout);
        return copy[0];
    }

    /**
     * Says that a message is processed, and waits until that is durable. Many threads that do so at once share the work of the disk. Of
     * QoS 0 nothing is to be said, and nothing is done.
     *
     * @param message that was handed over.
     * @return what became of it.
     * @throws InterruptedException if the thread is interrupted; it may become durable.
     */
    public AcknowledgeOutcome acknowledge(final Delivered message) throws InterruptedException {
        return message.qos() == QualityOfService.AT_MOST_ONCE
                ? AcknowledgeOutcome.DURABLE
                : acknowledge(message.producer(), message.index(), FOREVER);
    }

    /**
     * Says that a message of QoS 1 or 2 is processed, and waits until that is durable.
     *
     * @param producer as in {@link Delivered#producer()}.
     * @param index as in {@link Delivered#index()}.
     * @param timeout longest wait.
     * @return what became of it.
     * @throws InterruptedException if the thread is interrupted; it may become durable.
     */
    public AcknowledgeOutcome acknowledge(final int producer, final long index, final Duration timeout)
            throws InterruptedException {
        return core.acknowledge(producer, index, timeout);
    }

    /**
     * Says that a message of QoS 1 or 2 is processed, without waiting: {@link AcknowledgeListener} is told of the end. Allocates nothing.
     *
     * @param producer as in {@link Delivered#producer()}.
     * @param index as in {@link Delivered#index()}.
     * @param correlationId for the listener.
     * @return {@link SendResult#SENT} if the subscriber's thread will take it; {@link SendResult#BACK_PRESSURED} if too many
     *     wait for it; {@link SendResult#CLOSED}.
     */
    public SendResult tryAcknowledge(final int producer, final long index, final long correlationId) {
        return core.tryAcknowledge(producer, index, correlationId);
    }

    /**
     * Waits for messages, lets a handler write a result for each, and makes result and acknowledgement durable as one record: after a
     * crash there are both or none. So each message of QoS 1 and 2 has one result, whatever happens; of QoS 0 the result alone is
     * stored. Returns when all of the call are durable; while the disk is full it waits.
     *
     * @param handler writes the results; must not receive.
     * @param limit most messages of this call; their results are kept in memory until they are durable.
     * @param timeout longest wait for the first.
     * @return how many results are durable; 0 when the time is over, {@link #CLOSED} when the subscriber is closed. If it is closed
     *     meanwhile, those that are not counted come again.
     * @throws io.sluicemq.journal.JournalException if the disk failed: the subscriber has stopped.
     * @throws InterruptedException if the thread is interrupted; results of messages that were handed over may become durable.
     */
    public int receiveAndAppend(final AppendingHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        return core.receiveAndAppend(handler, limit, timeout);
    }

    /**
     * Reads the results, from the oldest that was not released. They are kept until {@link #releaseResults}, and take room of the inbox.
     *
     * @return a reader, for one thread, to be closed.
     */
    public ResultReader results() {
        return core.results();
    }

    /**
     * Lets go of results, so that their room can be used.
     *
     * @param upTo position of the last one that is needed no more.
     * @throws IllegalStateException if the subscriber is closed.
     * @throws InterruptedException if the thread is interrupted.
     */
    public void releaseResults(final long upTo) throws InterruptedException {
        core.releaseResults(upTo);
    }

    /**
     * Which host has a number.
     *
     * @param number as in {@link Delivered#producer()}.
     * @return the id of the host's journal; empty if there is none of that number.
     * @throws IllegalStateException if the subscriber is closed.
     * @throws InterruptedException if the thread is interrupted.
     */
    public Optional<UUID> producer(final int number) throws InterruptedException {
        return Optional.ofNullable(core.producer(number));
    }

    /**
     * Counts since the open.
     *
     * @return a snapshot.
     */
    public SubscriberStats stats() {
        return core.stats();
    }

    /**
     * Ends within a time: wakes all that wait, makes durable what was acknowledged, says good-bye to the hosts, whose sessions stay.
     * Twice is once.
     *
     * @param timeout longest wait.
     * @return whether all ended in time; if not, it ends soon by itself, and the directory is in use until then.
     */
    public boolean close(final Duration timeout) {
        return core.close(timeout);
    }

    /** Closes within five seconds. */
    @Override
    public void close() {
        core.close(CLOSE_TIMEOUT);
    }
}
