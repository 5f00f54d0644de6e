package io.sluicemq.core;

import java.util.Arrays;

/** The pipes of a socket, replaced as a whole at each change: written on the I/O agent, read by any thread. */
final class PipeList {
    private static final Pipe[] NONE = {};

    private volatile Pipe[] pipes = NONE;

    Pipe[] all() {
        return pipes;
    }

    void add(final Pipe pipe) {
        final Pipe[] old = pipes;
        for (final Pipe present : old) {
            if (present == pipe) {
                return;
            }
        }
        final Pipe[] larger = Arrays.copyOf(old, old.length + 1);
        larger[old.length] = pipe;
        pipes = larger;
    }

    /** Returns whether it was there. */
    boolean remove(final Pipe pipe) {
        final Pipe[] old = pipes;
        for (int i = 0; i < old.length; i++) {
            if (old[i] == pipe) {
                final Pipe[] smaller = new Pipe[old.length - 1];
                System.arraycopy(old, 0, smaller, 0, i);
                System.arraycopy(old, i + 1, smaller, i, smaller.length - i);
                pipes = smaller;
                return true;
            }
        }
        return false;
    }
}
