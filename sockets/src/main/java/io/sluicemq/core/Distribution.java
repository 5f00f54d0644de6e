package io.sluicemq.core;

import io.sluicemq.DropCause;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.MessageRing;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Takes messages out of a publisher's ring, a batch at a time, and goes from subscriber to subscriber with it. To one for whom
 * nothing waits the messages go at once, as they lie in the batch; to another by its outlet, and if that is full they are
 * dropped, or with {@code noDrop} waited with. Agent only.
 */
final class Distribution implements Departures {
    private final SocketCore socket;
    private final Topics topics;
    private final Subscribers subscribers;
    private final MessageRing ring;
    private final boolean noDrop;

    /** What waits is replaced by what is newer, so nothing passes by the outlet. */
    private final boolean conflates;

    private final MessageHandler toBatch = this::toBatch;
    private final PublishedBatch batch = new PublishedBatch();
    private Matches matches = new Matches();

    /** With noDrop: subscribers that are full, and from which message of which run on they lack the batch. */
    private Pipe[] waiting = new Pipe[8];

    private int[] waitingRun = new int[8];
    private int[] waitingMessage = new int[8];
    private int waitingCount;

    /** With noDrop: a message that goes by no batch is the first in the ring, and a subscriber of it is full. */
    private boolean largeWaits;

    // Which message the subscriber at hand gets next; no run if it has them all.
    private int atRun;
    private int atMessage;

    private boolean draining;
    private boolean parked;
    private Runnable whenDrained;

    // Since the last account.
    private long sent;
    private long sentBytes;
    private long overMark;
    private long withoutPeer;

    Distribution(
            final SocketCore socket,
            final Topics topics,
            final Subscribers subscribers,
            final MessageRing ring,
            final boolean noDrop) {
        this.socket = socket;
        this.topics = topics;
        this.subscribers = subscribers;
        this.ring = ring;
        this.noDrop = noDrop;
        this.conflates = socket.options().conflate();
    }

    @Override
    public int drain() {
        if (draining) {
            // A callback of the application that sends.
            return 0;
        }
        draining = true;
        int taken = 0;
        try {
            if (goOn()) {
                batch.clear();
                largeWaits = false;
                taken = takeBatch();
            }
        } finally {
            draining = false;
        }
        account();
        return taken;
    }

    /** What was taken out of the ring goes to its subscribers also when taking the next one failed. */
    private int takeBatch() {
        try {
            return ring.poll(toBatch, PublishedBatch.MAX_MESSAGES);
        } finally {
            batch.seal();
            distribute();
        }
    }

    private void account() {
        if (sent > 0) {
            socket.counters().sent(sent, sentBytes);
            sent = 0;
            sentBytes = 0;
        }
        final long dropped = overMark;
        final long lost = withoutPeer;
        overMark = 0;
        withoutPeer = 0;
        if (dropped > 0) {
            socket.dropped(DropCause.HIGH_WATER_MARK, dropped);
        }
        if (lost > 0) {
            socket.dropped(DropCause.NO_PEER, lost);
        }
    }

    private boolean toBatch(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        topics.match(kind, buffer, offset, length, matches);
        if (matches.isEmpty()) {
            return true;
        }
        final int offered = MessageKind.withLaneTag(tag, kind);
        if (!PublishedBatch.fits(offered, length)) {
            return batch.isEmpty() && giveLarge(offered, buffer, offset, length);
        }
        final Matches free = batch.add(matches, offered, buffer, offset, length);
        if (free == null) {
            return false;
        }
        matches = free;
        return true;
    }

    private void distribute() {
        final Pipe[] pipes = subscribers.network();
        for (int i = 0; i < batch.slotCount(); i++) {
            final int slot = batch.slot(i);
            final Pipe pipe = Subscribers.at(pipes, slot);
            if (pipe != null) {
                giveOrDrop(pipe, batch.firstRun(slot));
            }
        }
    }

    /** Trouble with one subscriber, such as no memory for its ring, is not that of the others: it misses what it lacks. */
    private void giveOrDrop(final Pipe pipe, final int firstRun) {
        try {
            give(pipe, firstRun);
        } catch (final Throwable e) {
            dropRest(pipe, e);
        }
    }

