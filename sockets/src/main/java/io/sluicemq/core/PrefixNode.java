package io.sluicemq.core;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * An immutable node of a {@link PrefixTree}. The bytes from the root to it, {@code label} last, are a prefix; it is
 * subscribed to by {@code members}. A node without members (the root apart) has two children or more: that is the path
 * compression. Children are sorted by the first byte of their label, unsigned, which {@code keys} repeats, so that finding
 * one touches no other child.
 */
final class PrefixNode {
    static final byte[] NO_BYTES = new byte[0];
    static final PrefixNode ROOT = new PrefixNode(NO_BYTES, SlotSet.EMPTY, NO_BYTES, new PrefixNode[0]);

    private static final int LINEAR_SEARCH_LIMIT = 8;

    final byte[] label;
    final SlotSet members;
    private final byte[] keys;
    private final PrefixNode[] children;

    private PrefixNode(final byte[] label, final SlotSet members, final byte[] keys, final PrefixNode[] children) {
        this.label = label;
        this.members = members;
        this.keys = keys;
        this.children = children;
    }

    static PrefixNode leaf(final byte[] label, final SlotSet members) {
        return new PrefixNode(label, members, ROOT.keys, ROOT.children);
    }

    int childCount() {
        return children.length;
    }

    PrefixNode child(final int index) {
        return children[index];
    }

    /** The index of the child whose label begins with this byte, or the complement of where it would stand. */
    int indexOf(final byte key) {
        final byte[] sorted = keys;
        final int wanted = key & 0xff;
        int low = 0;
        int high = sorted.length;
        while (high - low > LINEAR_SEARCH_LIMIT) {
            final int middle = (low + high) >>> 1;
            if ((sorted[middle] & 0xff) <= wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        for (; low < high; low++) {
            final int found = sorted[low] & 0xff;
            if (found >= wanted) {
                return found == wanted ? low : ~low;
            }
        }
        return ~low;
    }

    /** How many bytes of the label, of which the first is known to be equal, agree with the bytes at offset. */
    int commonLength(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = label;
        final int limit = Math.min(length, bytes.length);
        int common = 1;
        while (common < limit && bytes[common] == buffer.getByte(offset + common)) {
            common++;
        }
        return common;
    }

    PrefixNode withMembers(final SlotSet newMembers) {
        return new PrefixNode(label, newMembers, keys, children);
    }

    PrefixNode withChild(final int index, final PrefixNode child) {
        final PrefixNode[] newChildren = children.clone();
        newChildren[index] = child;
        return new PrefixNode(label, members, keys, newChildren);
    }

    PrefixNode withChildInserted(final int index, final PrefixNode child) {
        final int count = children.length;
        final byte[] newKeys = Arrays.copyOf(keys, count + 1);
        final PrefixNode[] newChildren = Arrays.copyOf(children, count + 1);
        System.arraycopy(keys, index, newKeys, index + 1, count - index);
        System.arraycopy(children, index, newChildren, index + 1, count - index);
        newKeys[index] = child.label[0];
        newChildren[index] = child;
        return new PrefixNode(label, members, newKeys, newChildren);
    }

    PrefixNode withoutChild(final int index) {
        final int count = children.length - 1;
        if (count == 0) {
            return leaf(label, members);
        }
        final byte[] newKeys = Arrays.copyOf(keys, count);
        final PrefixNode[] newChildren = Arrays.copyOf(children, count);
        System.arraycopy(keys, index + 1, newKeys, index, count - index);
        System.arraycopy(children, index + 1, newChildren, index, count - index);
        return new PrefixNode(label, members, newKeys, newChildren);
    }

    /** A node without members for the first bytes of the label, with this one, its label cut, as its only child. */
    PrefixNode splitAt(final int labelLength) {
        final PrefixNode lower =
                new PrefixNode(Arrays.copyOfRange(label, labelLength, label.length), members, keys, children);
        return leaf(Arrays.copyOf(label, labelLength), SlotSet.EMPTY).withChildInserted(0, lower);
    }

    /** The only child with this node's label put before its own: what becomes of a node that lost its members. */
    PrefixNode joinedWithOnlyChild() {
        final PrefixNode child = children[0];
        final byte[] joined = Arrays.copyOf(label, label.length + child.label.length);
        System.arraycopy(child.label, 0, joined, label.length, child.label.length);
        return new PrefixNode(joined, child.members, child.keys, child.children);
    }
}
