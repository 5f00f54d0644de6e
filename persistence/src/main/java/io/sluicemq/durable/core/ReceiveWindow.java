package io.sluicemq.durable.core;

/**
 * Messages of QoS 1 and 2 that came on one connection, from the lowest whose end the host was not told of: an honest host sends no more than
 * it was asked for. No I/O. The subscriber's thread; allocates only to grow, up to the receive maximum.
 */
final class ReceiveWindow {
    private final IndexWindow window = new IndexWindow();
    private final int receiveMaximum;

    ReceiveWindow(final int receiveMaximum) {
        this.receiveMaximum = receiveMaximum;
    }

    /** A connection begins. */
    void begin() {
        window.reset(0);
    }

    /** A message came that was not here before; returns whether it may. */
    boolean add(final long index, final int qos) {
        if (window.size() == receiveMaximum) {
            return false;
        }
        window.add(index, qos);
        return true;
    }

    /** The host was told that all of QoS 2 up to an index is stored. */
    void onStored(final long upTo) {
        window.endUpTo(upTo, Qos.EXACTLY_ONCE);
    }

    /** The host was told what of QoS 1 is processed. */
    void onProcessed(final Progress progress) {
        window.endUpTo(progress.upTo(), Qos.AT_LEAST_ONCE);
        for (final long each : progress.beyond()) {
            window.end(each);
        }
    }
}
