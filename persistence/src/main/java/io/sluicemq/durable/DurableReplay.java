package io.sluicemq.durable;

import io.sluicemq.Context;
import io.sluicemq.durable.core.ReplayClient;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads messages of the past from a host's log ({@code DurablePublisher}), from an index or a time on, without a session and without files
 * of its own. It changes nothing at the host: nothing is acknowledged, and nothing is kept for it. When the connection breaks it goes on
 * behind the last message on the next one, so each message comes once and in order; what the host has deleted meanwhile, or dropped as
 * expired, does not come.
 *
 * <p>Messages come with the QoS they were published with, and need no acknowledgement. {@link Delivered#producer()} is 0.
 *
 * <pre>{@code
 * ReplayOptions lastHour = ReplayOptions.builder().filter("prices/#").fromTime(Instant.now().minusSeconds(3600)).build();
 * try (DurableReplay replay = DurableReplay.open(context, "tcp://127.0.0.1:5555", lastHour)) {
 *     while (replay.receive(message -> book(message.topic(), message.payload()), 100, Duration.ofSeconds(5)) > 0) {}
 *     remember(replay.nextIndex());
 * }
 * }</pre>
 *
 * <p>Any thread may call, one at a time: a second one waits. There is no thread of its own; messages are taken from the host while
 * {@code receive} is called, up to {@link ReplayOptions.Builder#creditMessages} ahead.
 */
public final class DurableReplay implements AutoCloseable {
    /** Result of {@link #receive(DeliveryHandler, int, Duration)}: nothing more comes. */
    public static final int OVER = -1;

    private final ReplayClient client;

    private DurableReplay(final ReplayClient client) {
        this.client = client;
    }

    /**
     * Begins a replay. Returns at once; the host need not be there yet.
     *
     * @param context makes the socket; to be closed after the replay.
     * @param endpoint of the host.
     * @param options of the replay.
     * @return the replay.
     * @throws IllegalArgumentException if the endpoint is wrong.
     */
    public static DurableReplay open(final Context context, final String endpoint, final ReplayOptions options) {
        return new DurableReplay(new ReplayClient(context, endpoint, options));
    }

    /**
     * Waits for messages and hands them over where they lie.
     *
     * @param handler gets each message; must not receive.
     * @param limit most messages of this call.
     * @param timeout longest wait for the first.
     * @return how many were handed over; 0 when the time is over, {@link #OVER} when all came or the replay is closed.
     * @throws IllegalStateException if the host refuses the replay for good, or another host answers at the endpoint than before.
     * @throws InterruptedException if the thread is interrupted while it waits; nothing was taken.
     */
    public int receive(final DeliveryHandler handler, final int limit, final Duration timeout)
            throws InterruptedException {
        return client.receive(handler, limit, timeout);
    }

    /**
     * Waits for a message.
     *
     * @param timeout longest wait.
     * @return a copy; null when the time is over or nothing more comes, see {@link #isOver()}.
     * @throws IllegalStateException if the host refuses the replay for good, or another host answers at the endpoint than before.
     * @throws InterruptedException if the thread is interrupted while it waits; nothing was taken.
     */
    public Delivered receive(final Duration timeout) throws InterruptedException {
        final Delivered[] copy = new Delivered[1];
        client.receive(message -> copy[0] = message.copy(), 1, timeout);
        return copy[0];
    }

    /**
     * Whether all messages came. Any thread.
     *
     * @return true when the host has said that there is no other one.
     */
    public boolean isOver() {
        return client.isOver();
    }

    /**
     * Where another replay, by {@link ReplayOptions.Builder#fromIndex}, goes on without a gap and without a double. Any thread.
     *
     * @return the index behind the last message that was handed over; when {@link #isOver()}, behind the last that was looked at. Of a
     *     replay by time that has not had a message, 0.
     */
    public long nextIndex() {
        return client.nextIndex();
    }

    /**
     * Whose log this is. Any thread.
     *
     * @return the id of the host's journal; empty as long as it has not answered.
     */
    public Optional<UUID> producer() {
        return Optional.ofNullable(client.producer());
    }

    /**
     * Why the last connection ended, if it did not end well. Any thread.
     *
     * @return a text; empty for none.
     */
    public String lastError() {
        return client.lastError();
    }

    /** Ends it, also while another thread waits in a receive. Twice is once. */
    @Override
    public void close() {
        client.close();
    }
}
