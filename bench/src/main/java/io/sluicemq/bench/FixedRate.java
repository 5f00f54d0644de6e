package io.sluicemq.bench;

import java.nio.ByteOrder;
import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends at a fixed rate and times the echoes. Each message has its time, whether or not earlier ones are late, and carries it; a
 * stall counts for all messages that should have been sent meanwhile (no coordinated omission). For one thread.
 */
final class FixedRate {
    private static final double NS_PER_S = 1e9;

    private final Histogram timesNs = new Histogram(RoundTrips.LONGEST_NS, RoundTrips.DIGITS);
    private final Load load;
    private final double intervalNs;
    private final UnsafeBuffer message;
    private long startNs;
    private long sent;
    private long received;

    FixedRate(final PerfArguments run) {
        load = run.load();
        intervalNs = NS_PER_S / run.rate();
        message = new UnsafeBuffer(new byte[load.size()]);
    }

    /** Sends a message to the echo. */
    @FunctionalInterface
    interface Send {
        void send(UnsafeBuffer message) throws Exception;
    }

    /** Gives an echo to {@link #accept} if there is one, and says whether. */
    @FunctionalInterface
    interface Poll {
        boolean poll() throws Exception;
    }

    void run(final Send send, final Poll poll) throws Exception {
        startNs = System.nanoTime();
        while (received < load.total()) {
            if (sent < load.total() && System.nanoTime() - dueNs(sent) >= 0) {
                message.putLong(0, dueNs(sent++), ByteOrder.LITTLE_ENDIAN);
                send.send(message);
            } else if (!poll.poll()) {
                Idle.YIELD.idle();
            }
        }
        Figures.atFixedRate(timesNs);
    }

    void accept(final DirectBuffer buffer, final int offset, final int length) {
        final long dueNs = buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
        if (length != load.size() || dueNs != dueNs(received)) {
            throw new IllegalStateException("echo number=" + received + " is not what was sent, run it again");
        }
        if (received++ >= load.warmup()) {
            timesNs.recordValue(Math.min(RoundTrips.LONGEST_NS, System.nanoTime() - dueNs));
        }
    }

    private long dueNs(final long number) {
        return startNs + (long) (number * intervalNs);
    }
}
