package io.sluicemq.durable.core;

import io.sluicemq.durable.DeliveryHandler;
import io.sluicemq.durable.QualityOfService;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.JournalException;
import io.sluicemq.journal.JournalReader;
import io.sluicemq.journal.RecordHandler;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;

/**
 * Hands messages to the application: those that were in the inbox at the open first, then all in the order in which they came. Any
 * thread, one at a time.
 */
final class Receiving implements RecordHandler {
    /** Instead of a number of messages. */
    static final int CLOSED = -1;

    /** A wait begins anew after this, so that a wake-up that is late costs no more. */
    private static final long MAX_PARK_NS = TimeUnit.SECONDS.toNanos(1);

    /** Longest wait for an answer of the subscriber's thread, where the caller's own is shorter. */
    private static final long MIN_ANSWER_NS = TimeUnit.SECONDS.toNanos(1);

    /** Says whether a message still waits for its acknowledgement. */
    @FunctionalInterface
    interface Waits {
        /** As of now and later; empty if nobody answered in time. */
        Optional<Boolean> isWaiting(int producer, long index, long timeoutNs) throws InterruptedException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final HandOver handOver;
    private final JournalReader reader;
    private final DeliveredView view = new DeliveredView();
    private final boolean trustHostsMark;
    private final Waits waits;

    /** Of the journal: what was not processed at the open, and the place of the next. */
    private final long[] recovered;

    private int nextRecovered;

    /** Of the last record that was there at the open. */
    private final long recoveredEnd;

    /** Messages of QoS 2 that came after the open and were handed over. */
    private long read;

    private DeliveryHandler handler;
    private int handed;

    /** A copy of the message whose handler threw, which comes next, or null. */
    private DeliveredView returned;

    Receiving(final HandOver handOver, final Inbox inbox, final Durability level, final Waits waits) {
        this.handOver = handOver;
        this.waits = waits;
        reader = inbox.reader();
        recovered = inbox.recovered();
        recoveredEnd = inbox.state().endIndex();
        trustHostsMark = level != Durability.SYNCED;
    }

