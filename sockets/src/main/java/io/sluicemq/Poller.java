package io.sluicemq;

import io.sluicemq.core.PollSet;
import io.sluicemq.core.Waits;
import java.time.Duration;

/**
 * Waits on many sockets at once.
 *
 * <pre>{@code
 * Poller poller = new Poller();
 * poller.addReceiver(orders);
 * poller.addReceiver(control);
 * while (poller.poll(Duration.ofSeconds(1))) {
 *     if (poller.canReceive(control)) { ... }
 *     if (poller.canReceive(orders)) { ... }
 * }
 * }</pre>
 *
 * <p>It is level-triggered: a socket stays ready as long as it has messages or room. For one thread at a time; the sockets may
 * be used by others meanwhile, so a ready one may turn out empty. A socket that is closed makes the wait end at once, and is to
 * be removed.
 */
public final class Poller {
    private final PollSet set = new PollSet();

    /** Makes a poller that watches nothing. */
    public Poller() {}

    /**
     * Watches a socket for messages.
     *
     * @param socket to be watched.
     * @return this.
     */
    public Poller addReceiver(final Receiver socket) {
        set.addReceiver(((Socket) socket).core());
        return this;
    }

    /**
     * Watches a socket for room to send.
     *
     * @param socket to be watched.
     * @return this.
     */
    public Poller addSender(final Sender socket) {
        set.addSender(((Socket) socket).core());
        return this;
    }

    /**
     * Watches a socket no more, in either way.
     *
     * @param socket that was watched.
     * @return this.
     */
    public Poller remove(final Socket socket) {
        set.remove(socket.core());
        return this;
    }

    /**
     * Waits until a watched socket is ready or closed.
     *
     * @param timeout longest wait; zero to look only.
     * @return false when the time is over and none is.
     * @throws InterruptedException when the thread is interrupted while it waits.
     */
    public boolean poll(final Duration timeout) throws InterruptedException {
        return set.await(Waits.nanos(timeout));
    }

    /**
     * Whether a receive would find a message. Any thread.
     *
     * @param socket watched or not.
     * @return true if it is worth a try.
     */
    public boolean canReceive(final Receiver socket) {
        return Ports.receive(socket).hasMessages();
    }

    /**
     * Whether a small message would be taken. Any thread.
     *
     * @param socket watched or not.
     * @return true if it is worth a try.
     */
    public boolean canSend(final Sender socket) {
        return Ports.send(socket).canSend();
    }
}
