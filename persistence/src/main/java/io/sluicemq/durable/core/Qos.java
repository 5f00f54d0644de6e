package io.sluicemq.durable.core;

/** Quality of service, MQTT 5.0 4.3. */
final class Qos {
    static final int AT_MOST_ONCE = 0;
    static final int AT_LEAST_ONCE = 1;
    static final int EXACTLY_ONCE = 2;

    private Qos() {}

    /** Returns what a peer sent if it can be. */
    static int check(final int qos) {
        if (qos > EXACTLY_ONCE) {
            throw new WireException("qos=" + qos + ", limit=0..2");
        }
        return qos;
    }
}
