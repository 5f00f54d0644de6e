package io.sluicemq.transport.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import io.sluicemq.wire.FrameHeader;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that writes anything anywhere, before and while this side looks. Bounds are checked by the buffers. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
final class ShmRingFuzzTest {
    private static final int ROUNDS = Boolean.getBoolean("sluicemq.long") ? 1_000_000 : 15_000;
    private static final long CONCURRENT_NS = TimeUnit.SECONDS.toNanos(Boolean.getBoolean("sluicemq.long") ? 60 : 2);
    private static final int MAX_MESSAGE_BYTES = 3_000;
    private static final int MAX_FRAMES = 5;
    private static final ReadLimits LIMITS = new ReadLimits(RingPair.TAG, 0, MAX_MESSAGE_BYTES, MAX_FRAMES);
    private static final int MOST_POLLS = 2 * RingPair.RING_BYTES;
    private static final int[] WORDS = {
        ShmLayout.CLAIMED,
        ShmLayout.RELEASED_POSITION,
        ShmLayout.RELEASED_MESSAGES,
        ShmLayout.ARMED,
        ShmLayout.WANTED,
        ShmLayout.WANTED_POSITION,
        ShmLayout.WANTED_MESSAGES
    };
    private static final int[] TYPES = {0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 21, 22, 29, 30, -1, -2, 32, 1 << 30};

    /** So that reading is not for nothing. */
    private long sum;

    private static long seed(final String what) {
        final String given = System.getProperty("sluicemq.seed", "");
        final long seed = given.isEmpty() ? ThreadLocalRandom.current().nextLong() : Long.parseLong(given);
        System.out.println(what + ": sluicemq.seed=" + seed);
        return seed;
    }

    /** A message is whatever it says it is: all of it can be read, and its frames are within it. */
    private boolean check(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        for (int i = 0; i < length; i++) {
            sum += buffer.getByte(offset + i);
        }
        if (kind == MessageKind.SINGLE) {
            assertThat(length).isLessThanOrEqualTo(MAX_MESSAGE_BYTES);
        } else {
            assertThat(kind).isEqualTo(MessageKind.FRAMES);
            assertThat(length).isLessThanOrEqualTo(MAX_MESSAGE_BYTES + MAX_FRAMES * FrameHeader.LONG_LENGTH);
            assertThat(FrameHeader.messageEnd(buffer, offset)).isEqualTo(offset + length);
        }
        return true;
    }

    private static void fill(final RingPair ring, final Random random) {
        final int messages = random.nextInt(12);
        for (int i = 0; i < messages; i++) {
            final int length = random.nextInt(random.nextBoolean() ? 40 : 400);
            final boolean framed = random.nextInt(4) == 0;
            final UnsafeBuffer body = framed ? frame(length) : RingPair.bytes(length, i);
            final int kind = framed ? MessageKind.FRAMES : MessageKind.SINGLE;
            if (random.nextInt(8) == 0) {
                ring.goOnWithLarge(kind, body);
            } else {
                ring.writer.offer(null, kind, body, 0, body.capacity());
            }
        }
        if (random.nextInt(4) == 0) {
            ring.goOnWithLarge(MessageKind.SINGLE, RingPair.bytes(600 + random.nextInt(4_000), 1));
        }
    }

