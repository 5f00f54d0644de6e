package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.wire.CommandReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the stream pipes of one driver share: the memory to read into and to gather in, and the turns that pipes have asked
 * for. One per driver; the driver calls {@link #poll} from its own poll and {@link #close} from its own close. Agent
 * thread.
 */
public final class StreamGroup implements AutoCloseable {
    final TransportContext context;
    final Chunks chunks;
    final CommandReader commands = new CommandReader();

    final UnsafeBuffer readBuffer = new UnsafeBuffer(ByteBuffer.allocateDirect(Chunks.MAX_BYTES));
    final ByteBuffer readBytes = readBuffer.byteBuffer();

    /** Messages on their way into one write. Holds those of one pipe at a time, {@link #gatherer}. */
    UnsafeBuffer gather = new UnsafeBuffer(ByteBuffer.allocateDirect(Chunks.MAX_BYTES));

    int gathered;
    Outbound gatherer;

    /** Scratch for writes of more than one buffer. */
    final ByteBuffer[] sources = new ByteBuffer[2];

    /** A pipe that brought nothing in so many turns is left to the selector again. */
    private static final int MAX_FRUITLESS_TURNS = 256;

    /** So many reads in a row are worth the two system calls to take a pipe out of the selector and back. */
    private static final int MIN_READS_ALONE = 64;

    /** Memory of the batches that a publisher offers to one pipe after the other, as channels read it in place. */
    private ByteBuffer batchMemory;

    private ByteBuffer batchView;

    private final Runnable pollTask = this::poll;
    private final Set<StreamPipe> pipes = new HashSet<>();
    private List<StreamPipe> requested = new ArrayList<>();
    private List<StreamPipe> running = new ArrayList<>();

    /** The pipe that was read last. */
    private StreamPipe last;

    /** The pipe that alone brought bytes lately, and is read without asking the selector first; or null. */
    private StreamPipe busy;

    private int fruitlessTurns;

    /** Reads in a row that were of {@link #last}; from {@link #MIN_READS_ALONE} on the selector does not know of it. */
    private int readsAlone;

    /**
     * Makes an empty group, with 512 KiB of direct memory.
     *
     * @param context of the agent.
     */
    public StreamGroup(final TransportContext context) {
        this(context, new Chunks());
    }

    StreamGroup(final TransportContext context, final Chunks chunks) {
        this.context = context;
        this.chunks = chunks;
    }

    /**
     * Makes a pipe of a connected socket; {@link StreamPipe#start()} begins its handshake.
     *
     * @param stream in place of whose handler, if it was waited for, the pipe is registered.
     * @param channel the stream itself, or a layer round it.
     * @param end the socket's end.
     * @param listening true when the connection was accepted.
     * @return the pipe.
     * @throws IOException when the socket is closed.
     */
    public StreamPipe pipe(
            final SocketStream stream, final StreamChannel channel, final PipeEnd end, final boolean listening)
            throws IOException {
        final StreamPipe pipe = new StreamPipe(this, channel, end, listening);
        stream.key(context.register(stream.channel(), SelectionKey.OP_READ, pipe));
        return pipe;
    }

    /**
     * Gives a turn to each pipe that asked for one, such as after {@link io.sluicemq.transport.Carrier#resumeReading()}, and
     * reads from the pipe that alone was read lately.
     *
     * @return number of turns that brought something.
     */
    public int poll() {
        return (requested.isEmpty() ? 0 : giveTurns()) + (busy == null ? 0 : readBusy());
    }

    /**
     * Whether {@link #poll()} finds what most likely comes next by itself.
     *
     * @return true if the selector need not be asked in each turn.
     */
    public boolean isPolling() {
        return busy != null;
    }

    private int readBusy() {
        final StreamPipe pipe = busy;
        final int turns = ++fruitlessTurns;
        if (pipe.isDelivering()) {
            pipe.onReady(SelectionKey.OP_READ);
        }
        if (fruitlessTurns == 0) {
            return 1;
        }
        if (turns >= MAX_FRUITLESS_TURNS) {
            awaitEvents();
        }
        return 0;
    }

    /** The agent is to sleep: from now on the selector alone tells what comes. */
    public void awaitEvents() {
        if (readsAlone >= MIN_READS_ALONE && busy != null) {
            busy.channel.polled(false);
        }
        readsAlone = 0;
        busy = null;
    }

    /** Told by a pipe that read bytes. */
    void onBytesRead(final StreamPipe pipe) {
        if (pipe == last) {
            busy = pipe;
            fruitlessTurns = 0;
            if (++readsAlone == MIN_READS_ALONE) {
                pipe.channel.polled(true);
            }
        } else {
            last = pipe;
            awaitEvents();
        }
    }

    private int giveTurns() {
        final List<StreamPipe> batch = requested;
        requested = running;
        running = batch;
        final int count = batch.size();
        int begun = 0;
        try {
            while (begun < count) {
                batch.get(begun++).onRequestedTurn();
            }
        } finally {
            // Those behind one that throws have asked for a turn and not had it.
            for (int i = begun; i < count; i++) {
                request(batch.get(i));
            }
            batch.clear();
        }
        return count;
    }

    /**
     * Pipes that hold a connection, the ones in their handshake or at their end included.
     *
     * @return number of pipes.
     */
    public int pipeCount() {
        return pipes.size();
    }

    /** Aborts all pipes; each end is told. */
    @Override
    public void close() {
        for (final StreamPipe pipe : new ArrayList<>(pipes)) {
            pipe.abort(CloseReason.CLOSED_LOCALLY, "the context was closed");
        }
    }

    void add(final StreamPipe pipe) {
        pipes.add(pipe);
    }

    void remove(final StreamPipe pipe) {
        pipes.remove(pipe);
        last = pipe == last ? null : last;
        busy = pipe == busy ? null : busy;
    }

    /** Part of a batch as a channel can read it in place, or null. */
    @SuppressWarnings("ReferenceEquality") // equals would compare the content
    ByteBuffer batchView(final DirectBuffer buffer, final int offset, final int length) {
        final ByteBuffer memory = buffer.byteBuffer();
        if (memory == null || !memory.isDirect()) {
            return null;
        }
        if (memory != batchMemory) {
            batchMemory = memory;
            batchView = memory.duplicate();
        }
        final int start = buffer.wrapAdjustment() + offset;
        batchView.limit(start + length).position(start);
        return batchView;
    }

    void request(final StreamPipe pipe) {
        if (requested.isEmpty()) {
            // So that the agent does not go to sleep over it.
            context.schedule(context.nowNs(), pollTask);
        }
        requested.add(pipe);
    }
}