    int receive(final DeliveryHandler newHandler, final int limit, final long timeoutNs) throws InterruptedException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + ", limit=1 or more, take such a one");
        }
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("receive inside a handler, return from the handler first");
        }
        final long startNs = System.nanoTime();
        if (!lock.tryLock(timeoutNs, TimeUnit.NANOSECONDS)) {
            return 0;
        }
        try {
            while (true) {
                if (returned != null
                        && !handOver.isClosed()
                        && !passReturned(timeoutNs - (System.nanoTime() - startNs))) {
                    return 0;
                }
                final int messages = closedOr(newHandler, limit);
                final long leftNs = timeoutNs - (System.nanoTime() - startNs);
                if (messages != 0 || leftNs <= 0) {
                    return messages;
                }
                await(leftNs);
            }
        } finally {
            closeReaderIfClosed();
            lock.unlock();
        }
    }

    private int closedOr(final DeliveryHandler newHandler, final int limit) {
        if (!handOver.isClosed()) {
            return poll(newHandler, limit);
        }
        if (handOver.failure() != null) {
            throw new JournalException(
                    "the subscriber stopped, close it and open it again: " + handOver.failure(), handOver.failure());
        }
        return CLOSED;
    }

    /**
     * Looks whether the message whose handler threw is still to be handed over: what was acknowledged never comes again. False if nobody
     * said so in time.
     */
    private boolean passReturned(final long leftNs) throws InterruptedException {
        final Optional<Boolean> waiting =
                waits.isWaiting(returned.producer(), returned.index(), Math.max(leftNs, MIN_ANSWER_NS));
        if (waiting.isPresent() && !waiting.get()) {
            returned = null;
        }
        return waiting.isPresent();
    }

    private void await(final long leftNs) throws InterruptedException {
        handOver.beginWait();
        try {
            if (!isReady()) {
                LockSupport.parkNanos(this, Math.min(leftNs, MAX_PARK_NS));
            }
        } finally {
            handOver.endWait();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private boolean isReady() {
        return handOver.isClosed() || handOver.stored() > read || handOver.peek() != null;
    }

    private int poll(final DeliveryHandler newHandler, final int limit) {
        handler = newHandler;
        handed = 0;
        boolean removed = false;
        try {
            if (returned != null) {
                final DeliveredView again = returned;
                returned = null;
                hand(again);
            }
            while (handed < limit && nextRecovered < recovered.length) {
                readRecovered();
            }
            while (handed < limit) {
                // First, as what comes before these messages is in the queue by then.
                final long stored = handOver.stored();
                final HandOverEntry head = handOver.peek();
                if (head != null && head.storedBefore() <= read) {
                    removed = true;
                    hand(head);
                } else if (read < stored) {
                    readStored();
                } else {
                    break;
                }
            }
        } finally {
            if (removed) {
                handOver.wakeSubscriberIfBlocked();
            }
        }
        return handed;
    }

    private void hand(final HandOverEntry entry) {
        handOver.remove();
        if (handOver.isForgotten(entry.producer())) {
            handOver.recycle(entry);
            return;
        }
        try {
            entry.show(view);
            hand(view);
        } finally {
            handOver.recycle(entry);
        }
    }

    /** A message whose handler throws is neither lost nor passed over: it comes next. */
    private void hand(final DeliveredView message) {
        handed++;
        if (FaultPoints.HAND_OVER_BEGUN) {
            FaultPoints.pass();
        }
        try {
            handler.onDelivery(message);
        } catch (final RuntimeException | Error e) {
            if (message.qos() != QualityOfService.AT_MOST_ONCE) {
                returned = message.copy();
                returned.mark(true);
            }
            throw e;
        }
        if (FaultPoints.HANDED_OVER) {
            FaultPoints.pass();
        }
    }

    private void readRecovered() {
        final long index = recovered[nextRecovered];
        if (reader.position() < index) {
            final boolean otherSegment = reader.position() >>> Integer.SIZE != index >>> Integer.SIZE;
            if (otherSegment) {
                reader.seek(index);
            }
        }
        readOne();
    }

    private void readStored() {
        final long before = read;
        while (read == before) {
            readOne();
        }
    }

    private void readOne() {
        final long position = reader.position();
        if (reader.poll(this, 1) == 0 && reader.position() == position) {
            throw new JournalException(
                    "inbox index=" + position + " could not be read, close the subscriber and open it again");
        }
    }

    @Override
    public void onRecord(
            final long index,
            final long epochNs,
            final int type,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (!InboxRecords.isMessage(type)) {
            return;
        }
        final int producer = InboxRecords.producer(type);
        if (nextRecovered < recovered.length) {
            passRecovered(index);
            if (index > recoveredEnd) {
                // The rest was thrown away with its host. This one comes when it is told of.
                reader.seek(index);
                return;
            }
            if (nextRecovered == recovered.length || recovered[nextRecovered] != index) {
                return;
            }
            nextRecovered++;
            view.wrap(producer, true, buffer, offset, length);
        } else if (index <= recoveredEnd) {
            return;
        } else {
            read++;
            view.wrap(producer, false, buffer, offset, length);
            view.mark(trustHostsMark && view.isMarkedByHost());
        }
        if (!handOver.isForgotten(producer)) {
            hand(view);
        }
    }

    @Override
    public void onSkipped(final long fromIndex, final long toIndex) {
        passRecovered(toIndex + 1);
    }

    private void passRecovered(final long index) {
        while (nextRecovered < recovered.length && recovered[nextRecovered] < index) {
            nextRecovered++;
        }
    }

    /** After the end of the hand-over. A handler that runs now does so to its end, and its thread closes the reader. */
    void close(final long timeoutNs) throws InterruptedException {
        if (!lock.isHeldByCurrentThread() && lock.tryLock(timeoutNs, TimeUnit.NANOSECONDS)) {
            try {
                closeReaderIfClosed();
            } finally {
                lock.unlock();
            }
        }
    }

    private void closeReaderIfClosed() {
        if (handOver.isClosed()) {
            reader.close();
        }
    }
}
