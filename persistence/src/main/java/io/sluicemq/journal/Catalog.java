package io.sluicemq.journal;

import java.util.ArrayList;
import java.util.List;

/** The segments that there are, by number. Immutable, so readers of any thread share it. */
final class Catalog {
    private final List<Segment> segments;

    Catalog(final List<Segment> segments) {
        this.segments = List.copyOf(segments);
    }

    List<Segment> segments() {
        return segments;
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    Segment first() {
        return segments.get(0);
    }

    Segment last() {
        return segments.get(segments.size() - 1);
    }

    /** The segment of the number, or the next one, or null if there is none. */
    Segment ceiling(final int number) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (segments.get(middle).number() < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < segments.size() ? segments.get(low) : null;
    }

    /** The last segment that starts before the time, or the first one. */
    Segment byTime(final long epochNs) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (startNs(middle) < epochNs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return segments.get(Math.max(0, low - 1));
    }

    /** A segment whose header was lost counts as starting with the one before. */
    private long startNs(final int position) {
        int known = position;
        while (known > 0 && segments.get(known).firstEpochNs() == Segment.UNKNOWN) {
            known--;
        }
        return segments.get(known).firstEpochNs();
    }

    Catalog with(final Segment segment) {
        final List<Segment> changed = new ArrayList<>(segments);
        changed.removeIf(other -> other.number() == segment.number());
        changed.add(segment);
        changed.sort((a, b) -> Integer.compare(a.number(), b.number()));
        return new Catalog(changed);
    }

    Catalog without(final int number) {
        final List<Segment> changed = new ArrayList<>(segments);
        changed.removeIf(other -> other.number() == number);
        return new Catalog(changed);
    }
}
