package io.sluicemq.cli;

import io.sluicemq.Receiver;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;

/** The four ends of a measurement, on the calls that allocate nothing. Each runs on one thread. */
final class PerfLoops {
    /** A call hands over what is there, up to this; large enough to make the call's own cost vanish. */
    private static final int BATCH = 256;

    /** A round trip that is longer counts as this long. */
    private static final long LONGEST_NS = 60_000_000_000L;

    private PerfLoops() {}

    static void push(final Sender push, final PerfRun run) throws InterruptedException {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[run.size()]);
        for (long left = run.total(); left > 0; left--) {
            requireSent(push.send(message, 0, run.size()));
        }
    }

    /** Time from the last message before the measured ones to the last. */
    static long pull(final Receiver pull, final PerfRun run) throws InterruptedException {
        final PerfSink sink = new PerfSink(run);
        while (!sink.isComplete()) {
            requireOpen(pull.receive(sink, (int) Math.min(BATCH, sink.left())));
        }
        return sink.elapsedNs();
    }

    static void reply(final RepSocket rep, final PerfRun run) throws InterruptedException {
        final UnsafeBuffer reply = new UnsafeBuffer(new byte[run.size()]);
        final PerfSink sink = new PerfSink(run);
        while (!sink.isComplete()) {
            requireOpen(rep.receive(sink, 1));
            requireSent(rep.send(reply, 0, run.size()));
        }
    }

    static Histogram request(final ReqSocket req, final PerfRun run) throws InterruptedException {
        final Histogram roundTripsNs = new Histogram(LONGEST_NS, 4);
        final UnsafeBuffer request = new UnsafeBuffer(new byte[run.size()]);
        final PerfSink sink = new PerfSink(run);
        for (long i = 0; i < run.total(); i++) {
            final long startNs = System.nanoTime();
            requireSent(req.send(request, 0, run.size()));
            requireOpen(req.receive(sink, 1));
            if (i >= run.warmup()) {
                roundTripsNs.recordValue(Math.min(LONGEST_NS, System.nanoTime() - startNs));
            }
        }
        return roundTripsNs;
    }

    private static void requireSent(final SendResult result) {
        if (result != SendResult.SENT) {
            throw new CliException(ExitCodes.FAILURE, "send=" + result + ", limit=SENT, run it again undisturbed");
        }
    }

    private static void requireOpen(final int received) {
        if (received <= 0) {
            throw new CliException(ExitCodes.FAILURE, "receive=CLOSED, limit=all messages, run it again undisturbed");
        }
    }
}
