package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.sluicemq.transport.TransportContext;
import java.nio.ByteBuffer;

/**
 * The last message of a publisher that conflates, which must arrive though a datagram may be lost: it is said once more, on the control
 * stream, when nothing newer has come for a while. Agent.
 */
final class NewestValue {
    private static final long QUIET_NS = 50_000_000L;

    private final TransportContext context;
    private final Runnable onDue;
    private final ByteBuffer command = ByteBuffer.allocate(ValueCommand.MAX_BYTES);
    private ByteBuf datagram;
    private long sinceNs;
    private boolean timing;
    private boolean due;

    /**
     * Makes one without a message.
     *
     * @param context for times.
     * @param onDue told when it is to be said.
     */
    NewestValue(final TransportContext context, final Runnable onDue) {
        this.context = context;
        this.onDue = onDue;
    }

    /** A message goes as this datagram, which is kept. */
    void sent(final ByteBuf bytes) {
        forget();
        datagram = bytes.retain();
        sinceNs = context.nowNs();
        if (!timing) {
            timing = true;
            context.schedule(sinceNs + QUIET_NS, this::onTimer);
        }
    }

    /** A newer one goes another way, on which nothing is lost; or nothing goes any more. */
    void forget() {
        due = false;
        if (datagram != null) {
            datagram.release();
            datagram = null;
        }
    }

    private void onTimer() {
        timing = false;
        if (datagram == null) {
            return;
        }
        if (context.nowNs() - sinceNs < QUIET_NS) {
            timing = true;
            context.schedule(sinceNs + QUIET_NS, this::onTimer);
        } else {
            due = true;
            onDue.run();
        }
    }

    /** Says it, if its time has come and there is room. */
    void sayIfDue(final StreamOutput control) {
        if (due && control.room() >= ValueCommand.MAX_BYTES) {
            say(control);
        }
    }

    /** Says it, if there is one that was not said. */
    void say(final StreamOutput control) {
        if (datagram != null) {
            command.clear();
            ValueCommand.put(command, datagram);
            command.flip();
            control.write(command, command.limit());
            forget();
        }
    }
}
