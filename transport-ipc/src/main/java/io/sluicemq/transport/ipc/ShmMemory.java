package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.Dropped;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.PipeOptions;
import io.sluicemq.transport.TransportContext;

/**
 * The mapped file of one connection with this process's ends of its rings, and when it may be unmapped: when neither senders nor
 * receivers will touch it again, which may be long after the connection. Agent, unless said.
 */
final class ShmMemory implements ShmReader.Owner {
    private final ShmConnection connection;
    private final TransportContext context;
    private final PipeEnd end;
    private final ShmFile file;
    private final ShmWriter writer;
    private final ShmReader reader;
    private final ShmCarrier carrier;

    private boolean writing = true;
    private long claimed;
    private boolean peerEnded;
    private boolean settled;
    private boolean readerDone;
    private boolean over;

    /** The peer has truncated the memory, and nothing here touches it. */
    private boolean gone;

    /**
     * Makes the ends of both rings.
     *
     * @param direction that this process writes; the peer writes the other one.
     */
    ShmMemory(
            final ShmConnection connection,
            final TransportContext context,
            final ShmFile file,
            final int direction,
            final Marks peer) {
        this.connection = connection;
        this.context = context;
        this.end = connection.end();
        this.file = file;
        final Marks ours = Marks.of(end);
        final PipeOptions options = end.options();
        this.writer = new ShmWriter(
                file.ring(direction),
                ours.towards(peer),
                end.outlet().isSingleProducer(),
                () -> connection.signal(ControlFrame.WAKE),
                text -> onBroken(new ReadFault(CloseReason.PROTOCOL_ERROR, text)));
        this.reader = new ShmReader(
                file.ring(1 - direction),
                new ReadLimits(0, peer.towards(ours), options.maxMessageBytes(), options.maxFrames()),
                context.buffers(),
                this);
        this.carrier = new ShmCarrier(connection, context.agent(), writer, reader);
    }

    ShmCarrier carrier() {
        return carrier;
    }

    ShmReader reader() {
        return reader;
    }

    /** Any thread. */
    @Override
    public void onBroken(final ReadFault fault) {
        context.agent().execute(() -> {
            if (!connection.breakOff(fault.reason(), fault.text()) && fault.isTooLarge()) {
                // Else the end for this reason counts it; but the connection was over by the time the message was read.
                end.onDropped(Dropped.UNKNOWN, 1);
            }
        });
    }

    /** Any thread. */
    @Override
    public void wakeWriter() {
        connection.signal(ControlFrame.ROOM);
    }

    /** Receiving thread. */
    @Override
    public void onConflated(final long messages) {
        end.onDropped(Dropped.CONFLATED, messages);
    }

    /** Receiving thread. */
    @Override
    public void onDone() {
        final long unknown = reader.unknownMessages();
        if (unknown > 0) {
            end.onDropped(Dropped.UNKNOWN, unknown);
        }
        context.agent().execute(() -> {
            readerDone = true;
            unmapIfUnused();
        });
    }

    /** Writes nothing more; returns how many messages were claimed in all. */
    long endWriting() {
        if (writing) {
            writing = false;
            try {
                claimed = writer.close();
            } catch (final InternalError e) {
                // The peer has truncated the file. Nobody can tell who is at the memory, so it is left to the
                // collector.
                claimed = ShmWriter.UNKNOWN;
            }
        }
        return claimed;
    }

    /**
     * Now and then: the net under a writer's look without a fence, and under an error that came too late.
     *
     * @return false if the peer has truncated the memory.
     */
    boolean lookAgain() {
        if (gone || file.isTruncated()) {
            return false;
        }
        reader.lookAgain();
        return true;
    }

    /**
     * Before an end is begun: if the peer has truncated the memory, nothing here touches it from now on. Nothing unmaps it either, but
     * the collector: an error that came inside of a call that unmaps would end the JVM. An error for an earlier touch of this thread comes
     * here, and not in the middle of the end.
     */
    void leaveIfGone() {
        LateErrors.settle();
        if (!gone && file.isTruncated()) {
            writing = false;
            claimed = ShmWriter.UNKNOWN;
            writer.abandon();
            reader.abandon();
            gone = true;
        }
    }

    /** For people. */
    String goneText() {
        return "the peer truncated the memory, limit=" + file.mappedBytes()
                + " bytes, let only processes connect that may destroy what they share";
    }

    /** Whether the socket has taken the ring to read, and so answers for what is in it. */
    boolean isRead() {
        return reader.hasListener();
    }

    /** Whether the peer said in order that it writes nothing more. */
    boolean hasPeerEnded() {
        return peerEnded;
    }

    /** The peer answers for what it has not taken: it takes or counts that. */
    void settle() {
        settled = true;
    }

    /** The peer writes nothing more; what it wrote is handed over still. */
    void onPeerEnd(final long peerClaimed) {
        peerEnded = true;
        reader.end(peerClaimed);
    }

    /**
     * The connection is over; returns how many messages the peer had not taken, and may have handed over all the same. Whatever is thrown, as
     * by memory that the peer has truncated, the reader ends: else its consumer would come back to that memory for ever.
     */
    long endConnection() {
        over = true;
        try {
            endWriting();
            return settled ? 0 : writer.waiting();
        } finally {
            try {
                endReading();
            } finally {
                file.stopWatching();
            }
        }
    }

    private void endReading() {
        if (!peerEnded) {
            reader.end(ShmReader.UNKNOWN);
        }
        if (!isRead()) {
            reader.discard();
        }
        unmapIfUnused();
    }

    private void unmapIfUnused() {
        // A sender that is stuck inside keeps the memory for good.
        if (over && readerDone && claimed != ShmWriter.UNKNOWN) {
            file.unmap();
        }
    }
}
