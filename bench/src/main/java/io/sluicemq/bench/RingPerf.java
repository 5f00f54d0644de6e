package io.sluicemq.bench;

import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;
import org.agrona.BufferUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * An Agrona ring between two threads, with nothing round it: what inproc could be at best. Options: {@code --single-producer}, and
 * {@code --idle=yield|spin} (default: yield).
 */
final class RingPerf implements PerfProgram {
    /** As the rings of SluiceMQ, unless a message needs more. */
    private static final int LEAST_RING_BYTES = 1 << 20;

    private static final int CACHE_LINE_BYTES = 64;
    private static final int MESSAGE_TYPE = 1;
    private static final int BATCH = 256;

    public static void main(final String[] args) {
        PerfProgram.main(new RingPerf(), args);
    }

    @Override
    public void inprocThroughput(final PerfArguments run) throws InterruptedException {
        final RingBuffer ring = ring(run);
        final Helper sender = Helper.start("write", () -> write(ring, run));
        final Meter meter = new Meter(run.load());
        final MessageHandler handler = (type, buffer, offset, length) -> meter.accept(buffer, offset, length);
        while (!meter.isComplete()) {
            if (ring.read(handler, BATCH) == 0) {
                run.idle().idle();
            }
        }
        sender.join();
        Figures.rate(meter.messagesPerSecond());
    }

    @Override
    public void inprocLatency(final PerfArguments run) throws Exception {
        final RingBuffer requests = ring(run);
        final RingBuffer replies = ring(run);
        final Helper replier = Helper.start("reply", () -> reply(requests, replies, run));
        final Meter meter = new Meter(run.load());
        final MessageHandler handler = (type, buffer, offset, length) -> meter.accept(buffer, offset, length);
        final Histogram roundTripsNs = RoundTrips.measure(run.load(), request -> {
            writeOne(requests, request, run);
            while (replies.read(handler, 1) == 0) {
                run.idle().idle();
            }
        });
        replier.join();
        Figures.roundTrips(roundTripsNs);
    }

    private static RingBuffer ring(final PerfArguments run) {
        int capacity = LEAST_RING_BYTES;
        // A record is at most an eighth of the ring.
        while (capacity / 8 < run.load().size() + Long.BYTES) {
            capacity <<= 1;
        }
        final ByteBuffer memory =
                BufferUtil.allocateDirectAligned(capacity + RingBufferDescriptor.TRAILER_LENGTH, CACHE_LINE_BYTES);
        final UnsafeBuffer buffer = new UnsafeBuffer(memory);
        return run.singleProducer() ? new OneToOneRingBuffer(buffer) : new ManyToOneRingBuffer(buffer);
    }

    private static void write(final RingBuffer ring, final PerfArguments run) {
        final Load load = run.load();
        final UnsafeBuffer message = new UnsafeBuffer(new byte[load.size()]);
        for (long i = 0; i < load.total(); i++) {
            if (load.verify()) {
                Payload.fill(message, load.size(), i);
            }
            writeOne(ring, message, run);
        }
    }

    private static void writeOne(final RingBuffer ring, final UnsafeBuffer message, final PerfArguments run) {
        while (!ring.write(MESSAGE_TYPE, message, 0, message.capacity())) {
            run.idle().idle();
        }
    }

    private static void reply(final RingBuffer requests, final RingBuffer replies, final PerfArguments run) {
        final Meter meter = new Meter(run.load());
        final UnsafeBuffer reply = new UnsafeBuffer(new byte[run.load().size()]);
        final MessageHandler handler = (type, buffer, offset, length) -> {
            meter.accept(buffer, offset, length);
            reply.putBytes(0, buffer, offset, length);
        };
        while (!meter.isComplete()) {
            if (requests.read(handler, 1) == 0) {
                run.idle().idle();
            } else {
                writeOne(replies, reply, run);
            }
        }
    }
}
