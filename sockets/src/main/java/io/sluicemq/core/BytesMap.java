package io.sluicemq.core;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.agrona.DirectBuffer;

/**
 * Byte strings to values: looked up on any thread without lock or allocation, changed by one thread at a time.
 *
 * <p>Open addressing with linear probing over an array of immutable entries. A change is one release store of one array
 * element; only growing, or sweeping out the marks of removed entries, copies the array and publishes the copy through
 * {@code table}. So putting n entries costs O(n), where copying the table at each put would cost O(n^2).
 *
 * <p>Memory order: readers load {@code table} and each element with acquire or stronger, the writer stores them with
 * release or stronger. A reader on a superseded table sees the entry as it was at some moment during its call. Writers are
 * serialised by the caller.
 */
final class BytesMap<V> {
    private static final int MIN_CAPACITY = 8;

    private final BytesHash hasher;
    // Without the key: a peer that subscribes and cancels long prefixes must not leave them here.
    private final Entry<V> removed = new Entry<>(PrefixNode.NO_BYTES, 0, null);
    private volatile AtomicReferenceArray<Entry<V>> table = new AtomicReferenceArray<>(MIN_CAPACITY);
    private volatile int size;
    // Writer only: elements that are not null, removed ones included.
    private int used;

    BytesMap() {
        this(BytesHash.PROCESS);
    }

    BytesMap(final BytesHash hasher) {
        this.hasher = hasher;
    }

    /** Called for each entry. The key is the map's own array and must not be changed. */
    interface Visitor<V> {
        void visit(byte[] key, V value);
    }

    /** Never changed once it is in the table. A null value marks an entry that was removed: a probe goes on past it. */
    private static final class Entry<V> {
        final byte[] key;
        final int hash;
        final V value;

        Entry(final byte[] key, final int hash, final V value) {
            this.key = key;
            this.hash = hash;
            this.value = value;
        }

        boolean holds(final int otherHash, final DirectBuffer buffer, final int offset, final int length) {
            if (hash != otherHash || value == null || key.length != length) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (key[i] != buffer.getByte(offset + i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Number of entries. Any thread. */
    int size() {
        return size;
    }

    /** The value, or null. Any thread; no allocation. */
    V get(final DirectBuffer buffer, final int offset, final int length) {
        final AtomicReferenceArray<Entry<V>> entries = table;
        final int mask = entries.length() - 1;
        final int hash = hasher.hash(buffer, offset, length);
        // Ends because a table is never full: see growIfNeeded.
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            final Entry<V> entry = entries.getAcquire(i);
            if (entry == null) {
                return null;
            }
            if (entry.holds(hash, buffer, offset, length)) {
                return entry.value;
            }
        }
    }

    /** Adds an entry with a copy of the key unless there is one: returns null if added, else the value that is there. Writer. */
    V putIfAbsent(final DirectBuffer buffer, final int offset, final int length, final V value) {
        growIfNeeded();
        final int hash = hasher.hash(buffer, offset, length);
        final int index = indexOf(hash, buffer, offset, length);
        if (index >= 0) {
            return table.getPlain(index).value;
        }
        final byte[] key = new byte[length];
        buffer.getBytes(offset, key);
        final int free = ~index;
        if (table.getPlain(free) == null) {
            used++;
        }
        table.setRelease(free, new Entry<>(key, hash, value));
        setSize(size + 1);
        return null;
    }

    /** Gives an existing entry another value: returns the one before, or null, and adds nothing, if there is none. Writer. */
    V replace(final DirectBuffer buffer, final int offset, final int length, final V value) {
        final int hash = hasher.hash(buffer, offset, length);
        final int index = indexOf(hash, buffer, offset, length);
        if (index < 0) {
            return null;
        }
        final Entry<V> previous = table.getPlain(index);
        table.setRelease(index, new Entry<>(previous.key, hash, value));
        return previous.value;
    }

    /** Removes an entry: returns its value, or null if there was none. Writer. */
    V remove(final DirectBuffer buffer, final int offset, final int length) {
        final int index = indexOf(hasher.hash(buffer, offset, length), buffer, offset, length);
        if (index < 0) {
            return null;
        }
        final Entry<V> previous = table.getPlain(index);
        table.setRelease(index, removed);
        setSize(size - 1);
        return previous.value;
    }

    /** Visits all entries in no order. The visitor must not change this map. Writer, or any thread for a blurred view. */
    void forEach(final Visitor<? super V> visitor) {
        final AtomicReferenceArray<Entry<V>> entries = table;
        for (int i = 0; i < entries.length(); i++) {
            final Entry<V> entry = entries.getAcquire(i);
            if (entry != null && entry.value != null) {
                visitor.visit(entry.key, entry.value);
            }
        }
    }

    /** The index of the entry, or the complement of the index where it would go. */
    private int indexOf(final int hash, final DirectBuffer buffer, final int offset, final int length) {
        final AtomicReferenceArray<Entry<V>> entries = table;
        final int mask = entries.length() - 1;
        int free = -1;
        for (int i = hash & mask; ; i = (i + 1) & mask) {
            final Entry<V> entry = entries.getPlain(i);
            if (entry == null) {
                return ~(free >= 0 ? free : i);
            }
            if (entry.holds(hash, buffer, offset, length)) {
                return i;
            }
            if (free < 0 && entry.value == null) {
                free = i;
            }
        }
    }

    /** At most 2/3 of the elements are ever used, so that probes stay short and end. */
    private void growIfNeeded() {
        final AtomicReferenceArray<Entry<V>> entries = table;
        if ((used + 1L) * 3 <= entries.length() * 2L) {
            return;
        }
        // Grow to at most 1/3 full, so that a copy is paid for by many puts; marks of removed entries are left behind.
        int capacity = MIN_CAPACITY;
        while (capacity < (size + 1L) * 3) {
            capacity <<= 1;
        }
        final AtomicReferenceArray<Entry<V>> copy = new AtomicReferenceArray<>(capacity);
        for (int i = 0; i < entries.length(); i++) {
            final Entry<V> entry = entries.getPlain(i);
            if (entry != null && entry.value != null) {
                int to = entry.hash & (capacity - 1);
                while (copy.getPlain(to) != null) {
                    to = (to + 1) & (capacity - 1);
                }
                copy.setPlain(to, entry);
            }
        }
        used = size;
        table = copy;
    }

    /** One writer at a time, so load and store need not be one step. */
    private void setSize(final int newSize) {
        size = newSize;
    }
}
