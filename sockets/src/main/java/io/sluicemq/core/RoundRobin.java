package io.sluicemq.core;

import io.sluicemq.SendResult;
import org.agrona.DirectBuffer;

/** Gives each message to the next pipe that has room: PUSH, DEALER, and with a prefix REQ. */
final class RoundRobin implements Outbound {
    private final PipeList pipes = new PipeList();
    private final boolean immediate;

    /** Where the next message goes. Threads that share the socket race on it, which only bends the turn. */
    private int next;

    /** The pipes that {@link #next} counts in. */
    private Pipe[] counted = {};

    RoundRobin(final boolean immediate) {
        this.immediate = immediate;
    }

    @Override
    public boolean passesReferences() {
        return true;
    }

    @Override
    public SendResult trySend(final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Pipe pipe = offer(null, kind, buffer, offset, length);
        if (pipe != null) {
            return SendResult.SENT;
        }
        return isAnyThere() ? SendResult.BACK_PRESSURED : SendResult.NOT_CONNECTED;
    }

    /** A pipe that has just lost its peer may be in the list for a moment. */
    private boolean isAnyThere() {
        for (final Pipe pipe : pipes.all()) {
            if (isThere(pipe) && !pipe.outlet().isClosed()) {
                return true;
            }
        }
        return false;
    }

    private boolean isThere(final Pipe pipe) {
        return !immediate || pipe.isOpen();
    }

    /** Offers to the pipes in turn, and returns the one that took the message, or null. */
    Pipe offer(
            final DirectBuffer prefix, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        final Pipe[] all = pipes.all();
        if (all != counted) {
            keepTurn(all);
        }
        int index = next;
        for (int i = 0; i < all.length; i++) {
            if (index >= all.length) {
                index = 0;
            }
            final Pipe pipe = all[index++];
            if (isThere(pipe) && pipe.offer(prefix, kind, buffer, offset, length)) {
                if (next != index) {
                    // With a single peer, not a write: its cache line stays with everybody.
                    next = index;
                }
                return pipe;
            }
        }
        return null;
    }

    /** After pipes came or went: the turn is with the same one as before, or else with the first behind it that is still there. */
    private void keepTurn(final Pipe[] all) {
        final Pipe[] before = counted;
        final int from = next;
        int index = -1;
        for (int i = 0; i < before.length && index < 0; i++) {
            index = indexOf(all, before[(from + i) % before.length]);
        }
        next = Math.max(0, index);
        counted = all;
    }

    private static int indexOf(final Pipe[] pipes, final Pipe pipe) {
        for (int i = 0; i < pipes.length; i++) {
            if (pipes[i] == pipe) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void requestSpace() {
        for (final Pipe pipe : pipes.all()) {
            pipe.path().requestSpace();
        }
    }

    @Override
    public boolean canSend() {
        for (final Pipe pipe : pipes.all()) {
            if (pipe.path().hasRoom()) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return pipes.all().length == 0;
    }

    @Override
    public void onConnecting(final Pipe pipe) {
        if (!immediate) {
            pipes.add(pipe);
        }
    }

    @Override
    public String onOpened(final Pipe pipe) {
        pipes.add(pipe);
        return null;
    }

    @Override
    public void onLost(final Pipe pipe) {
        if (immediate) {
            pipes.remove(pipe);
        }
    }

    @Override
    public void onClosed(final Pipe pipe) {
        pipes.remove(pipe);
    }
}