    private void give(final Pipe pipe, final int firstRun) {
        int run = firstRun;
        int message = batch.runFrom(run);
        at(run, message);
        if (!conflates && !noDrop && pipe.path().hasRings()) {
            giveRings(pipe, run, message);
            return;
        }
        if (!conflates && pipe.isClear() && !(batch.hasLanes() && pipe.path().hasRings())) {
            int taken = 0;
            boolean all = true;
            while (all && run != PublishedBatch.NONE) {
                final int from = batch.runFrom(run);
                final int to = batch.runTo(run);
                final int start = batch.start(from);
                message = from + pipe.offerBatch(batch.block(), start, batch.end(to - 1) - start, to - from);
                taken += message - from;
                sentBytes += pipe.path().isShared() ? 0 : batch.contentBytes(from, message);
                all = message == to;
                if (all) {
                    run = batch.nextRun(run);
                    message = run == PublishedBatch.NONE ? 0 : batch.runFrom(run);
                }
                at(run, message);
            }
            pipe.carrier().flush();
            if (!pipe.path().isShared()) {
                pipe.record().addSent(taken);
                sent += taken;
            }
        }
        if (run != PublishedBatch.NONE) {
            enqueue(pipe, run, message);
        }
    }

    /** To a peer with lanes: what finds the ring of one full is dropped, and the others get theirs. */
    private void giveRings(final Pipe pipe, final int firstRun, final int firstMessage) {
        drainBefore(pipe);
        int message = firstMessage;
        for (int run = firstRun; run != PublishedBatch.NONE; run = batch.nextRun(run)) {
            message = run == firstRun ? message : batch.runFrom(run);
            for (; message < batch.runTo(run); message++) {
                at(run, message);
                final boolean taken = pipe.offer(
                        null, batch.kind(message), batch.block(), batch.bodyAt(message), batch.bodyLength(message));
                if (!taken) {
                    drop(pipe, 1);
                }
            }
        }
        at(PublishedBatch.NONE, 0);
        pipe.path().showQueued();
    }

    /** While something waits in the outlet, rings take nothing. */
    private static void drainBefore(final Pipe pipe) {
        boolean more = !pipe.outlet().isEmpty();
        while (more) {
            more = pipe.drain() > 0 && !pipe.outlet().isEmpty();
        }
    }

    private void enqueue(final Pipe pipe, final int firstRun, final int firstMessage) {
        final MessageRing outlet = pipe.outlet();
        int run = firstRun;
        int message = firstMessage;
        at(run, message);
        boolean full = false;
        while (!full && run != PublishedBatch.NONE) {
            final int to = batch.runTo(run);
            while (message < to && offer(outlet, message)) {
                message++;
                at(run, message);
            }
            if (message < to) {
                full = isFull(pipe, run, message);
                message++;
                at(run, message);
            }
            if (!full && message == to) {
                run = batch.nextRun(run);
                message = run == PublishedBatch.NONE ? 0 : batch.runFrom(run);
            }
        }
        at(PublishedBatch.NONE, 0);
        outlet.signal();
        pipe.path().showQueued();
    }

    /** How far the subscriber at hand has got. */
    private void at(final int run, final int message) {
        atRun = run;
        atMessage = message;
    }

    private void enqueueOrDrop(final Pipe pipe, final int run, final int message) {
        try {
            enqueue(pipe, run, message);
        } catch (final Throwable e) {
            dropRest(pipe, e);
        }
    }

    private void dropRest(final Pipe pipe, final Throwable cause) {
        if (atRun != PublishedBatch.NONE) {
            drop(pipe, batch.messagesFrom(atRun, atMessage));
        }
        socket.agent().onError(cause);
    }

    private boolean offer(final MessageRing outlet, final int message) {
        return outlet.offerQuietly(
                null, batch.kind(message), batch.block(), batch.bodyAt(message), batch.bodyLength(message));
    }

    /** A message found no room; returns false if a shorter one may. */
    private boolean isFull(final Pipe pipe, final int run, final int message) {
        final MessageRing outlet = pipe.outlet();
        if (noDrop && pipe.isOpen() && !outlet.isClosed()) {
            await(pipe, run, message);
            return true;
        }
        final boolean full = !outlet.hasRoom();
        drop(pipe, full ? batch.messagesFrom(run, message) : 1);
        return full;
    }

    private void drop(final Pipe pipe, final int messages) {
        pipe.record().addDropped(messages);
        if (pipe.isClosed()) {
            withoutPeer += messages;
        } else {
            overMark += messages;
        }
    }

