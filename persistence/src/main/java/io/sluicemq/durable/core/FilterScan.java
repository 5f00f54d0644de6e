package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.Arrays;

/**
 * Compares a filter with topics that come in their order, and where one does not match, says before which place no other can
 * match either. So a walk leaps over what it need not see.
 */
final class FilterScan {
    // After all that lies below a topic, and before every other topic.
    private static final byte AFTER_LEVEL = 1;
    private static final byte AFTER_DOLLAR = '$' + 1;

    private final byte[] filter;

    /** What to do after a topic. */
    enum Step {
        /** The topic matches; go on with the one after it. */
        MATCH,
        /** It does not; go on with the one after it. */
        NEXT,
        /** It does not; go on at the place that was written. */
        SEEK,
        /** Neither it nor any after it matches. */
        END
    }

    FilterScan(final TopicFilter filter) {
        this.filter = filter.unsharedBytes();
    }

    Step step(final Retained topic, final Retained place) {
        if (topic.topic[0] == '$' && (filter[0] == '+' || filter[0] == '#')) {
            return seek(place, topic, 0, AFTER_DOLLAR);
        }
        int topicFrom = 0;
        int lastPlusEnd = -1;
        int from = 0;
        while (from <= filter.length) {
            if (from < filter.length && filter[from] == '#') {
                return Step.MATCH;
            }
            if (topicFrom > topic.length) {
                return Step.NEXT;
            }
            final int to = endOfLevel(filter, from, filter.length);
            final int topicTo = endOfLevel(topic.topic, topicFrom, topic.length);
            if (from < filter.length && filter[from] == '+') {
                lastPlusEnd = topicTo;
            } else {
                final int order = Arrays.compareUnsigned(topic.topic, topicFrom, topicTo, filter, from, to);
                if (order < 0) {
                    return seekLevel(place, topic, topicFrom, from, to);
                }
                if (order > 0) {
                    return lastPlusEnd < 0 ? Step.END : seek(place, topic, lastPlusEnd, AFTER_LEVEL);
                }
            }
            from = to + 1;
            topicFrom = topicTo + 1;
        }
        return topicFrom > topic.length ? Step.MATCH : seek(place, topic, topicFrom - 1, AFTER_LEVEL);
    }

    private static Step seek(final Retained place, final Retained topic, final int kept, final byte last) {
        place.reserve(kept + 1);
        System.arraycopy(topic.topic, 0, place.topic, 0, kept);
        place.topic[kept] = last;
        place.length = kept + 1;
        return Step.SEEK;
    }

    // To the level of the filter, below the levels of the topic before it.
    private Step seekLevel(final Retained place, final Retained topic, final int kept, final int from, final int to) {
        place.reserve(kept + to - from);
        System.arraycopy(topic.topic, 0, place.topic, 0, kept);
        System.arraycopy(filter, from, place.topic, kept, to - from);
        place.length = kept + to - from;
        return Step.SEEK;
    }

    private static int endOfLevel(final byte[] bytes, final int from, final int end) {
        int to = from;
        while (to < end && bytes[to] != '/') {
            to++;
        }
        return to;
    }
}
