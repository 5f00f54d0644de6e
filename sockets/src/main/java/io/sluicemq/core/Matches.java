package io.sluicemq.core;

import java.util.Arrays;

/**
 * The subscribers that a topic matched, each once, however many of their prefixes matched. Reusable: one per sending
 * thread; it allocates only when it meets a higher slot than ever before. Not for two threads at a time.
 *
 * <pre>
 *   trie.match(topic, 0, length, matches);
 *   for (int i = 0; i &lt; matches.count(); i++) { outlets[matches.slot(i)].offer(...); }
 * </pre>
 *
 * <p>Cost of collecting and of clearing: the number of matches, not the number of slots.
 */
final class Matches {
    private long[] bits = new long[1];
    private long[] spareBits = new long[1];
    private int[] slots = new int[Long.SIZE];
    private int count;

    /** How many subscribers matched. */
    int count() {
        return count;
    }

    /** The slot of the i-th match, i from 0 to {@code count() - 1}, in no order. */
    int slot(final int i) {
        return slots[i];
    }

    boolean contains(final int slot) {
        final int word = slot >>> 6;
        return word < bits.length && (bits[word] & (1L << slot)) != 0;
    }

    void clear() {
        for (int i = 0; i < count; i++) {
            bits[slots[i] >>> 6] = 0;
        }
        count = 0;
    }

    void addAll(final SlotSet set) {
        for (int i = 0; i < set.wordCount(); i++) {
            final int word = set.wordIndex(i);
            ensureWord(word);
            final long added = set.word(i) & ~bits[word];
            bits[word] |= added;
            append(word, added);
        }
    }

    /**
     * Turns this into the members of {@code everybody} that did not match, for inverted matching. Cost: the size of
     * {@code everybody}.
     */
    void invert(final SlotSet everybody) {
        for (int i = 0; i < everybody.wordCount(); i++) {
            final int word = everybody.wordIndex(i);
            ensureWord(word);
            spareBits[word] = everybody.word(i) & ~bits[word];
        }
        clear();
        final long[] inverted = spareBits;
        spareBits = bits;
        bits = inverted;
        for (int i = 0; i < everybody.wordCount(); i++) {
            append(everybody.wordIndex(i), bits[everybody.wordIndex(i)]);
        }
    }

    private void append(final int word, final long added) {
        for (long rest = added; rest != 0; rest &= rest - 1) {
            slots[count++] = (word << 6) + Long.numberOfTrailingZeros(rest);
        }
    }

    private void ensureWord(final int word) {
        if (word >= bits.length) {
            final int length = Math.max(word + 1, bits.length * 2);
            bits = Arrays.copyOf(bits, length);
            spareBits = Arrays.copyOf(spareBits, length);
            slots = Arrays.copyOf(slots, length * Long.SIZE);
        }
    }
}
