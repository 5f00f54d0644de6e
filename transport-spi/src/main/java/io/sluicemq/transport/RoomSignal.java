package io.sluicemq.transport;

import java.lang.invoke.VarHandle;

/**
 * Tells producers that wait for room. A producer sets {@code wanted}, fences and tries once more; the consumer gives room
 * back, fences and looks whether it is wanted. It is told when half of the room is free, so that one who waits gets to send a
 * batch.
 */
final class RoomSignal {
    private final Claims claims;
    private final References references;
    private final RingOwner owner;
    private volatile boolean wanted;

    RoomSignal(final Claims claims, final References references, final RingOwner owner) {
        this.claims = claims;
        this.references = references;
        this.owner = owner;
    }

    void request() {
        wanted = true;
        VarHandle.fullFence();
    }

    /** Consumer: has given room back. */
    void onReleased() {
        VarHandle.fullFence();
        if (wanted && claims.isHalfEmpty() && references.isHalfEmpty()) {
            wanted = false;
            owner.onSpace();
        }
    }
}
