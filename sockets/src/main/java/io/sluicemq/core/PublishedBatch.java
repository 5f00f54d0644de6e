package io.sluicemq.core;

import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Messages on their way from a publisher to its network subscribers: their frames one behind the other, as they go to every
 * one of them, and for each subscriber the runs of neighbouring messages that it gets. For one thread.
 *
 * <p>Cost of adding a message: its copy, and a comparison with the matches of the one before. Only where these differ is the
 * run of each subscriber noted.
 */
final class PublishedBatch {
    static final int MAX_MESSAGES = 1024;
    static final int NONE = -1;

    /** A batch ends there, so that many subscribers with different topics do not take memory without a limit. */
    private static final int MAX_RUNS = 64 * 1024;

    /** Made with the first message, as most sockets never publish. */
    private UnsafeBuffer block;

    /** As they were offered. */
    private final int[] kinds = new int[MAX_MESSAGES];

    private final int[] bodyAt = new int[MAX_MESSAGES];
    private final int[] endAt = new int[MAX_MESSAGES];

    /** Bytes of content in all messages up to and with this one. */
    private final int[] contentTo = new int[MAX_MESSAGES];

    private int count;

    /** Whether the sender of any message has chosen its lane, of which {@link #block} tells nothing. */
    private boolean hasLanes;

    /** Who gets the messages from {@link #groupFrom} to the last one. */
    private Matches group = new Matches();

    private int groupFrom;

    /** Slots of those who get anything, and for each slot its first and last run. */
    private int[] slots = new int[Long.SIZE];

    private int slotCount;
    private int[] firstRun = new int[0];
    private int[] lastRun = new int[0];

    private int[] runFrom = new int[Long.SIZE];
    private int[] runTo = new int[Long.SIZE];
    private int[] nextRun = new int[Long.SIZE];
    private int runCount;

    /** Whether a message can go to many from here; else each of them needs a copy of its own. */
    static boolean fits(final int kind, final int length) {
        return framedLength(kind, length) <= Carrier.MAX_BATCH_BYTES;
    }

    private static long framedLength(final int kind, final int length) {
        return Frames.isSingle(kind) ? (long) FrameHeader.encodedLength(length) + length : length;
    }

    /**
     * Adds a message that {@link #fits}.
     *
     * @param matches who gets it; kept, in exchange for another object that is free to be used.
     * @return that object, or null when the batch is full.
     */
    Matches add(final Matches matches, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final int at = count == 0 ? 0 : endAt[count - 1];
        if (count == MAX_MESSAGES
                || runCount >= MAX_RUNS
                || at + framedLength(kind, length) > Carrier.MAX_BATCH_BYTES) {
            return null;
        }
        Matches free = matches;
        if (count == groupFrom || !matches.isSameAs(group)) {
            endGroup();
            free = group;
            group = matches;
        }
        if (block == null) {
            block = new UnsafeBuffer(ByteBuffer.allocateDirect(Carrier.MAX_BATCH_BYTES));
        }
        final int body = Frames.isSingle(kind) ? at + FrameHeader.put(block, at, 0, length) : at;
        block.putBytes(body, buffer, offset, length);
        kinds[count] = kind;
        hasLanes |= MessageKind.laneBits(kind) != 0;
        bodyAt[count] = body;
        endAt[count] = body + length;
        contentTo[count] = count == 0 ? length : contentTo[count - 1] + length;
        count++;
        return free;
    }

    /** No more messages are added: from now on, the runs can be read. */
    void seal() {
        endGroup();
    }

    private void endGroup() {
        if (count == groupFrom) {
            return;
        }
        final int matched = group.count();
        for (int i = 0; i < matched; i++) {
            addRun(group.slot(i));
        }
        groupFrom = count;
    }

    private void addRun(final int slot) {
        ensureSlot(slot);
        final int last = firstRun[slot] == NONE ? NONE : lastRun[slot];
        if (last != NONE && runTo[last] == groupFrom) {
            runTo[last] = count;
            return;
        }
        ensureRun();
        final int run = runCount++;
        runFrom[run] = groupFrom;
        runTo[run] = count;
        nextRun[run] = NONE;
        lastRun[slot] = run;
        if (last == NONE) {
            firstRun[slot] = run;
            slots[slotCount++] = slot;
        } else {
            nextRun[last] = run;
        }
    }

    private void ensureSlot(final int slot) {
        final int old = firstRun.length;
        if (slot >= old) {
            final int length = Math.max(slot + 1, Math.max(Long.SIZE, old * 2));
            firstRun = Arrays.copyOf(firstRun, length);
            lastRun = Arrays.copyOf(lastRun, length);
            slots = Arrays.copyOf(slots, length);
            Arrays.fill(firstRun, old, length, NONE);
        }
    }

    private void ensureRun() {
        if (runCount == runFrom.length) {
            runFrom = Arrays.copyOf(runFrom, runCount * 2);
            runTo = Arrays.copyOf(runTo, runCount * 2);
            nextRun = Arrays.copyOf(nextRun, runCount * 2);
        }
    }

    void clear() {
        for (int i = 0; i < slotCount; i++) {
            firstRun[slots[i]] = NONE;
        }
        slotCount = 0;
        runCount = 0;
        count = 0;
        hasLanes = false;
        groupFrom = 0;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether any message is on a lane that its sender has chosen. */
    boolean hasLanes() {
        return hasLanes;
    }

    /** How many subscribers get anything. */
    int slotCount() {
        return slotCount;
    }

    /** The slot of one of them, i from 0 to {@code slotCount() - 1}. */
    int slot(final int i) {
        return slots[i];
    }

    /** The first run of messages for a slot that gets any. */
    int firstRun(final int slot) {
        return firstRun[slot];
    }

    /** The run behind a run of the same slot, or {@link #NONE}. */
    int nextRun(final int run) {
        return nextRun[run];
    }

    /** Number of the first message of a run. */
    int runFrom(final int run) {
        return runFrom[run];
    }

    /** Number of the message behind a run. */
    int runTo(final int run) {
        return runTo[run];
    }

    /** Holds the messages, from 0 on, each as {@link MessageKind#FRAMES}. */
    UnsafeBuffer block() {
        return block;
    }

    /** Where a message starts, with its first frame's header. */
    int start(final int message) {
        return message == 0 ? 0 : endAt[message - 1];
    }

    /** Where a message ends. */
    int end(final int message) {
        return endAt[message];
    }

    /** As it was offered, with its lane. */
    int kind(final int message) {
        return kinds[message];
    }

    /** Where the content starts that is to go into a ring, under the message's kind. */
    int bodyAt(final int message) {
        return bodyAt[message];
    }

    int bodyLength(final int message) {
        return endAt[message] - bodyAt[message];
    }

    /** Content of the messages from one to the one before another, in bytes, as rings count it. */
    int contentBytes(final int from, final int to) {
        return to == from ? 0 : contentTo[to - 1] - (from == 0 ? 0 : contentTo[from - 1]);
    }

    /** How many messages a subscriber gets from this one on, which is in this run. */
    int messagesFrom(final int run, final int message) {
        int messages = runTo[run] - message;
        for (int next = nextRun[run]; next != NONE; next = nextRun[next]) {
            messages += runTo[next] - runFrom[next];
        }
        return messages;
    }
}
