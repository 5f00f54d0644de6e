package io.sluicemq.core;

import java.util.Arrays;

/**
 * An immutable set of subscriber slots: the words of a bit set that are not zero, with their indexes in ascending order.
 *
 * <p>12 bytes for 64 neighbouring slots, so that a change to a set of 10,000 subscribers copies 2 KB and not 40, and joining
 * two sets is one OR per 64 slots. Any thread.
 */
final class SlotSet {
    static final SlotSet EMPTY = new SlotSet(new int[0], new long[0]);

    private final int[] wordIndexes;
    private final long[] words;

    private SlotSet(final int[] wordIndexes, final long[] words) {
        this.wordIndexes = wordIndexes;
        this.words = words;
    }

    static SlotSet of(final int slot) {
        return new SlotSet(new int[] {slot >>> 6}, new long[] {1L << slot});
    }

    boolean isEmpty() {
        return words.length == 0;
    }

    boolean contains(final int slot) {
        final int i = Arrays.binarySearch(wordIndexes, slot >>> 6);
        return i >= 0 && (words[i] & (1L << slot)) != 0;
    }

    int size() {
        int size = 0;
        for (final long word : words) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /** This set and one slot more; this very set if the slot is in it. */
    SlotSet with(final int slot) {
        final int i = Arrays.binarySearch(wordIndexes, slot >>> 6);
        if (i >= 0) {
            return withWord(i, words[i] | (1L << slot));
        }
        final int at = ~i;
        final int[] newIndexes = new int[words.length + 1];
        final long[] newWords = new long[words.length + 1];
        System.arraycopy(wordIndexes, 0, newIndexes, 0, at);
        System.arraycopy(words, 0, newWords, 0, at);
        newIndexes[at] = slot >>> 6;
        newWords[at] = 1L << slot;
        System.arraycopy(wordIndexes, at, newIndexes, at + 1, words.length - at);
        System.arraycopy(words, at, newWords, at + 1, words.length - at);
        return new SlotSet(newIndexes, newWords);
    }

    /** This set without one slot; this very set if the slot is not in it. */
    SlotSet without(final int slot) {
        final int i = Arrays.binarySearch(wordIndexes, slot >>> 6);
        if (i < 0) {
            return this;
        }
        final long word = words[i] & ~(1L << slot);
        if (word != 0) {
            return withWord(i, word);
        }
        if (words.length == 1) {
            return EMPTY;
        }
        final int[] newIndexes = new int[words.length - 1];
        final long[] newWords = new long[words.length - 1];
        System.arraycopy(wordIndexes, 0, newIndexes, 0, i);
        System.arraycopy(words, 0, newWords, 0, i);
        System.arraycopy(wordIndexes, i + 1, newIndexes, i, newWords.length - i);
        System.arraycopy(words, i + 1, newWords, i, newWords.length - i);
        return new SlotSet(newIndexes, newWords);
    }

    private SlotSet withWord(final int i, final long word) {
        if (words[i] == word) {
            return this;
        }
        final long[] newWords = words.clone();
        newWords[i] = word;
        return new SlotSet(wordIndexes, newWords);
    }

    int wordCount() {
        return words.length;
    }

    /** Which word of a plain bit set the i-th word is: it holds slots 64 * index to 64 * index + 63. */
    int wordIndex(final int i) {
        return wordIndexes[i];
    }

    long word(final int i) {
        return words[i];
    }
}
