package io.sluicemq.journal;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.agrona.concurrent.OffsetEpochNanoClock;

/** What a {@link Journal} is made of. Immutable; any thread. */
public final class JournalOptions {
    /** Segments of 64 MiB, kept for ever, no limit but the disk. */
    public static final JournalOptions DEFAULTS = builder().build();

    static final int MIN_SEGMENT_BYTES = 1 << 20;
    static final int MAX_SEGMENT_BYTES = 1 << 30;
    /** Chronicle maps multiples of this. */
    static final int SEGMENT_ALIGNMENT = 64 << 10;
    /** A full one, the one being written, the next one. */
    static final int MIN_SEGMENTS = 3;

    private final int segmentBytes;
    private final int compressAboveBytes;
    private final long retainBytes;
    private final Duration retainFor;
    private final long maxBytes;
    private final WhenFull whenFull;
    private final long minFreeBytes;
    private final Checkpoint checkpoint;
    private final LongSupplier epochNsClock;

    private JournalOptions(final Builder builder) {
        segmentBytes = builder.segmentBytes;
        compressAboveBytes = builder.compressAboveBytes;
        retainBytes = builder.retainBytes;
        retainFor = builder.retainFor;
        maxBytes = builder.maxBytes;
        whenFull = builder.whenFull;
        minFreeBytes = builder.minFreeBytes;
        checkpoint = builder.checkpoint;
        epochNsClock = builder.epochNsClock;
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts from these values.
     *
     * @return a new builder.
     */
    public Builder toBuilder() {
        final Builder builder = new Builder();
        builder.segmentBytes = segmentBytes;
        builder.compressAboveBytes = compressAboveBytes;
        builder.retainBytes = retainBytes;
        builder.retainFor = retainFor;
        builder.maxBytes = maxBytes;
        builder.whenFull = whenFull;
        builder.minFreeBytes = minFreeBytes;
        builder.checkpoint = checkpoint;
        builder.epochNsClock = epochNsClock;
        return builder;
    }

    /**
     * See {@link Builder#segmentBytes}.
     *
     * @return bytes.
     */
    public int segmentBytes() {
        return segmentBytes;
    }

    /**
     * See {@link Builder#compressAboveBytes}.
     *
     * @return bytes, 0 for never.
     */
    public int compressAboveBytes() {
        return compressAboveBytes;
    }

    /**
     * See {@link Builder#retainBytes}.
     *
     * @return bytes.
     */
    public long retainBytes() {
        return retainBytes;
    }

    /**
     * See {@link Builder#retainFor}.
     *
     * @return how long.
     */
    public Duration retainFor() {
        return retainFor;
    }

    /**
     * See {@link Builder#maxBytes}.
     *
     * @return bytes.
     */
    public long maxBytes() {
        return maxBytes;
    }

    /**
     * See {@link Builder#whenFull}.
     *
     * @return the choice.
     */
    public WhenFull whenFull() {
        return whenFull;
    }

    /**
     * See {@link Builder#minFreeBytes}.
     *
     * @return bytes.
     */
    public long minFreeBytes() {
        return minFreeBytes;
    }

    /** See {@link Builder#checkpoint}; null if there is none. */
    Checkpoint checkpoint() {
        return checkpoint;
    }

    LongSupplier epochNsClock() {
        return epochNsClock;
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private int segmentBytes = 64 << 20;
        private int compressAboveBytes = 1 << 10;
        private long retainBytes = Long.MAX_VALUE;
        private Duration retainFor = Duration.ofSeconds(Long.MAX_VALUE);
        private long maxBytes = Long.MAX_VALUE;
        private WhenFull whenFull = WhenFull.BLOCK;
        private long minFreeBytes = 256L << 20;
        private Checkpoint checkpoint;
        private LongSupplier epochNsClock = new OffsetEpochNanoClock()::nanoTime;

        private Builder() {}

        /**
         * The size of a segment file; so much is taken from the disk ahead of need, twice. A record and a batch may have a quarter of
         * it. Default 64 MiB.
         *
         * @param bytes a multiple of 64 KiB, 1 MiB to 1 GiB.
         * @return this.
         */
        public Builder segmentBytes(final int bytes) {
            segmentBytes = bytes;
            return this;
        }

        /**
         * Bodies of this size and more are compressed by LZ4, if that saves an eighth. Default 1 KiB.
         *
         * @param bytes 0 for never.
         * @return this.
         */
        public Builder compressAboveBytes(final int bytes) {
            compressAboveBytes = bytes;
            return this;
        }

        /**
         * How many bytes of segments are kept although all have acknowledged them. Older ones are deleted. Default: all.
         *
         * @param bytes 0 or more.
         * @return this.
         */
        public Builder retainBytes(final long bytes) {
            retainBytes = bytes;
            return this;
        }

        /**
         * How long a segment is kept although all have acknowledged it, from its last record. It is deleted when either this or
         * {@link #retainBytes} says so. Default: for ever.
         *
         * @param age 0 or more.
         * @return this.
         */
        public Builder retainFor(final Duration age) {
            retainFor = Objects.requireNonNull(age, "age");
            return this;
        }

        /**
         * How large all segments together may become; {@link #whenFull} says what then. Default: no limit.
         *
         * @param bytes three segments at least.
         * @return this.
         */
        public Builder maxBytes(final long bytes) {
            maxBytes = bytes;
            return this;
        }

        /**
         * What happens when {@link #maxBytes} is reached. Default {@link WhenFull#BLOCK}.
         *
         * @param choice what.
         * @return this.
         */
        public Builder whenFull(final WhenFull choice) {
            whenFull = Objects.requireNonNull(choice, "choice");
            return this;
        }

        /**
         * How much of the file store must be free when a segment is made, else appends say {@link Journal#FULL} once those
         * that were made are full. Default 256 MiB.
         *
         * @param bytes 0 or more.
         * @return this.
         */
        public Builder minFreeBytes(final long bytes) {
            minFreeBytes = bytes;
            return this;
        }

        /**
         * Writes the owner's state now and then, see {@link Checkpoint}. Default: none, and {@link Journal#recover} reads all there is.
         *
         * @param writer of the state.
         * @return this.
         */
        public Builder checkpoint(final Checkpoint writer) {
            checkpoint = Objects.requireNonNull(writer, "writer");
            return this;
        }

        /** For tests: the clock of records. */
        Builder epochNsClock(final LongSupplier clock) {
            epochNsClock = clock;
            return this;
        }

        /**
         * Checks all values.
         *
         * @return the options.
         * @throws IllegalArgumentException if one is out of range.
         */
        public JournalOptions build() {
            final boolean inRange = segmentBytes >= MIN_SEGMENT_BYTES && segmentBytes <= MAX_SEGMENT_BYTES;
            check(
                    inRange && segmentBytes % SEGMENT_ALIGNMENT == 0,
                    "segmentBytes",
                    segmentBytes,
                    "1 MiB to 1 GiB, take a multiple of 64 KiB");
            check(compressAboveBytes >= 0, "compressAboveBytes", compressAboveBytes, "0 or more, 0 for never");
            check(retainBytes >= 0, "retainBytes", retainBytes, "0 or more");
            check(!retainFor.isNegative(), "retainFor", retainFor, "0 or more");
            check(
                    maxBytes >= (long) MIN_SEGMENTS * segmentBytes,
                    "maxBytes",
                    maxBytes,
                    (long) MIN_SEGMENTS * segmentBytes + " or more, allow more or take smaller segments");
            check(minFreeBytes >= 0, "minFreeBytes", minFreeBytes, "0 or more");
            return new JournalOptions(this);
        }

        private static void check(final boolean valid, final String name, final Object value, final String limit) {
            if (!valid) {
                throw new IllegalArgumentException(name + "=" + value + ", limit=" + limit);
            }
        }
    }
}
