package io.sluicemq.durable;

import io.sluicemq.Context;
import io.sluicemq.durable.core.Host;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Publishes messages that subscribers get once they are there, be it after a crash of either side. It hosts the log of its topics and the
 * sessions of its subscribers in a journal of its own; there is no broker.
 *
 * <p>Any thread may call any method. One thread of its own, the host's thread, does all work on files and connections.
 */
public final class DurablePublisher implements AutoCloseable {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Host host;

    private DurablePublisher(final Host host) {
        this.host = host;
    }

    /**
     * Opens a publisher with default options.
     *
     * @param context that makes its sockets, to be closed after it.
     * @param directory of its journal, made if it is not there.
     * @return the publisher, which knows the sessions and messages of before.
     * @throws io.sluicemq.journal.JournalException if the journal cannot be opened; the text says why and what to do.
     * @throws IllegalStateException if the JVM lacks a flag.
     */
    public static DurablePublisher open(final Context context, final Path directory) {
        return open(context, directory, DurablePublisherOptions.DEFAULTS);
    }

    /**
     * Opens a publisher.
     *
     * @param context that makes its sockets, to be closed after it.
     * @param directory of its journal, made if it is not there.
     * @param options of the publisher.
     * @return the publisher, which knows the sessions and messages of before.
     * @throws io.sluicemq.journal.JournalException if the journal cannot be opened; the text says why and what to do.
     * @throws IllegalStateException if the JVM lacks a flag.
     */
    public static DurablePublisher open(
            final Context context, final Path directory, final DurablePublisherOptions options) {
        return new DurablePublisher(Host.open(context, directory, options));
    }

    /**
     * Listens for subscribers. May be called for any number of endpoints.
     *
     * @param endpoint of any transport, such as {@code tcp://*:5555}.
     * @return the endpoint as resolved.
     * @throws IllegalArgumentException when the endpoint is wrong; the text shows the grammar.
     * @throws IllegalStateException when it cannot be bound, or the publisher is closed.
     */
    public String bind(final String endpoint) {
        return host.bind(endpoint);
    }

    /**
     * Who this is: with the index of a message it names that message for ever.
     *
     * @return the id of the journal.
     */
    public UUID producerId() {
        return host.producer();
    }

    /**
     * Publishes a message, and waits until it is as durable as the options say.
     *
     * @param topic of the message, without wildcards.
     * @param buffer holds the payload; copied.
     * @param offset of the payload, in bytes.
     * @param length of the payload, in bytes.
     * @param options how.
     * @return what became of it.
     * @throws IllegalArgumentException when the topic is none, or the message too long for the journal.
     * @throws InterruptedException when interrupted while it waits; the message may be published all the same.
     */
    public PublishResult publish(
            final String topic,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final PublishOptions options)
            throws InterruptedException {
        return host.publish(topic, buffer, offset, length, options);
    }

    /**
     * Publishes a text in UTF-8, see {@link #publish(String, DirectBuffer, int, int, PublishOptions)}.
     *
     * @param topic of the message, without wildcards.
     * @param text the payload.
     * @param options how.
     * @return what became of it.
     * @throws InterruptedException when interrupted while it waits; the message may be published all the same.
     */
    public PublishResult publish(final String topic, final String text, final PublishOptions options)
            throws InterruptedException {
        return publish(topic, text.getBytes(StandardCharsets.UTF_8), options);
    }

    /**
     * Publishes bytes, see {@link #publish(String, DirectBuffer, int, int, PublishOptions)}.
     *
     * @param topic of the message, without wildcards.
     * @param payload copied.
     * @param options how.
     * @return what became of it.
     * @throws InterruptedException when interrupted while it waits; the message may be published all the same.
     */
    public PublishResult publish(final String topic, final byte[] payload, final PublishOptions options)
            throws InterruptedException {
        return publish(topic, new UnsafeBuffer(payload), 0, payload.length, options);
    }

    /**
     * Publishes a message without waiting. {@link DurablePublisherOptions.Builder#listener} is told when it is as durable as the options
     * say, or why it is not; while the publisher ends, maybe on this thread before this returns.
     *
     * @param topic of the message, without wildcards.
     * @param buffer holds the payload; copied.
     * @param offset of the payload, in bytes.
     * @param length of the payload, in bytes.
     * @param options how.
     * @param correlationId comes back with the listener's call.
     * @return {@link PublishOutcome#PUBLISHED} when the message was taken, {@link PublishOutcome#BACK_PRESSURED} when the host's thread
     *     has enough to do, {@link PublishOutcome#CLOSED} or {@link PublishOutcome#FAILED}.
     * @throws IllegalArgumentException when the topic is none, or the message too long for the journal.
     */
    public PublishOutcome offer(
            final String topic,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final PublishOptions options,
            final long correlationId) {
        return host.offer(topic, buffer, offset, length, options, correlationId);
    }

    /**
     * Waits until subscribers have a message for good: QoS 2 in their inboxes, at the level they ask for; QoS 1 processed, as it has no
     * inbox.
     *
     * @param index of the message, from {@link PublishResult#index()}.
     * @param sessions how many are to have it, of those whose subscriptions match; shared ones do not count.
     * @param timeout longest wait.
     * @return false when the time is over, or the publisher is closed.
     * @throws IllegalArgumentException when no such message is in the log: it never was, or the log has let go of it, as its retention
     *     allows once each session that wanted it has it. How many those were is not known any more.
     * @throws InterruptedException when interrupted while it waits.
     */
    public boolean awaitStored(final long index, final int sessions, final Duration timeout)
            throws InterruptedException {
        return host.await(index, false, sessions, timeout);
    }

    /**
     * Waits until subscribers' applications have processed a message; of QoS 2, also those of QoS 2 before it.
     *
     * @param index of the message, from {@link PublishResult#index()}.
     * @param sessions how many are to have processed it, of those whose subscriptions match; shared ones do not count.
     * @param timeout longest wait.
     * @return false when the time is over, or the publisher is closed.
     * @throws IllegalArgumentException when no such message is in the log: it never was, or the log has let go of it, as its retention
     *     allows once each session that wanted it has it. How many those were is not known any more.
     * @throws InterruptedException when interrupted while it waits.
     */
    public boolean awaitProcessed(final long index, final int sessions, final Duration timeout)
            throws InterruptedException {
        return host.await(index, true, sessions, timeout);
    }

    /**
     * The sessions that this publisher keeps, such as to find out for whom the journal grows.
     *
     * @return a snapshot in the order of their names; empty if the publisher is closed.
     * @throws InterruptedException when interrupted while it waits for the host's thread.
     */
    public List<PublisherSession> sessions() throws InterruptedException {
        return host.sessions();
    }

    /**
     * Ends a session for good: its subscriptions and what it has not had yet are forgotten, its connection ends. The subscriber may connect
     * anew, and then begins without anything of before.
     *
     * @param name of the session.
     * @return whether there was one; then its end is synced to the disk, unless the journal is full.
     * @throws InterruptedException when interrupted while it waits for the host's thread; the session may end all the same.
     */
    public boolean endSession(final String name) throws InterruptedException {
        return host.endSession(name);
    }

    /**
     * What was counted since the publisher was opened.
     *
     * @return a snapshot.
     */
    public DurablePublisherStats stats() {
        return host.stats();
    }

    /**
     * Closes in order: what was taken before is published, subscribers are told, the journal is synced.
     *
     * @param timeout longest wait.
     * @return whether all that was done in this time; else it goes on.
     */
    public boolean close(final Duration timeout) {
        return host.close(timeout);
    }

    /** Closes in order, and waits up to ten seconds. */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }
}
