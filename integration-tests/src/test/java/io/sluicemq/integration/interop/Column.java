package io.sluicemq.integration.interop;

import io.sluicemq.testkit.peers.BulkLoad;
import java.util.List;

/** What is sent in one column of the matrix; the titles are those of the long tier. */
enum Column {
    /** Messages of one frame. */
    SINGLE("1 frame", 10, 100, 1),
    /** Messages of three frames. */
    MULTIPART("3 frames", 10, 100, 3),
    /** Empty frames. */
    EMPTY("0 B", 10, 0, 1, 3),
    /** The longest frame with a length of one byte. */
    LONGEST_SHORT("255 B", 10, 255, 1, 3),
    /** The shortest frame with a length of eight bytes. */
    SHORTEST_LONG("256 B", 10, 256, 1, 3),
    /** Frames beyond the usual buffers of an engine. */
    KIB_64("64 KiB", 10, 64 << 10, 1, 3),
    /** Messages beyond any ring. */
    MIB_64("64 MiB", 1, inTier(16 << 20, 64 << 20), 1),
    /** Many messages, so that high-water marks, batches and wake-ups come into play. */
    MANY("10,000", inTier(3_000, 10_000), 60, 1);

    private final String title;
    private final long count;
    private final int frameBytes;
    private final int frames;
    private final int moreFrames;

    Column(final String title, final long count, final int frameBytes, final int frames) {
        this(title, count, frameBytes, frames, 0);
    }

    Column(final String title, final long count, final int frameBytes, final int frames, final int moreFrames) {
        this.title = title;
        this.count = count;
        this.frameBytes = frameBytes;
        this.frames = frames;
        this.moreFrames = moreFrames;
    }

    private static int inTier(final int inDefaultTier, final int inLongTier) {
        return Boolean.getBoolean("sluicemq.long") ? inLongTier : inDefaultTier;
    }

    String title() {
        return title;
    }

    List<BulkLoad> loads() {
        final BulkLoad load = BulkLoad.of(count, frameBytes);
        return moreFrames == 0
                ? List.of(load.withFrames(frames))
                : List.of(load.withFrames(frames), load.withFrames(moreFrames));
    }
}
