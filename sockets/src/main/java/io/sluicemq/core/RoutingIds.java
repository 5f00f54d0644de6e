package io.sluicemq.core;

import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Makes the ids of peers that announce none, and checks those that applications and peers choose.
 *
 * <p>An anonymous id is a zero byte and a 32-bit big-endian counter with a random start, as libzmq makes them; a chosen id
 * never begins with zero, so the two cannot meet. The counter wraps after 2^32 peers: put the id with
 * {@link RoutingTable#putIfAbsent} and take the next one if it is taken.
 *
 * <p>Source: RFC 28 (REQREP, ROUTER) and RFC 37 (Identity).
 */
final class RoutingIds {
    static final int MIN_LENGTH = 1;
    static final int MAX_LENGTH = 255;
    static final int ANONYMOUS_LENGTH = 5;

    private final AtomicInteger next;

    RoutingIds() {
        this(new SecureRandom().nextInt());
    }

    RoutingIds(final int first) {
        next = new AtomicInteger(first);
    }

    /** Writes the next anonymous id, {@link #ANONYMOUS_LENGTH} bytes. Any thread; no allocation. */
    void writeNext(final MutableDirectBuffer target, final int offset) {
        target.putByte(offset, (byte) 0);
        target.putInt(offset + 1, next.getAndIncrement(), ByteOrder.BIG_ENDIAN);
    }

    /** Whether a peer may announce this id. An empty one is not an id: its sender wants an anonymous one. */
    static boolean isValid(final DirectBuffer id, final int offset, final int length) {
        return length >= MIN_LENGTH && length <= MAX_LENGTH && id.getByte(offset) != 0;
    }

    /**
     * Checks an id that the application chooses for its own socket.
     *
     * @throws IllegalArgumentException if it is empty, too long, or begins with a zero byte.
     */
    static void check(final byte[] id) {
        checkLength(id.length);
        if (id[0] == 0) {
            throw new IllegalArgumentException(
                    "routingId[0]=0, limit=1..255, begin the id with another byte: a leading zero marks an id made by ROUTER");
        }
    }

    static void checkLength(final int length) {
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new IllegalArgumentException("routingId.length=" + length + ", limit=" + MIN_LENGTH + ".."
                    + MAX_LENGTH + " bytes, choose an id of that length or leave it unset for an anonymous one");
        }
    }
}
