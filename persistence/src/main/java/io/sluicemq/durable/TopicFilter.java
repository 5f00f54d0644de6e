package io.sluicemq.durable;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Says which topics a subscription is for, as in MQTT 5.0 section 4.7: levels apart by {@code /}, {@code +} for any one level,
 * {@code #} as the last level for the level before it and all below. Levels may be empty, case matters, nothing is normalised. A
 * filter that begins with a wildcard matches no topic that begins with {@code $}. {@code $share/name/filter} is a shared
 * subscription (section 4.8.2): its members get a message for {@code filter} in turn.
 *
 * <p>Immutable. Any thread may call. A match allocates nothing; its time grows with the shorter of filter and topic.
 */
public final class TopicFilter implements Comparable<TopicFilter> {

    /** Bytes of a topic name or filter in UTF-8 at the most (MQTT 5.0 section 4.7.3). */
    public static final int MAX_BYTES = 65_535;

    private static final String SHARE_PREFIX = "$share/";

    private final String text;
    private final String shareName;
    private final String filter;
    private final byte[] filterBytes;
    private final int levels;
    private final boolean wildcard;

    private TopicFilter(final String text) {
        TopicSyntax.requireText("filter", text);
        this.text = text;
        if (text.startsWith(SHARE_PREFIX)) {
            final int end = text.indexOf('/', SHARE_PREFIX.length());
            TopicSyntax.requireShare(text, SHARE_PREFIX.length(), end);
            shareName = text.substring(SHARE_PREFIX.length(), end);
            filter = text.substring(end + 1);
        } else {
            shareName = "";
            filter = text;
        }
        wildcard = TopicSyntax.requireWildcardPlaces(filter);
        filterBytes = filter.getBytes(StandardCharsets.UTF_8);
        levels = 1 + (int) filter.chars().filter(unit -> unit == '/').count();
    }

    /**
     * Reads a filter.
     *
     * @param filter with wildcards or without, shared or not.
     * @return the filter.
     * @throws IllegalArgumentException when it is no filter; the text says why and what to do.
     */
    public static TopicFilter of(final String filter) {
        return new TopicFilter(filter);
    }

    /**
     * Reads a filter from bytes, such as those of a peer.
     *
     * @param source of the bytes, not kept.
     * @param offset of the first byte.
     * @param length in bytes.
     * @return the filter.
     * @throws IllegalArgumentException when it is no filter, or no UTF-8; the text says why and what to do.
     */
    public static TopicFilter of(final DirectBuffer source, final int offset, final int length) {
        return new TopicFilter(TopicSyntax.decode("filter", source, offset, length));
    }

    /**
     * Checks a topic name, which is a text of 1 to 65,535 bytes without U+0000, {@code +} and {@code #}. Allocates nothing when it
     * is one.
     *
     * @param topic to check.
     * @return the topic.
     * @throws IllegalArgumentException when it is none; the text says why and what to do.
     */
    public static String requireTopic(final String topic) {
        TopicSyntax.requireText("topic", topic);
        TopicSyntax.requireNoWildcard(topic);
        return topic;
    }

    /**
     * Whether bytes, such as those of a peer, are a topic name. Allocates nothing.
     *
     * @param source of the bytes.
     * @param offset of the first byte.
     * @param length in bytes.
     * @return false also when they are not UTF-8.
     */
    public static boolean isTopic(final DirectBuffer source, final int offset, final int length) {
        return TopicSyntax.isTopic(source, offset, length);
    }

    /**
     * Whether a topic is one of those that this filter is for. A shared filter matches what its part after the name matches.
     *
     * @param topic a topic name, see {@link #requireTopic}.
     * @return true when it matches.
     */
    public boolean matches(final String topic) {
        final int end = topic.length();
        if (end > 0 && topic.charAt(0) == '$' && beginsWithWildcard()) {
            return false;
        }
        int at = 0;
        for (int i = 0; i < filter.length(); i++) {
            final char unit = filter.charAt(i);
            if (unit == '#') {
                return true;
            }
            if (unit == '+') {
                while (at < end && topic.charAt(at) != '/') {
                    at++;
                }
            } else if (at < end && topic.charAt(at) == unit) {
                at++;
            } else {
                return at == end && isParentWildcard(filter.length() - i);
            }
        }
        return at == end;
    }

    /**
     * As {@link #matches(String)}, with a topic in UTF-8.
     *
     * @param topic holds the topic name, see {@link #isTopic}; not kept.
     * @param offset of the first byte.
     * @param length in bytes.
     * @return true when it matches.
     */
    public boolean matches(final DirectBuffer topic, final int offset, final int length) {
        final int end = offset + length;
        if (length > 0 && topic.getByte(offset) == '$' && beginsWithWildcard()) {
            return false;
        }
        int at = offset;
        for (int i = 0; i < filterBytes.length; i++) {
            final byte unit = filterBytes[i];
            if (unit == '#') {
                return true;
            }
            if (unit == '+') {
                while (at < end && topic.getByte(at) != '/') {
                    at++;
                }
            } else if (at < end && topic.getByte(at) == unit) {
                at++;
            } else {
                return at == end && isParentWildcard(filterBytes.length - i);
            }
        }
        return at == end;
    }

    /**
     * Whether this is a shared subscription.
     *
     * @return true for {@code $share/name/filter}.
     */
    public boolean isShared() {
        return !shareName.isEmpty();
    }

    /**
     * Name of the group of a shared subscription.
     *
     * @return empty when this is none.
     */
    public String shareName() {
        return shareName;
    }

    /**
     * What topics are compared with: this filter, of a shared subscription the part after the name.
     *
     * @return a filter, or text that begins with {@code $share/} where that part did.
     */
    public String unsharedText() {
        return filter;
    }

    /**
     * {@link #unsharedText} in UTF-8.
     *
     * @return a copy.
     */
    public byte[] unsharedBytes() {
        return filterBytes.clone();
    }

    /**
     * Levels of what topics are compared with, the one of {@code #} too.
     *
     * @return 1 or more.
     */
    public int levels() {
        return levels;
    }

    /**
     * Whether there is a {@code +} or {@code #}. A filter without one matches the topic of the same text alone.
     *
     * @return true with a wildcard.
     */
    public boolean hasWildcard() {
        return wildcard;
    }

    @Override
    public int compareTo(final TopicFilter other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof TopicFilter that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /**
     * The whole filter.
     *
     * @return what {@link #of(String)} took.
     */
    @Override
    public String toString() {
        return text;
    }

    private boolean beginsWithWildcard() {
        return filterBytes[0] == '+' || filterBytes[0] == '#';
    }

    // The topic has ended and the filter has not: only the parent of a last # still matches.
    private boolean isParentWildcard(final int left) {
        return left == 2 && filter.endsWith("/#");
    }
}
