package io.sluicemq.cli;

import io.sluicemq.FrameHandler;
import org.agrona.DirectBuffer;

/** Counts messages of one size and takes the time at the two that bound the measurement. For one thread. */
final class PerfSink implements FrameHandler {
    private final int size;
    private final long startAt;
    private final long endAt;
    private long received;
    private long startNs;
    private long endNs;

    PerfSink(final PerfRun run) {
        size = run.size();
        startAt = run.before();
        endAt = run.total();
    }

    @Override
    public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        if (length != size || more) {
            throw new CliException(
                    ExitCodes.FAILURE,
                    "messageBytes=" + length + (more ? " and more frames" : "") + ", limit=" + size
                            + ", give both sides the same SIZE");
        }
        received++;
        if (received == startAt) {
            startNs = System.nanoTime();
        } else if (received == endAt) {
            endNs = System.nanoTime();
        }
    }

    boolean isComplete() {
        return received >= endAt;
    }

    long left() {
        return endAt - received;
    }

    long elapsedNs() {
        return Math.max(1, endNs - startNs);
    }
}
