package io.sluicemq.durable.core;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * What the host knows of how far one session has come: which message is to be read next, which are on their way, what the subscriber
 * has said to have. No I/O, no clock. The host's thread.
 *
 * <p>The log is read in order from the {@link #cursor()}; {@link #decide} says of each matching record what is to be done. After a
 * broken connection the cursor goes back to the lowest message that the subscriber does not have.
 */
final class HostSession {
    /** What is to be done with a record that a session matches. */
    enum Decision {
        /** It is sent. */
        SEND,

        /** It is sent, and may have been sent before. */
        SEND_AGAIN,

        /** The subscriber has it. */
        SKIP
    }

    private final IndexWindow window = new IndexWindow();
    private int receiveMaximum;
    private boolean open;

    /** The next record to look at. */
    private long cursor;

    /** The last index that may have been sent on any connection. */
    private long sentUpTo;

    /** What went before on this connection, 0 for nothing. */
    private long previous;

    private long storedUpTo;
    private long processedUpTo;

    /** Further ones, ascending. */
    private long[] processedBeyond = new long[0];

    private int processedBeyondCount;
    private long processedExactlyOnceUpTo;

    /**
     * Begins with a session that was read from the log, or is new.
     *
     * @param position the lowest index that the subscriber may not have.
     * @param maybeSentUpTo last index that an earlier process may have sent, 0 for none.
     */
    HostSession(final long position, final long maybeSentUpTo) {
        cursor = position;
        sentUpTo = maybeSentUpTo;
        window.reset(position - 1);
    }

    /** A subscriber has connected and said where it is. */
    void onResume(final Resume resume, final int newReceiveMaximum) {
        final long position = position();
        open = true;
        receiveMaximum = newReceiveMaximum;
        storedUpTo = Math.max(storedUpTo, resume.storedUpTo());
        processedUpTo = Math.max(processedUpTo, resume.processed().upTo());
        setProcessedBeyond(resume.processed().beyond());
        processedExactlyOnceUpTo =
                Math.max(processedExactlyOnceUpTo, resume.processed().exactlyOnceUpTo());
        cursor = position;
        previous = 0;
        window.reset(position - 1);
    }

    /** The connection is gone. */
    void onDisconnected() {
        open = false;
    }

    /** Forgets what else was said to be processed, but for messages that were sent or that somebody asks for; a RESUME tells it anew. */
    void keepProcessed(final LongPredicate needed) {
        int kept = 0;
        for (int i = 0; i < processedBeyondCount; i++) {
            final long each = processedBeyond[i];
            if (window.contains(each) || needed.test(each)) {
                processedBeyond[kept++] = each;
            }
        }
        processedBeyond = Arrays.copyOf(processedBeyond, kept);
        processedBeyondCount = kept;
    }

    private void setProcessedBeyond(final List<Long> ascending) {
        processedBeyondCount = ascending.size();
        if (processedBeyond.length < processedBeyondCount) {
            processedBeyond = new long[processedBeyondCount];
        }
        for (int i = 0; i < processedBeyondCount; i++) {
            processedBeyond[i] = ascending.get(i);
        }
    }

    boolean isOpen() {
        return open;
    }

    /** Whether one more message of QoS 1 or 2 may be sent. */
    boolean hasRoom() {
        return open && window.size() < receiveMaximum;
    }

    /** Whether one more message may be sent when some others have been. */
    boolean hasRoomBehind(final int others) {
        return open && window.size() + others < receiveMaximum;
    }

    /** Index of the next record to look at. */
    long cursor() {
        return cursor;
    }

    /** The lowest index that the subscriber may not have: what is kept for it. */
    long position() {
        return window.isEmpty() ? cursor : window.doneUpTo() + 1;
    }

    /** Whether a message of QoS 2 that was for this session is in its inbox. */
    boolean hasStored(final long index) {
        return index <= storedUpTo;
    }

    /** Whether a message of QoS 1 that was for this session is processed. */
    boolean hasProcessed(final long index) {
        return index <= processedUpTo || Arrays.binarySearch(processedBeyond, 0, processedBeyondCount, index) >= 0;
    }

    /** Whether a message of QoS 2 that was for this session is processed, and all of QoS 2 before it. */
    boolean hasProcessedExactlyOnce(final long index) {
        return index <= processedExactlyOnceUpTo;
    }

    /** The last index that may have been sent on any connection. */
    long sentUpTo() {
        return sentUpTo;
    }

    /** Whether one more message would fill the window. */
    boolean isLastOfWindow() {
        return window.size() + 1 >= receiveMaximum;
    }

    /** Looks at a matching record of QoS 1 or 2 at the cursor or behind it. */
    Decision decide(final long index, final int qos) {
        final boolean there = qos == Qos.EXACTLY_ONCE ? index <= storedUpTo : hasProcessed(index);
        if (there) {
            return Decision.SKIP;
        }
        return index <= sentUpTo ? Decision.SEND_AGAIN : Decision.SEND;
    }

    /** What the next delivery says was sent before it on this connection, 0 for nothing. */
    long previous() {
        return previous;
    }

    /** A message was sent. */
    void onSent(final long index, final int qos) {
        window.add(index, qos);
        previous = index;
        sentUpTo = Math.max(sentUpTo, index);
        cursor = index + 1;
    }

    /** All records before an index have been looked at. */
    void onPassed(final long nextIndex) {
        cursor = Math.max(cursor, nextIndex);
    }

    /** The subscriber has all of QoS 2 up to an index in its inbox; returns how many that are news. */
    int onStored(final long upTo) {
        checkSent(upTo, "storedUpTo");
        storedUpTo = Math.max(storedUpTo, upTo);
        return window.endUpTo(upTo, Qos.EXACTLY_ONCE);
    }

    /** The application there has processed messages; returns how many of QoS 1 ended by it. */
    int onProcessed(final Progress progress) {
        checkSent(progress.upTo(), "processedUpTo");
        checkSent(progress.exactlyOnceUpTo(), "processedExactlyOnceUpTo");
        processedExactlyOnceUpTo = Math.max(processedExactlyOnceUpTo, progress.exactlyOnceUpTo());
        processedUpTo = Math.max(processedUpTo, progress.upTo());
        int ended = window.endUpTo(progress.upTo(), Qos.AT_LEAST_ONCE);
        for (int i = 0; i < progress.beyond().size(); i++) {
            final long each = progress.beyond().get(i);
            checkSent(each, "processedBeyond");
            ended += window.end(each) ? 1 : 0;
        }
        setProcessedBeyond(progress.beyond());
        return ended;
    }

    private void checkSent(final long index, final String name) {
        // Otherwise it could declare messages of the future as taken.
        if (index > sentUpTo) {
            throw new WireException(name + '=' + index + ", limit=" + sentUpTo + ", the last that was sent");
        }
    }
}
