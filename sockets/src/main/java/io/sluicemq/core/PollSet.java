package io.sluicemq.core;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Waits until one of several ports is ready. For one thread at a time. */
public final class PollSet {
    private final List<ReceivePort> receivers = new ArrayList<>();
    private final List<SendPort> senders = new ArrayList<>();
    private final List<SocketCore> sockets = new ArrayList<>();

    /**
     * Watches for messages to receive.
     *
     * @param socket to be watched.
     */
    public void addReceiver(final SocketCore socket) {
        receivers.add(socket.receivePort());
        sockets.add(socket);
    }

    /**
     * Watches for room to send.
     *
     * @param socket to be watched.
     */
    public void addSender(final SocketCore socket) {
        senders.add(socket.sendPort());
        sockets.add(socket);
    }

    /**
     * Watches a socket no more.
     *
     * @param socket that was watched.
     */
    public void remove(final SocketCore socket) {
        remove(receivers, socket.receivePort());
        remove(senders, socket.sendPort());
        remove(sockets, socket);
    }

    /** Takes out all that are this one; allocates nothing. */
    private static <T> void remove(final List<T> list, final T gone) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i) == gone) {
                list.remove(i);
            }
        }
    }

    /**
     * Waits until any watched port is ready, or a socket is closed.
     *
     * @param timeoutNs longest wait.
     * @return false when the time is over.
     * @throws InterruptedException when the thread is interrupted while it waits.
     */
    public boolean await(final long timeoutNs) throws InterruptedException {
        if (isReady()) {
            return true;
        }
        final long deadlineNs = Backoff.deadlineNs(timeoutNs);
        final long awakeUntilNs = Backoff.awakeUntilNs();
        int turn = 0;
        int parks = 0;
        while (!isReady()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while polling");
            }
            if (Backoff.isPast(deadlineNs)) {
                return false;
            }
            if (!invoke() && !lead(awakeUntilNs) && !Backoff.spinOrYield(turn++, awakeUntilNs)) {
                park(parks++, deadlineNs);
            }
        }
        return true;
    }

    private boolean invoke() {
        boolean invoked = false;
        for (int i = 0; i < sockets.size(); i++) {
            final SocketCore socket = sockets.get(i);
            if (socket.agent().isInvoked()) {
                socket.agent().invoke();
                invoked = true;
            }
        }
        return invoked;
    }

    /** Does the I/O that it waits for, a turn of each agent; returns whether that brought anything. */
    private boolean lead(final long awakeUntilNs) {
        if (!Backoff.mayLead(awakeUntilNs)) {
            return false;
        }
        int work = 0;
        IoAgent last = null;
        for (int i = 0; i < sockets.size(); i++) {
            final SocketCore socket = sockets.get(i);
            final IoAgent agent = socket.agent();
            if (agent != last && socket.inlet().hasNetworkPeers()) {
                last = agent;
                work += agent.duty().leadToReceive();
            }
        }
        return work > 0;
    }

    private boolean isReady() {
        for (int i = 0; i < receivers.size(); i++) {
            if (receivers.get(i).hasMessages()) {
                return true;
            }
        }
        for (int i = 0; i < senders.size(); i++) {
            if (senders.get(i).canSend()) {
                return true;
            }
        }
        for (int i = 0; i < sockets.size(); i++) {
            if (sockets.get(i).isClosed()) {
                return true;
            }
        }
        return false;
    }

    // With loops over numbers: it allocates nothing.
    private void park(final int parks, final long deadlineNs) {
        final Thread self = Thread.currentThread();
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).waiters().add(self);
        }
        for (int i = 0; i < senders.size(); i++) {
            senders.get(i).waiters().add(self);
        }
        int asleep = 0;
        try {
            for (int i = 0; i < sockets.size(); i++) {
                sockets.get(i).agent().duty().asleep();
                asleep++;
            }
            boolean quiet = true;
            for (int i = 0; i < receivers.size(); i++) {
                quiet &= receivers.get(i).prepareToSleep();
            }
            for (int i = 0; i < senders.size(); i++) {
                senders.get(i).requestSpace();
            }
            if (quiet && !isReady()) {
                LockSupport.parkNanos(this, Backoff.parkNs(parks, deadlineNs));
            }
        } finally {
            wakeUp(self, asleep);
        }
    }

    private void wakeUp(final Thread self, final int asleep) {
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).waiters().remove(self);
        }
        for (int i = 0; i < senders.size(); i++) {
            senders.get(i).waiters().remove(self);
        }
        for (int i = 0; i < asleep; i++) {
            sockets.get(i).agent().duty().awake();
        }
    }
}
