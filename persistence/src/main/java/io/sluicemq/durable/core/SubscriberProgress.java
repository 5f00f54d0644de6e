package io.sluicemq.durable.core;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a subscriber knows of how far it has come with one host's messages: what is in the inbox, what the application has, what it has
 * processed. No I/O, no clock. The subscriber's thread.
 */
final class SubscriberProgress {
    /** What is to be done with a delivery. */
    enum Decision {
        /** QoS 2: it goes into the inbox, then {@link #onStored}. */
        STORE,

        /** QoS 1: it goes to the application. */
        HAND_OVER,

        /** It is here already. */
        DUPLICATE,

        /** Something that was sent before it did not come: the connection must end, and go on from where we are. */
        GAP
    }

    /** Beyond these, the oldest that an application never said it has processed are unknown again. */
    static final int MAX_LET_GO = 1 << 16;

    /** QoS 1 that the application has, or has processed. */
    private final IndexWindow handedOver = new IndexWindow();

    /** Processed before this process began, with others before them that were not. */
    private final TreeSet<Long> recoveredBeyond = new TreeSet<>();

    /** Handed over, not processed, and not to come again: the host does not keep them any more. */
    private final TreeSet<Long> letGo = new TreeSet<>();

    private long storedUpTo;

    /** The last message of QoS 1 or 2 of this connection, 0 for none. */
    private long lastReceived;

    /** From a record of the inbox: a message of QoS 2. */
    void recoverStored(final long index) {
        storedUpTo = Math.max(storedUpTo, index);
    }

    /**
     * From a record of an acknowledgement.
     *
     * @param index that was processed.
     * @param upTo up to where all were processed then.
     */
    void recoverProcessed(final long index, final long upTo) {
        recoveredBeyond.add(index);
        if (upTo > handedOver.doneUpTo()) {
            handedOver.reset(upTo);
        }
        recoveredBeyond.headSet(handedOver.doneUpTo(), true).clear();
    }

    /**
     * A connection begins; returns what the host is told.
     *
     * @param exactlyOnceUpTo up to where all of QoS 2 is processed.
     */
    Resume resume(final long exactlyOnceUpTo) {
        lastReceived = 0;
        return new Resume(storedUpTo, progress(exactlyOnceUpTo));
    }

    /**
     * How far the application has come.
     *
     * @param exactlyOnceUpTo up to where all of QoS 2 is processed.
     */
    Progress progress(final long exactlyOnceUpTo) {
        final long upTo = handedOver.doneUpTo();
        if (!recoveredBeyond.isEmpty()) {
            recoveredBeyond.headSet(upTo, true).clear();
        }
        if (!handedOver.hasEndedBeyond() && recoveredBeyond.isEmpty()) {
            return new Progress(upTo, List.of(), exactlyOnceUpTo);
        }
        final TreeSet<Long> beyond = new TreeSet<>(recoveredBeyond);
        for (final long each : handedOver.endedBeyond()) {
            beyond.add(each);
        }
        return new Progress(upTo, new ArrayList<>(beyond), exactlyOnceUpTo);
    }

    /** A message of QoS 1 or 2 has come. */
    Decision onDelivery(final long index, final long previous, final int qos) {
        if (previous != lastReceived || index <= previous) {
            return Decision.GAP;
        }
        lastReceived = index;
        if (qos == Qos.EXACTLY_ONCE) {
            return index <= storedUpTo ? Decision.DUPLICATE : Decision.STORE;
        }
        // What the application has from before a broken connection it still has.
        if (index <= handedOver.last() || isRecovered(index)) {
            return Decision.DUPLICATE;
        }
        handedOver.add(index, Qos.AT_LEAST_ONCE);
        return Decision.HAND_OVER;
    }

    private boolean isRecovered(final long index) {
        // The look-up makes an object.
        return !recoveredBeyond.isEmpty() && recoveredBeyond.contains(index);
    }

    /** All of QoS 2 that came up to an index is in the inbox. */
    void onStored(final long upTo) {
        storedUpTo = upTo;
    }

    long storedUpTo() {
        return storedUpTo;
    }

    /** Whether the application has a message of QoS 1, and has not said that it is processed. */
    boolean isHandedOver(final long index) {
        // The look-up makes an object.
        return handedOver.isWaiting(index) || (!letGo.isEmpty() && letGo.contains(index));
    }

    /** The application has processed a message of QoS 1; returns whether it had it, and had not said so before. */
    boolean onProcessed(final long index) {
        return handedOver.end(index) || (!letGo.isEmpty() && letGo.remove(index));
    }

    /** The last message that the host gave us, of any connection and process; its log cannot end before it. */
    long highest() {
        final long last = Math.max(storedUpTo, handedOver.last());
        return recoveredBeyond.isEmpty() ? last : Math.max(last, recoveredBeyond.last());
    }

    /** The host has no session of ours: what the application has of QoS 1 never comes again, and the host need not be told of it. */
    void onSessionLost() {
        letGo(0);
        recoveredBeyond.clear();
    }

    /**
     * What an honest host cannot wait for any more, since so many came after it: it lost it with a session, or let it expire. The host would
     * be told of ever more that is processed beyond it.
     *
     * @param receiveMaximum messages from the lowest that the host waits for to the last.
     */
    void letGo(final int receiveMaximum) {
        while (handedOver.size() > receiveMaximum) {
            final long first = handedOver.first();
            letGo.add(first);
            handedOver.end(first);
        }
        while (letGo.size() > MAX_LET_GO) {
            letGo.pollFirst();
        }
    }

    /** Up to where all of QoS 1 is processed. */
    long processedUpTo() {
        return handedOver.doneUpTo();
    }
}