    private static UnsafeBuffer frame(final int length) {
        final int headerBytes = FrameHeader.encodedLength(length);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[headerBytes + length]);
        FrameHeader.put(buffer, 0, 0, length);
        return buffer;
    }

    /** Changes a word, a header that is there, a byte of a body, or anything. */
    private static void change(final RingPair ring, final Random random) {
        switch (random.nextInt(5)) {
            case 0 -> ring.control.putLong(WORDS[random.nextInt(WORDS.length)], number(random));
            case 1 -> ring.records.putLong(headerAt(ring, random), header(random));
            case 2 -> ring.records.putByte(random.nextInt(RingPair.RING_BYTES), (byte) random.nextInt());
            case 3 -> ring.records.putLong(8 * random.nextInt(RingPair.RING_BYTES / 8), header(random));
            default -> ring.control.putInt(4 * random.nextInt(ShmLayout.CONTROL_BYTES / 4), random.nextInt());
        }
    }

    private static int headerAt(final RingPair ring, final Random random) {
        final int skipped = random.nextInt(12);
        int at = 0;
        for (int i = 0; i < skipped; i++) {
            final int bytes = ShmLayout.recordBytes(ring.records.getLong(at));
            final int next = at + ShmLayout.alignedBytes(bytes);
            if (bytes < 8 || bytes > RingPair.RING_BYTES || next > RingPair.RING_BYTES - 8) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static long header(final Random random) {
        return random.nextInt(6) == 0
                ? random.nextLong()
                : ShmLayout.header(TYPES[random.nextInt(TYPES.length)], recordBytes(random));
    }

    private static int recordBytes(final Random random) {
        final int edge =
                new int[] {0, 8, 16, 520, 528, 4096, 4104, Integer.MAX_VALUE, Integer.MIN_VALUE}[random.nextInt(9)];
        return random.nextBoolean() ? edge + random.nextInt(3) - 1 : random.nextInt(600);
    }

    private static long number(final Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(20) - 5;
            case 2 -> 8L * random.nextInt(1_000);
            case 3 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
            default -> random.nextInt();
        };
    }

    @Test
    void shouldEndOrGoOnWithinItsBoundsWhateverTheOtherSideWrote() {
        final Random random = new Random(seed("shm fuzz"));
        int broken = 0;

        for (int round = 0; round < ROUNDS; round++) {
            final RingPair ring = new RingPair(random.nextInt(3) * 7, LIMITS);
            ring.listen();
            if (random.nextInt(8) == 0) {
                ring.reader.conflate();
            }
            fill(ring, random);
            final int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                change(ring, random);
                if (random.nextBoolean()) {
                    pollAll(ring);
                    fill(ring, random);
                }
            }
            pollAll(ring);
            end(ring);
            broken += ring.readerBroken.size() + ring.writerBroken.size();
        }

        assertThat(broken).isGreaterThan(ROUNDS / 10);
        assertThat(sum).isNotZero();
    }

    private void pollAll(final RingPair ring) {
        final MessageHandler handler = this::check;
        int polls = 0;
        while (ring.reader.poll(handler, 7) > 0 && polls < MOST_POLLS) {
            polls++;
        }
        // What it answers depends; that it answers, and is not awake for ever without a reason, is what counts.
        ring.reader.disarm();
        ring.reader.onWake();
        ring.reader.lookAgain();
        ring.writer.hasRoom(100);
        ring.writer.requestSpace();
        assertThat(ring.writer.waiting()).isBetween(0L, (long) RingPair.RING_BYTES);
    }

    private void end(final RingPair ring) {
        ring.writer.close();
        ring.reader.end(ShmReader.UNKNOWN);
        final MessageHandler handler = this::check;
        int polls = 0;
        while (ring.done == 0 && polls < MOST_POLLS) {
            ring.reader.poll(handler, 7);
            polls++;
        }
        assertThat(ring.done).isEqualTo(1);
        assertThat(ring.reader.isEmpty()).isTrue();
        assertThat(ring.reader.poll(handler, 7)).isZero();
        assertThat(ring.reader.unknownMessages()).isBetween(0L, RingPair.RING_BYTES / 8L);
        assertThat(ring.readerBroken).hasSizeLessThan(2).allMatch(ShmRingFuzzTest::isText);
        assertThat(ring.writerBroken).hasSizeLessThan(2).allMatch(ShmRingFuzzTest::isText);
    }

    private static boolean isText(final String text) {
        return text.matches("shm \\w+=.+, limit=.+, .+");
    }

    @Test
    void shouldEndOrGoOnWithinItsBoundsWhileTheOtherSideWrites() throws InterruptedException {
        final Random random = new Random(seed("shm concurrent fuzz"));
        final long startNs = System.nanoTime();

        while (System.nanoTime() - startNs < CONCURRENT_NS) {
            final RingPair ring = new RingPair(0, LIMITS);
            ring.listen();
            fill(ring, random);
            final long ringSeed = random.nextLong();
            final Thread peer = new Thread(() -> {
                final Random own = new Random(ringSeed);
                for (int i = 0; i < 3_000; i++) {
                    change(ring, own);
                }
            });
            peer.start();
            final MessageHandler handler = this::check;
            while (peer.isAlive()) {
                assertThat(ring.reader.poll(handler, Integer.MAX_VALUE)).isLessThanOrEqualTo(RingPair.RING_BYTES / 8);
                ring.offer(20);
                ring.goOnWithLarge(MessageKind.SINGLE, RingPair.bytes(1_000, 1));
                ring.writer.waiting();
            }
            peer.join();
            end(ring);
        }
    }
}
