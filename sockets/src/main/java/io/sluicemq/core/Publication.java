package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.SendResult;
import io.sluicemq.transport.MessageRing;
import io.sluicemq.transport.RingOptions;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;

/**
 * A publisher's way to its network subscribers: one ring, which sending threads write once for each message, and in which the
 * I/O agent looks who gets what. The agent never waits for a subscriber, so a sender that finds the ring full waits for the
 * agent only; with {@code noDrop}, the agent waits, and the ring stays full.
 *
 * <p>{@link #publish}, {@link #offer} and what asks for room: any thread. All else: agent.
 */
final class Publication {
    /** An agent that takes nothing for so long is held up by something else than subscribers. */
    private static final long MAX_WAIT_NS = 1_000_000_000L;

    private static final ThreadLocal<Matches> MATCHES = ThreadLocal.withInitial(Matches::new);

    private final SocketCore socket;
    private final Topics topics;
    private final Subscribers subscribers;
    private final MessageRing ring;
    private final Distribution distribution;

    /** Whether the agent listens to the ring, which it does from the first network subscriber on. */
    private boolean open;

    Publication(final SocketCore socket, final Topics topics, final Subscribers subscribers, final boolean noDrop) {
        this.socket = socket;
        this.topics = topics;
        this.subscribers = subscribers;
        final RingOptions options = socket.options().ringOptions();
        // Without noDrop the mark is a matter of each subscriber's own ring: this one is always being drained.
        ring = new MessageRing(
                new RingOptions(
                        options.ringBytes(),
                        options.maxLargeBytes(),
                        noDrop ? options.maxMessages() : 0,
                        options.singleProducer()),
                socket.context().buffers(),
                () -> socket.sendPort().waiters().signal());
        distribution = new Distribution(socket, topics, subscribers, ring, noDrop);
    }

    /** There is a network subscriber. */
    void open() {
        if (!open) {
            open = true;
            ring.attachment(distribution);
            ring.listener(socket.agent());
        }
    }

    /** Hands a message to the agent; false when there is no room. */
    boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (ring.offer(null, kind, buffer, offset, length)) {
            return true;
        }
        if (!socket.agent().isAgentThread()) {
            return false;
        }
        distribution.catchUp();
        return ring.offer(null, kind, buffer, offset, length);
    }

    /** After an {@link #offer}, without a lock: the sender may have to do the I/O, callbacks included. */
    void onOffered() {
        socket.agent().duty().onOffered();
    }

    /** Hands a message to the agent, and waits for it if need be; only where that must not be, the message is dropped. */
    SendResult publish(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (offer(kind, buffer, offset, length)) {
            onOffered();
            return SendResult.SENT;
        }
        // Two agents that wait for each other would never end.
        final boolean wait = !socket.context().isAnyAgentThread();
        final long untilNs = System.nanoTime() + MAX_WAIT_NS;
        final long awakeUntilNs = Backoff.awakeUntilNs();
        int turn = 0;
        while (wait && System.nanoTime() - untilNs < 0 && !ring.isClosed()) {
            if (ring.offer(null, kind, buffer, offset, length)) {
                onOffered();
                return SendResult.SENT;
            }
            letAgentWork(turn++, awakeUntilNs, length);
        }
        if (ring.isClosed()) {
            return SendResult.CLOSED;
        }
        drop(kind, buffer, offset, length);
        return SendResult.SENT;
    }

    @SuppressWarnings("ThreadPriorityCheck") // To yield is the point: the agent may need this core.
    private void letAgentWork(final int turn, final long awakeUntilNs, final int length) {
        final IoAgent agent = socket.agent();
        if (agent.isInvoked()) {
            if (agent.invoke() == 0) {
                Thread.yield();
            }
        } else if (!lead(awakeUntilNs) && !Backoff.spinOrYield(turn, awakeUntilNs)) {
            if (Thread.currentThread().isInterrupted()) {
                // Which would end each park at once, and is kept for the caller.
                Thread.yield();
            } else {
                park(length);
            }
        }
    }

    /** Does the fan-out itself that it waits for; returns whether that brought anything. */
    private boolean lead(final long awakeUntilNs) {
        return Backoff.mayLead(awakeUntilNs) && socket.agent().duty().leadToSend() > 0;
    }

    private void park(final int length) {
        final Thread self = Thread.currentThread();
        final WaitSet waiters = socket.sendPort().waiters();
        waiters.add(self);
        socket.agent().duty().asleep();
        try {
            ring.requestSpace();
            if (!ring.hasRoom(length)) {
                LockSupport.parkNanos(waiters, Backoff.parkNs(0, Long.MAX_VALUE));
            }
        } finally {
            socket.agent().duty().awake();
            waiters.remove(self);
        }
    }

    private void drop(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Matches matches = MATCHES.get();
        topics.match(kind, buffer, offset, length, matches);
        final Pipe[] pipes = subscribers.network();
        int dropped = 0;
        for (int i = 0; i < matches.count(); i++) {
            final Pipe pipe = Subscribers.at(pipes, matches.slot(i));
            if (pipe != null) {
                pipe.record().addDropped(1);
                dropped++;
            }
        }
        if (dropped > 0) {
            socket.dropped(DropCause.HIGH_WATER_MARK, dropped);
        }
    }

    boolean hasRoom() {
        return ring.hasRoom();
    }

    void requestSpace() {
        ring.requestSpace();
    }

    /** Messages that the agent has not looked at. */
    long size() {
        return ring.size();
    }

    /** A subscriber that may have been waited for has room, or is gone. */
    void resume() {
        distribution.resume();
    }

    /** Gives what was sent up to now to its subscribers, before one of them is ended. */
    void catchUp() {
        distribution.catchUp();
    }

    /** The net under the wake-up of the agent. */
    void lookAgain() {
        if (open) {
            ring.announceForgotten();
        }
    }

    /** Takes no more messages; calls back, at once or later, when each that came is with its subscribers. */
    void finish(final Runnable whenDrained) {
        ring.close();
        lookAgain();
        distribution.finish(whenDrained);
    }

    /** The time for that is over: returns how many messages, one for each subscriber, go nowhere. */
    long abandon() {
        ring.close();
        return distribution.abandon();
    }
}
