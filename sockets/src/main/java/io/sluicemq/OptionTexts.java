package io.sluicemq;

import io.sluicemq.transport.PipeOptions.HeartbeatOptions;
import io.sluicemq.transport.TransportOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Options as people read them in a log. Values of own properties are left out, as applications may keep secrets there. */
final class OptionTexts {
    private OptionTexts() {}

    static String of(final SocketOptions options) {
        return "SocketOptions[sendHighWaterMark=" + options.sendHighWaterMark()
                + ", receiveHighWaterMark=" + options.receiveHighWaterMark()
                + ", sendTimeout=" + time(options.sendTimeoutNs())
                + ", receiveTimeout=" + time(options.receiveTimeoutNs())
                + ", linger=" + options.linger()
                + ", reconnectInterval=" + time(options.reconnectIntervalNs())
                + ", reconnectCap=" + time(options.reconnectCapNs())
                + ", handshakeTimeout=" + time(options.pipeOptions().handshakeTimeoutNs())
                + heartbeat(options)
                + ", immediate=" + options.immediate()
                + ", conflate=" + options.conflate()
                + ", singleProducer=" + options.ringOptions().singleProducer()
                + ", ringBytes=" + options.ringOptions().ringBytes()
                + ", maxLargeBytes=" + options.ringOptions().maxLargeBytes()
                + ", maxMessageBytes=" + options.pipeOptions().maxMessageBytes()
                + ", maxFrames=" + options.pipeOptions().maxFrames()
                + ", routingIdBytes=" + options.routingId().length
                + ", properties=" + options.properties().keySet()
                + transports(options.pipeOptions().transportOptions().values()) + "]";
    }

    private static String heartbeat(final SocketOptions options) {
        final HeartbeatOptions heartbeat = options.pipeOptions().heartbeat();
        return ", heartbeatInterval=" + time(heartbeat.intervalNs())
                + ", heartbeatTimeout=" + time(heartbeat.timeoutNs())
                + ", heartbeatTtl=" + time(heartbeat.ttlNs());
    }

    static String transports(final Collection<TransportOptions> all) {
        final List<String> shown = all.stream()
                .map(TransportOptions::toString)
                .sorted(Comparator.naturalOrder())
                .toList();
        return ", transports=" + shown;
    }

    private static String time(final long durationNs) {
        return durationNs == Long.MAX_VALUE
                ? "forever"
                : Duration.ofNanos(durationNs).toString();
    }
}
