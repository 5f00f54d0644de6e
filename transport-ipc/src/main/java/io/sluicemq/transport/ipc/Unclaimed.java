package io.sluicemq.transport.ipc;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A file that a thread that may block brings to the agent, which may have lost interest meanwhile, or be gone: whoever comes second
 * sees to it. Any thread.
 */
final class Unclaimed {
    private static final Object ABANDONED = new Object();

    private final AtomicReference<Object> place = new AtomicReference<>();

    /** Once: leaves the file; false if nobody wants it any more, so that it is still the caller's. */
    boolean put(final ShmFile file) {
        return place.compareAndSet(null, file);
    }

    /** Takes the file; null if it is not there, or was taken. */
    ShmFile take() {
        final Object found = place.get();
        return found instanceof ShmFile file && place.compareAndSet(file, ABANDONED) ? file : null;
    }

    /** Wants no file any more; returns the one that is there, or null. */
    ShmFile abandon() {
        return place.getAndSet(ABANDONED) instanceof ShmFile file ? file : null;
    }

    boolean isAbandoned() {
        return place.get() == ABANDONED;
    }
}
