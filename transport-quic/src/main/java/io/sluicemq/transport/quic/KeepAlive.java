package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicTransportParameters;
import io.sluicemq.transport.TransportContext;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Says something on a connection that has been silent, as QUIC ends one that is and has no call to say something of its own. Agent. */
final class KeepAlive {
    /** A PING (RFC 37) without time to live and context, which every peer answers. */
    private static final byte[] PING = {4, 7, 4, 'P', 'I', 'N', 'G', 0, 0};

    /** So that two may be lost, or left out beside other traffic. */
    private static final int PINGS_PER_TIMEOUT = 4;

    private static final long MIN_INTERVAL_NS = 10_000_000L;

    private final QuicDriver driver;
    private final QuicOptions options;
    private final BooleanSupplier isAlive;
    private StreamOutput control;
    private BooleanSupplier mayPing;
    private long intervalNs;
    private boolean wrote; // since the last look

    /**
     * Makes one that is not started.
     *
     * @param driver whose timers it uses.
     * @param options with this side's idle timeout.
     * @param isAlive false once there is nothing to be kept.
     */
    KeepAlive(final QuicDriver driver, final QuicOptions options, final BooleanSupplier isAlive) {
        this.driver = driver;
        this.options = options;
        this.isAlive = isAlive;
    }

    /** Begins, when the handshake is done. Twice does nothing. */
    void start(final StreamOutput onControl, final QuicChannel quic, final BooleanSupplier isFree) {
        if (control != null) {
            return;
        }
        control = onControl;
        mayPing = isFree;
        intervalNs = Math.max(MIN_INTERVAL_NS, idleTimeoutNs(quic.peerTransportParameters()) / PINGS_PER_TIMEOUT);
        schedule();
    }

    /** The shorter of both sides' holds. */
    private long idleTimeoutNs(final QuicTransportParameters peer) {
        final long peersNs = peer == null ? 0 : TimeUnit.MILLISECONDS.toNanos(peer.maxIdleTimeout());
        return peersNs == 0 ? options.idleTimeoutNs() : Math.min(peersNs, options.idleTimeoutNs());
    }

    void onWrite() {
        wrote = true;
    }

    private void schedule() {
        final TransportContext context = driver.context();
        context.schedule(context.nowNs() + intervalNs, this::look);
    }

    private void look() {
        if (!isAlive.getAsBoolean()) {
            return;
        }
        driver.enter();
        if (wrote) {
            wrote = false;
        } else {
            sayNow();
        }
        schedule();
        driver.leave();
    }

    /** If there is a stream, and it has room. */
    void sayNow() {
        if (control != null && mayPing.getAsBoolean()) {
            sayAnyway();
        }
    }

    /**
     * Also where the peer has not said yet who it is. For a client that has begun with early data and has nothing to add: if the server
     * has refused that, quiche 0.29.3 sends it again when something later is acknowledged, or else one datagram of it at its probe
     * timeout, and the rest a round trip after that.
     */
    void sayAnyway() {
        if (control.room() >= PING.length) {
            control.write(ByteBuffer.wrap(PING), PING.length);
        }
    }
}