    private void await(final Pipe pipe, final int run, final int message) {
        if (waitingCount == waiting.length) {
            waiting = Arrays.copyOf(waiting, waitingCount * 2);
            waitingRun = Arrays.copyOf(waitingRun, waitingCount * 2);
            waitingMessage = Arrays.copyOf(waitingMessage, waitingCount * 2);
        }
        waiting[waitingCount] = pipe;
        waitingRun[waitingCount] = run;
        waitingMessage[waitingCount++] = message;
        // Nobody but this agent makes room there, so it cannot come in between.
        pipe.outlet().requestSpace();
    }

    /** Gives the rest of the batch to those who were full; true when nobody is any more. */
    private boolean goOn() {
        final int count = waitingCount;
        waitingCount = 0;
        for (int i = 0; i < count; i++) {
            final Pipe pipe = waiting[i];
            waiting[i] = null;
            // Who is full again is put at or before this place.
            enqueueOrDrop(pipe, waitingRun[i], waitingMessage[i]);
        }
        return waitingCount == 0;
    }

    /** A message that is not worth a copy in between: each subscriber's outlet gets its own. */
    private boolean giveLarge(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Pipe[] pipes = subscribers.network();
        final int count = matches.count();
        if (noDrop && !haveRoom(pipes, count, length)) {
            largeWaits = true;
            return false;
        }
        for (int i = 0; i < count; i++) {
            final Pipe pipe = Subscribers.at(pipes, matches.slot(i));
            if (pipe != null && !enqueueLarge(pipe, kind, buffer, offset, length)) {
                drop(pipe, 1);
            }
        }
        return true;
    }

    private boolean enqueueLarge(
            final Pipe pipe, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final boolean clear = pipe.isClear();
        boolean taken = false;
        try {
            if (!noDrop && !conflates && pipe.path().hasRings()) {
                drainBefore(pipe);
                return pipe.offer(null, kind, buffer, offset, length);
            }
            taken = pipe.outlet().offerQuietly(null, kind, buffer, offset, length);
            if (taken) {
                pipe.outlet().signal();
            }
            if (taken && clear) {
                // Now rather than later, so that not all of them hold a copy at the same time.
                pipe.drain();
            }
        } catch (final Throwable e) {
            socket.agent().onError(e);
        }
        return taken;
    }

    private boolean haveRoom(final Pipe[] pipes, final int count, final int length) {
        for (int i = 0; i < count; i++) {
            final Pipe pipe = Subscribers.at(pipes, matches.slot(i));
            if (pipe != null && pipe.isOpen() && !pipe.outlet().hasRoom(length)) {
                pipe.outlet().requestSpace();
                return false;
            }
        }
        return true;
    }

    /** Drains what waits now, unless a subscriber is to be waited for. */
    void catchUp() {
        long left = draining ? 0 : ring.size();
        while (left > 0 && !isBlocked()) {
            final int taken = drain();
            left = taken == 0 ? 0 : left - taken;
        }
    }

    @Override
    public boolean isBlocked() {
        return waitingCount > 0 || largeWaits;
    }

    @Override
    public void park() {
        parked = true;
    }

    /** Who was full may have room. */
    void resume() {
        if (parked) {
            parked = false;
            socket.agent().activate(ring);
        }
    }

    /** Calls back when nothing waits any more. */
    void finish(final Runnable callback) {
        whenDrained = callback;
        finish();
    }

    @Override
    public boolean isFinishing() {
        return whenDrained != null;
    }

    @Override
    public void finish() {
        if (!isBlocked() && ring.isEmpty()) {
            final Runnable callback = whenDrained;
            whenDrained = null;
            callback.run();
        }
    }

    /** Takes out all that waits; returns how many messages that is, one for each subscriber. */
    long abandon() {
        whenDrained = null;
        long left = 0;
        for (int i = 0; i < waitingCount; i++) {
            left += left(waiting[i], batch.messagesFrom(waitingRun[i], waitingMessage[i]));
            waiting[i] = null;
        }
        waitingCount = 0;
        largeWaits = false;
        final long[] inRing = new long[1];
        ring.poll(
                (tag, kind, buffer, offset, length) -> {
                    topics.match(kind, buffer, offset, length, matches);
                    for (int i = 0; i < matches.count(); i++) {
                        final Pipe pipe = Subscribers.at(subscribers.network(), matches.slot(i));
                        inRing[0] += pipe == null ? 0 : left(pipe, 1);
                    }
                    return true;
                },
                Integer.MAX_VALUE);
        return left + inRing[0];
    }

    private static long left(final Pipe pipe, final int messages) {
        pipe.record().addDropped(messages);
        return messages;
    }
}
