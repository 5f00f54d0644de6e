package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.wire.CommandReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the stream pipes of one driver share: the memory to read into and to gather in, and the turns that pipes have asked
 * for. One per driver; the driver calls {@link #poll} from its own poll and {@link #close} from its own close. Agent
 * thread.
 */
public final class StreamGroup implements AutoCloseable {
    final TransportContext context;
    final Chunks chunks = new Chunks();
    final CommandReader commands = new CommandReader();

    final UnsafeBuffer readBuffer = new UnsafeBuffer(ByteBuffer.allocateDirect(Chunks.MAX_BYTES));
    final ByteBuffer readBytes = readBuffer.byteBuffer();

    /** Messages on their way into one write. Holds those of one pipe at a time, {@link #gatherer}. */
    UnsafeBuffer gather = new UnsafeBuffer(ByteBuffer.allocateDirect(Chunks.MAX_BYTES));

    int gathered;
    Outbound gatherer;

    /** Scratch for writes of more than one buffer. */
    final ByteBuffer[] sources = new ByteBuffer[2];

    private final Runnable pollTask = this::poll;
    private final Set<StreamPipe> pipes = new HashSet<>();
    private List<StreamPipe> requested = new ArrayList<>();
    private List<StreamPipe> running = new ArrayList<>();

    /**
     * Makes an empty group, with 512 KiB of direct memory.
     *
     * @param context of the agent.
     */
    public StreamGroup(final TransportContext context) {
        this.context = context;
    }

    /**
     * Gives a turn to each pipe that asked for one, such as after {@link io.sluicemq.transport.Carrier#resumeReading()}.
     *
     * @return number of turns given.
     */
    public int poll() {
        if (requested.isEmpty()) {
            return 0;
        }
        final List<StreamPipe> batch = requested;
        requested = running;
        running = batch;
        final int count = batch.size();
        try {
            for (int i = 0; i < count; i++) {
                batch.get(i).onRequestedTurn();
            }
        } finally {
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
            pipe.abort(CloseReason.CLOSED_LOCALLY, "the driver was closed");
        }
    }

    void add(final StreamPipe pipe) {
        pipes.add(pipe);
    }

    void remove(final StreamPipe pipe) {
        pipes.remove(pipe);
    }

    void request(final StreamPipe pipe) {
        if (requested.isEmpty()) {
            // So that the agent does not go to sleep over it.
            context.schedule(context.nowNs(), pollTask);
        }
        requested.add(pipe);
    }
}
