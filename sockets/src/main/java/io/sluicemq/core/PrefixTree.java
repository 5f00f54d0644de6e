package io.sluicemq.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Prefixes to sets of slots: a persistent radix tree. Readers on any thread walk an immutable snapshot; one writer at a time
 * copies the path from the root to what it changes.
 *
 * <p>Memory order: the writer publishes the new root with a release store, a reader takes it with an acquire load; nodes have
 * final fields only. Nothing is recursive, since a hostile peer chooses the depth.
 *
 * <p>Cost: a match looks at each byte of the topic once and at the members of the nodes on the way. A change copies one node
 * per node on the way, each with its array of children (1 to 256 references).
 */
final class PrefixTree {
    private static final VarHandle ROOT;

    static {
        try {
            ROOT = MethodHandles.lookup().findVarHandle(PrefixTree.class, "root", PrefixNode.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private PrefixNode root = PrefixNode.ROOT;

    // Writer only: the nodes above the one at hand, and which child was taken in each.
    private PrefixNode[] path = new PrefixNode[16];
    private int[] pathIndexes = new int[16];
    private int depth;

    /** Adds the slot to the members of the prefix; returns whether it had none before. Writer. */
    boolean insert(
            final DirectBuffer prefix, final int offset, final int length, final SlotSet soleMember, final int slot) {
        final int end = offset + length;
        int position = offset;
        PrefixNode node = root;
        depth = 0;
        while (position < end) {
            final int index = node.indexOf(prefix.getByte(position));
            if (index < 0) {
                final PrefixNode leaf = PrefixNode.leaf(copy(prefix, position, end), soleMember);
                publish(node.withChildInserted(~index, leaf));
                return true;
            }
            push(node, index);
            node = node.child(index);
            final int common = node.commonLength(prefix, position, end - position);
            if (common < node.label.length) {
                node = node.splitAt(common);
            }
            position += common;
        }
        final boolean wasEmpty = node.members.isEmpty();
        publish(node.withMembers(wasEmpty ? soleMember : node.members.with(slot)));
        return wasEmpty;
    }

    /** Takes the slot, which must be there, from the members of the prefix; returns whether none is left. Writer. */
    boolean withdraw(final DirectBuffer prefix, final int offset, final int length, final int slot) {
        final int end = offset + length;
        int position = offset;
        PrefixNode node = root;
        depth = 0;
        while (position < end) {
            final int index = node.indexOf(prefix.getByte(position));
            push(node, index);
            node = node.child(index);
            position += node.label.length;
        }
        final SlotSet members = node.members.without(slot);
        node = node.withMembers(members);
        if (depth > 0 && members.isEmpty() && node.childCount() == 0) {
            depth--;
            node = path[depth].withoutChild(pathIndexes[depth]);
            path[depth] = null;
        }
        if (depth > 0 && node.members.isEmpty() && node.childCount() == 1) {
            node = node.joinedWithOnlyChild();
        }
        publish(node);
        return members.isEmpty();
    }

    /** Adds the members of all prefixes of the topic. Any thread; no allocation but by {@code out}. */
    void match(final DirectBuffer topic, final int offset, final int length, final Matches out) {
        final int end = offset + length;
        int position = offset;
        PrefixNode node = (PrefixNode) ROOT.getAcquire(this);
        while (node != null) {
            out.addAll(node.members);
            node = next(node, topic, position, end);
            position += node == null ? 0 : node.label.length;
        }
    }

    /** Whether any prefix of the topic has a member. Any thread; no allocation. */
    boolean matchesAny(final DirectBuffer topic, final int offset, final int length) {
        final int end = offset + length;
        int position = offset;
        PrefixNode node = (PrefixNode) ROOT.getAcquire(this);
        while (node != null && node.members.isEmpty()) {
            node = next(node, topic, position, end);
            position += node == null ? 0 : node.label.length;
        }
        return node != null;
    }

    /** The child whose whole label stands at this position of the topic, or null. */
    private static PrefixNode next(final PrefixNode node, final DirectBuffer topic, final int position, final int end) {
        if (position == end || node.childCount() == 0) {
            return null;
        }
        final int index = node.indexOf(topic.getByte(position));
        if (index < 0) {
            return null;
        }
        final PrefixNode child = node.child(index);
        final boolean complete = child.commonLength(topic, position, end - position) == child.label.length;
        return complete ? child : null;
    }

    private void push(final PrefixNode node, final int index) {
        if (depth == path.length) {
            path = Arrays.copyOf(path, depth * 2);
            pathIndexes = Arrays.copyOf(pathIndexes, depth * 2);
        }
        path[depth] = node;
        pathIndexes[depth++] = index;
    }

    /** Copies the path above a changed node and lets readers see it. */
    private void publish(final PrefixNode changed) {
        PrefixNode node = changed;
        while (depth > 0) {
            depth--;
            node = path[depth].withChild(pathIndexes[depth], node);
            path[depth] = null;
        }
        ROOT.setRelease(this, node);
    }

    private static byte[] copy(final DirectBuffer buffer, final int from, final int to) {
        final byte[] bytes = new byte[to - from];
        buffer.getBytes(from, bytes);
        return bytes;
    }
}
