package io.sluicemq.transport.quic;

import java.util.function.BooleanSupplier;

/**
 * What waits until QUIC takes more. Nothing tells when it does: it may whenever something has come from the peer, and is asked then; and now and then,
 * as QUIC also makes room when it takes packets for lost. Agent.
 */
final class RoomWait {
    private static final long MIN_DELAY_NS = 50_000_000L;

    /** Longer each time up to this, as the peer may be gone. */
    private static final long MAX_DELAY_NS = 1_000_000_000L;

    private final QuicDriver driver;
    private final BooleanSupplier attempt;
    private final Runnable timer = this::onTimer;
    private long delayNs;
    private boolean timing;
    private boolean waiting;
    private boolean wanted;

    /**
     * Makes one that does not wait.
     *
     * @param driver with timers and turns.
     * @param attempt tries to go on; whether that is over.
     */
    RoomWait(final QuicDriver driver, final BooleanSupplier attempt) {
        this.driver = driver;
        this.attempt = attempt;
    }

    boolean isWaiting() {
        return waiting;
    }

    void begin() {
        if (!waiting) {
            waiting = true;
            delayNs = MIN_DELAY_NS;
            arm();
        }
    }

    private void arm() {
        if (!timing) {
            timing = true;
            driver.context().schedule(driver.context().nowNs() + delayNs, timer);
        }
    }

    /** Something comes from the peer, which QUIC is about to look at. */
    void onHeard() {
        if (waiting && !wanted) {
            wanted = true;
            driver.retrySoon(this);
        }
    }

    /** QUIC has looked at what has come. */
    void retry() {
        wanted = false;
        if (waiting) {
            waiting = !attempt.getAsBoolean();
        }
    }

    private void onTimer() {
        timing = false;
        if (waiting) {
            driver.enter();
            retry();
            if (waiting) {
                delayNs = Math.min(2 * delayNs, MAX_DELAY_NS);
                arm();
            }
            driver.leave();
        }
    }
}
