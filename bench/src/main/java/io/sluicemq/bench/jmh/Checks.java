package io.sluicemq.bench.jmh;

import io.sluicemq.SendResult;

/** That an operation did what is measured: a refused send would be the fastest of all. */
final class Checks {
    private Checks() {}

    static SendResult sent(final SendResult result) {
        if (result != SendResult.SENT) {
            throw new IllegalStateException("send=" + result + ", limit=SENT");
        }
        return result;
    }

    static void one(final int received) {
        if (received != 1) {
            throw new IllegalStateException("received=" + received + ", limit=1");
        }
    }

    static void arrived(final boolean arrived) {
        if (!arrived) {
            throw new IllegalStateException("received=nothing, or not what was sent, limit=one message");
        }
    }
}
