package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both sides at full speed, with the content and the order of every message checked. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ShmRingThreadsTest {
    private static final long MANY = Boolean.getBoolean("sluicemq.long") ? 400_000 : 100_000;
    private static final int RING_BYTES = 16 * 1024;
    private static final int MAX_BODY_BYTES = RING_BYTES / 8;
    private static final int HEAD_BYTES = 16;
    private static final long PARK_NS = 50_000_000L;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Two threads, or more, that meet in a ring, and sleep and wake each other as sockets do. */
    private final class Meeting implements ShmReader.Owner {
        private final UnsafeBuffer memory = RingPair.memory(RING_BYTES);
        private final ShmWriter writer;
        private final ShmReader reader;
        private final long[] nextOf;
        private volatile boolean ready;
        private volatile boolean done;
        private volatile Thread readerThread;

        Meeting(final int maxMessages, final int writers) {
            writer = new ShmWriter(memory, maxMessages, false, this::wakeReader, Meeting.this::fail);
            reader = new ShmReader(memory, new ReadLimits(0, maxMessages, -1, 10), new BufferPool(1 << 20), this);
            nextOf = new long[writers];
        }

        private void wakeReader() {
            reader.onWake();
        }

        @Override
        public void wakeWriter() {
            // Writers here try again all the time.
        }

        @Override
        public void onConflated(final long messages) {
            fail("conflated");
        }

        @Override
        public void onBroken(final ReadFault fault) {
            fail(fault.text());
        }

        private void fail(final String text) {
            failure.compareAndSet(null, new AssertionError(text));
        }

        @Override
        public void onDone() {
            done = true;
        }

        void readAll() {
            readerThread = Thread.currentThread();
            reader.listener(ring -> {
                ready = true;
                LockSupport.unpark(readerThread);
            });
            final MessageHandler handler = this::onMessage;
            while (!done && failure.get() == null) {
                while (!ready && !done) {
                    // The bound is a net for the test alone: a lost wake-up shows in the time.
                    LockSupport.parkNanos(PARK_NS);
                }
                ready = false;
                boolean asleep = false;
                while (!asleep && !done) {
                    if (reader.poll(handler, 100) == 0) {
                        asleep = reader.disarm();
                    }
                }
            }
        }

        private boolean onMessage(
                final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
            final int from = (int) buffer.getLong(offset);
            final long sequence = buffer.getLong(offset + 8);
            final long expected = nextOf[from]++;
            if (sequence != expected || length != length(sequence)) {
                throw new AssertionError("from=" + from + ", sequence=" + sequence + ", expected=" + expected
                        + ", length=" + length + ", expected=" + length(expected));
            }
            for (int i = HEAD_BYTES; i < length; i++) {
                if (buffer.getByte(offset + i) != (byte) (sequence + i)) {
                    throw new AssertionError("sequence=" + sequence + ", wrong byte at " + i);
                }
            }
            return true;
        }

        void write(final int from, final long count) {
            final UnsafeBuffer message = new UnsafeBuffer(new byte[4 * RING_BYTES]);
            for (long i = 0; i < count && failure.get() == null; i++) {
                final int length = length(i);
                message.putLong(0, from);
                message.putLong(8, i);
                for (int at = HEAD_BYTES; at < length; at++) {
                    message.putByte(at, (byte) (i + at));
                }
                while (!offer(message, length) && failure.get() == null) {
                    writer.requestSpace();
                    Thread.onSpinWait();
                }
            }
        }

        private boolean offer(final UnsafeBuffer message, final int length) {
            final int result = length > MAX_BODY_BYTES
                    ? (writer.offerLarge(MessageKind.SINGLE, message, 0, length) ? ShmWriter.TAKEN : ShmWriter.FULL)
                    : writer.offerShared(null, MessageKind.SINGLE, message, 0, length);
            if (result != ShmWriter.TAKEN && result != ShmWriter.FULL && result != ShmWriter.BUSY) {
                fail("result=" + result);
            }
            return result == ShmWriter.TAKEN;
        }

        /** Mostly small, of many lengths; with one writer some are larger than a record, or than the ring. */
        private int length(final long sequence) {
            if (nextOf.length == 1 && sequence % 1009 == 7) {
                return (int) (MAX_BODY_BYTES + sequence % (3 * RING_BYTES));
            }
            return HEAD_BYTES + (int) (sequence * 7 % (sequence % 64 == 0 ? MAX_BODY_BYTES - HEAD_BYTES : 100));
        }
    }

    private Thread start(final Runnable work) {
        final Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (final Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void runAll(final int writers, final int maxMessages, final long countOfEach) {
        final Meeting meeting = new Meeting(maxMessages, writers);
        final Thread reader = start(meeting::readAll);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            final int from = i;
            threads.add(start(() -> meeting.write(from, countOfEach)));
        }

        for (final Thread each : threads) {
            Await.until(LIMIT, () -> !each.isAlive(), "written");
        }
        final long claimed = meeting.writer.close();
        meeting.reader.end(claimed);
        Await.until(LIMIT, () -> !reader.isAlive(), "read to the end");

        assertThat(failure.get()).isNull();
        assertThat(claimed).isEqualTo(writers * countOfEach).isEqualTo(meeting.writer.sentMessages());
        assertThat(meeting.nextOf).containsOnly(countOfEach);
        assertThat(meeting.reader.unknownMessages()).isZero();
        assertThat(meeting.reader.takenMessages()).isEqualTo(claimed);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,1", "1,100", "2,0", "8,0", "8,10"})
    void shouldHandOverEveryMessageInTheOrderOfItsThread(final int writers, final int maxMessages) {
        final long all = maxMessages == 1 ? MANY / 20 : MANY;

        runAll(writers, maxMessages, all / writers);
    }

    @Test
    void shouldAllocateNothingForSmallMessages() {
        final RingPair ring = new RingPair();
        final UnsafeBuffer message = new UnsafeBuffer(new byte[64]);
        final long[] sum = new long[1];
        final MessageHandler handler = (tag, kind, buffer, offset, length) -> {
            sum[0] += length;
            return true;
        };
        final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

        long leastBytes = Long.MAX_VALUE;
        // What the compiler allocates on the way comes early; one clean round shows that messages do not.
        for (int round = 0; round < 20 && leastBytes > 0; round++) {
            final long before =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 20_000; i++) {
                ring.writer.offerShared(null, MessageKind.SINGLE, message, 0, 64);
                ring.reader.poll(handler, 10);
            }
            final long after =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            leastBytes = Math.min(leastBytes, after - before);
        }

        assertThat(leastBytes).isZero();
        assertThat(sum[0]).isPositive();
    }
}
