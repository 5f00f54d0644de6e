package io.sluicemq;

import io.sluicemq.transport.PipeOptions.HeartbeatOptions;
import io.sluicemq.wire.HandshakeConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What {@link SocketOptions.Builder#build()} refuses, each with the value, the limit and the remedy. */
final class OptionChecks {
    private static final int MAX_ROUTING_ID_BYTES = 255;

    /** Stands for none, as an empty one that is asked for is a mistake. */
    static final byte[] NO_ROUTING_ID = new byte[0];

    /** 65.5 s: libzmq keeps milliseconds in 16 bits, so that more would be some milliseconds to it. */
    private static final long MAX_TTL_NS = 65_500_000_000L;

    private OptionChecks() {}

    static void atLeast(final String name, final long value, final long limit, final String remedy) {
        if (value < limit) {
            throw new IllegalArgumentException(name + "=" + value + ", limit=" + limit + ", " + remedy);
        }
    }

    static long nanos(final String name, final Duration value) {
        if (value == null || value.isNegative()) {
            throw new IllegalArgumentException(name + "=" + value + ", limit=0, use zero or more");
        }
        try {
            return value.toNanos();
        } catch (final ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    static void reconnect(final long intervalNs, final long capNs) {
        if (capNs != 0 && capNs < intervalNs) {
            throw new IllegalArgumentException("reconnectCapNs=" + capNs + ", limit=" + intervalNs
                    + ", use zero for no growth or at least the interval");
        }
    }

    static void heartbeat(final HeartbeatOptions heartbeat) {
        if (heartbeat.intervalNs() > 0 && heartbeat.timeoutNs() == 0) {
            throw new IllegalArgumentException("heartbeatTimeoutNs=0, limit=1, use a timeout with an interval of "
                    + heartbeat.intervalNs() + " ns");
        }
    }

    static void heartbeatTtl(final HeartbeatOptions heartbeat) {
        if (heartbeat.ttlNs() != 0 && heartbeat.ttlNs() < heartbeat.intervalNs()) {
            throw new IllegalArgumentException(
                    "heartbeatTtlNs=" + heartbeat.ttlNs() + ", limit=" + heartbeat.intervalNs()
                            + ", use zero or at least the interval, or the peer gives up between PINGs");
        }
        if (heartbeat.ttlNs() > MAX_TTL_NS) {
            throw new IllegalArgumentException("heartbeatTtlNs=" + heartbeat.ttlNs() + ", limit=" + MAX_TTL_NS
                    + ", use zero for none or at most 65.5 s, as libzmq misreads more");
        }
    }

    static void routingId(final byte[] id) {
        final boolean isNone = id == NO_ROUTING_ID;
        if (!isNone && (id.length == 0 || id.length > MAX_ROUTING_ID_BYTES || id[0] == 0)) {
            throw new IllegalArgumentException("routingId=" + id.length + " bytes, limit=1.." + MAX_ROUTING_ID_BYTES
                    + " bytes and the first not 0, choose another, or leave it out for none");
        }
    }

    static void properties(final Map<String, String> properties) {
        for (final String name : properties.keySet()) {
            if (name.equalsIgnoreCase(HandshakeConfig.COUNTS_PROPERTY)) {
                throw new IllegalArgumentException(
                        "property=" + name + ", limit=names that the library does not use itself, choose another name");
            }
            if (!name.toUpperCase(Locale.ROOT).startsWith("X-") || name.length() > MAX_ROUTING_ID_BYTES) {
                throw new IllegalArgumentException("property=" + name + ", limit=" + MAX_ROUTING_ID_BYTES
                        + " characters that start with X-, choose another name");
            }
        }
    }
}
