package io.sluicemq.core;

import java.util.Arrays;

/**
 * The subscribers that a topic matched, each once, however many of their prefixes matched. Reusable: one per thread; it
 * allocates only when it meets a higher slot than ever before. Not for two threads at a time.
 *
 * <pre>
 *   trie.match(topic, 0, length, matches);
 *   for (int i = 0; i &lt; matches.count(); i++) { outlets[matches.slot(i)].offer(...); }
 * </pre>
 *
 * <p>Cost of collecting, comparing and clearing: one step for 64 neighbouring slots. The slots themselves are listed at the
 * first look at them.
 */
final class Matches {
    private static final int UNLISTED = -1;

    private long[] bits = new long[1];
    private long[] spareBits = new long[1];

    /** Which words of {@link #bits} are not zero, in no order. */
    private int[] words = new int[1];

    private int wordCount;
    private int[] slots = new int[Long.SIZE];
    private int count;

    /** How many subscribers matched. */
    int count() {
        if (count == UNLISTED) {
            list();
        }
        return count;
    }

    /** The slot of the i-th match, i from 0 to {@code count() - 1}, in no order. Only after {@link #count()}. */
    int slot(final int i) {
        return slots[i];
    }

    boolean isEmpty() {
        return wordCount == 0;
    }

    boolean contains(final int slot) {
        return (word(slot >>> 6) & (1L << slot)) != 0;
    }

    /** The matches among slots 64 * index to 64 * index + 63, a bit for each. */
    long word(final int index) {
        return index < bits.length ? bits[index] : 0;
    }

    void clear() {
        for (int i = 0; i < wordCount; i++) {
            bits[words[i]] = 0;
        }
        wordCount = 0;
        count = 0;
    }

    void addAll(final SlotSet set) {
        for (int i = 0; i < set.wordCount(); i++) {
            add(set.wordIndex(i), set.word(i));
        }
    }

    private void add(final int index, final long added) {
        ensureWord(index);
        if (bits[index] == 0) {
            words[wordCount++] = index;
        }
        bits[index] |= added;
        count = UNLISTED;
    }

    /** Whether these are the same subscribers. */
    boolean isSameAs(final Matches other) {
        if (wordCount != other.wordCount) {
            return false;
        }
        for (int i = 0; i < wordCount; i++) {
            if (bits[words[i]] != other.word(words[i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Turns this into the members of {@code everybody} that did not match, for inverted matching. Cost: the size of
     * {@code everybody}.
     */
    void invert(final SlotSet everybody) {
        for (int i = 0; i < everybody.wordCount(); i++) {
            final int index = everybody.wordIndex(i);
            ensureWord(index);
            spareBits[index] = everybody.word(i) & ~bits[index];
        }
        clear();
        for (int i = 0; i < everybody.wordCount(); i++) {
            final int index = everybody.wordIndex(i);
            if (spareBits[index] != 0) {
                add(index, spareBits[index]);
                spareBits[index] = 0;
            }
        }
    }

    private void list() {
        count = 0;
        for (int i = 0; i < wordCount; i++) {
            for (long rest = bits[words[i]]; rest != 0; rest &= rest - 1) {
                slots[count++] = (words[i] << 6) + Long.numberOfTrailingZeros(rest);
            }
        }
    }

    private void ensureWord(final int index) {
        if (index >= bits.length) {
            final int length = Math.max(index + 1, bits.length * 2);
            bits = Arrays.copyOf(bits, length);
            spareBits = Arrays.copyOf(spareBits, length);
            words = Arrays.copyOf(words, length);
            slots = Arrays.copyOf(slots, length * Long.SIZE);
        }
    }
}
