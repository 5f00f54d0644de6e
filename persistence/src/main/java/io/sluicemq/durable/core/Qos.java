package io.sluicemq.durable.core;

import io.sluicemq.durable.QualityOfService;

/** Quality of service, MQTT 5.0 4.3. */
final class Qos {
    static final int AT_MOST_ONCE = 0;
    static final int AT_LEAST_ONCE = 1;
    static final int EXACTLY_ONCE = 2;

    private Qos() {}

    static int of(final QualityOfService qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> AT_MOST_ONCE;
            case AT_LEAST_ONCE -> AT_LEAST_ONCE;
            case EXACTLY_ONCE -> EXACTLY_ONCE;
        };
    }

    /** Returns what a peer sent if it can be. */
    static int check(final int qos) {
        if (qos > EXACTLY_ONCE) {
            throw new WireException("qos=" + qos + ", limit=0..2");
        }
        return qos;
    }

    /** What a number that was checked stands for. */
    static QualityOfService toPublic(final int qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> QualityOfService.AT_MOST_ONCE;
            case AT_LEAST_ONCE -> QualityOfService.AT_LEAST_ONCE;
            default -> QualityOfService.EXACTLY_ONCE;
        };
    }
}
