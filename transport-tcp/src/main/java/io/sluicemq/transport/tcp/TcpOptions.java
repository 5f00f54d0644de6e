package io.sluicemq.transport.tcp;

import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import jdk.net.ExtendedSocketOptions;

/**
 * Options of {@code tcp://} connections and listeners. Nagle's algorithm is always off: the pipe itself gathers what is
 * there and never waits for more. Immutable; any thread.
 */
public final class TcpOptions implements TransportOptions {
    /** Everything as the operating system has it. */
    public static final TcpOptions DEFAULTS = builder().build();

    /** Value of a size or a time that leaves it to the operating system. */
    public static final int OS_DEFAULT = -1;

    /** Default of {@link Builder#backlog}, as in libzmq. */
    public static final int DEFAULT_BACKLOG = 100;

    /** Whether TCP probes an idle connection. */
    public enum KeepAlive {
        /** As the operating system has it. */
        OS,
        /** Probe. */
        ON,
        /** Do not probe. */
        OFF
    }

    private final int sendBufferBytes;
    private final int receiveBufferBytes;
    private final KeepAlive keepAlive;
    private final int keepAliveIdleSeconds;
    private final int keepAliveIntervalSeconds;
    private final int keepAliveCount;
    private final int typeOfService;
    private final int backlog;
    private final long connectTimeoutNs;
    private final boolean reuseAddress;

    private TcpOptions(final Builder builder) {
        sendBufferBytes = builder.sendBufferBytes;
        receiveBufferBytes = builder.receiveBufferBytes;
        keepAlive = builder.keepAlive;
        keepAliveIdleSeconds = builder.keepAliveIdleSeconds;
        keepAliveIntervalSeconds = builder.keepAliveIntervalSeconds;
        keepAliveCount = builder.keepAliveCount;
        typeOfService = builder.typeOfService;
        backlog = builder.backlog;
        connectTimeoutNs = builder.connectTimeoutNs;
        reuseAddress = builder.reuseAddress;
    }

    /**
     * Starts with all defaults.
     *
     * @return a builder.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Size of the kernel's send buffer.
     *
     * @return bytes, or {@link #OS_DEFAULT}.
     */
    public int sendBufferBytes() {
        return sendBufferBytes;
    }

    /**
     * Size of the kernel's receive buffer.
     *
     * @return bytes, or {@link #OS_DEFAULT}.
     */
    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    /**
     * Whether TCP probes an idle connection.
     *
     * @return on, off, or as the operating system has it.
     */
    public KeepAlive keepAlive() {
        return keepAlive;
    }

    /**
     * Silence before the first probe.
     *
     * @return seconds, or {@link #OS_DEFAULT}.
     */
    public int keepAliveIdleSeconds() {
        return keepAliveIdleSeconds;
    }

    /**
     * Time between probes.
     *
     * @return seconds, or {@link #OS_DEFAULT}.
     */
    public int keepAliveIntervalSeconds() {
        return keepAliveIntervalSeconds;
    }

    /**
     * Unanswered probes that end the connection.
     *
     * @return a number, or {@link #OS_DEFAULT}.
     */
    public int keepAliveCount() {
        return keepAliveCount;
    }

    /**
     * The type-of-service octet (IPv4) or traffic class (IPv6).
     *
     * @return 0 to 255, or {@link #OS_DEFAULT}.
     */
    public int typeOfService() {
        return typeOfService;
    }

    /**
     * Connections that may wait to be accepted.
     *
     * @return a number.
     */
    public int backlog() {
        return backlog;
    }

    /**
     * Time for the connection to one address to come about.
     *
     * @return nanoseconds; 0 leaves it to the operating system.
     */
    public long connectTimeoutNs() {
        return connectTimeoutNs;
    }

    /**
     * Whether a listener may take an address that old connections still use.
     *
     * @return true by default.
     */
    public boolean reuseAddress() {
        return reuseAddress;
    }

    /** Before a connection is made, as the receive buffer decides the window that is announced. */
    void applyTo(final SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        setIfAsked(channel, StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
        setIfAsked(channel, StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
        setIfAsked(channel, StandardSocketOptions.IP_TOS, typeOfService);
        if (keepAlive != KeepAlive.OS) {
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, keepAlive == KeepAlive.ON);
        }
        setIfAsked(channel, ExtendedSocketOptions.TCP_KEEPIDLE, keepAliveIdleSeconds);
        setIfAsked(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, keepAliveIntervalSeconds);
        setIfAsked(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, keepAliveCount);
    }

    void applyTo(final ServerSocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, reuseAddress);
        setIfAsked(channel, StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
    }

    private static void setIfAsked(final NetworkChannel channel, final SocketOption<Integer> option, final int value)
            throws IOException {
        if (value != OS_DEFAULT && channel.supportedOptions().contains(option)) {
            channel.setOption(option, value);
        }
    }

    @Override
    public String toString() {
        return "TcpOptions[sendBufferBytes=" + sendBufferBytes + ", receiveBufferBytes=" + receiveBufferBytes
                + ", keepAlive=" + keepAlive + ", keepAliveIdleSeconds=" + keepAliveIdleSeconds
                + ", keepAliveIntervalSeconds=" + keepAliveIntervalSeconds + ", keepAliveCount=" + keepAliveCount
                + ", typeOfService=" + typeOfService + ", backlog=" + backlog + ", connectTimeoutNs=" + connectTimeoutNs
                + ", reuseAddress=" + reuseAddress + "]";
    }

    /** Gathers the values of {@link TcpOptions}. Not thread safe. */
    public static final class Builder {
        private int sendBufferBytes = OS_DEFAULT;
        private int receiveBufferBytes = OS_DEFAULT;
        private KeepAlive keepAlive = KeepAlive.OS;
        private int keepAliveIdleSeconds = OS_DEFAULT;
        private int keepAliveIntervalSeconds = OS_DEFAULT;
        private int keepAliveCount = OS_DEFAULT;
        private int typeOfService = OS_DEFAULT;
        private int backlog = DEFAULT_BACKLOG;
        private long connectTimeoutNs;
        private boolean reuseAddress = true;

        private Builder() {}

        /**
         * Size of the kernel's send buffer (SO_SNDBUF).
         *
         * @param bytes from 1, which the system rounds; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder sendBufferBytes(final int bytes) {
            sendBufferBytes = bytes;
            return this;
        }

        /**
         * Size of the kernel's receive buffer (SO_RCVBUF).
         *
         * @param bytes from 1, which the system rounds; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder receiveBufferBytes(final int bytes) {
            receiveBufferBytes = bytes;
            return this;
        }

        /**
         * Whether TCP probes an idle connection (SO_KEEPALIVE).
         *
         * @param mode {@link KeepAlive#OS} by default.
         * @return this.
         */
        public Builder keepAlive(final KeepAlive mode) {
            keepAlive = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /**
         * Silence before the first probe (TCP_KEEPIDLE), where the system has it.
         *
         * @param seconds from 1; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder keepAliveIdleSeconds(final int seconds) {
            keepAliveIdleSeconds = seconds;
            return this;
        }

        /**
         * Time between probes (TCP_KEEPINTVL), where the system has it.
         *
         * @param seconds from 1; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder keepAliveIntervalSeconds(final int seconds) {
            keepAliveIntervalSeconds = seconds;
            return this;
        }

        /**
         * Unanswered probes that end the connection (TCP_KEEPCNT), where the system has it.
         *
         * @param count from 1; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder keepAliveCount(final int count) {
            keepAliveCount = count;
            return this;
        }

        /**
         * The type-of-service octet or traffic class (IP_TOS).
         *
         * @param octet 0 to 255; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder typeOfService(final int octet) {
            typeOfService = octet;
            return this;
        }

        /**
         * Connections that may wait to be accepted.
         *
         * @param connections from 1; {@link #DEFAULT_BACKLOG} by default.
         * @return this.
         */
        public Builder backlog(final int connections) {
            backlog = connections;
            return this;
        }

        /**
         * Time for the connection to one address to come about.
         *
         * @param timeoutNs nanoseconds; 0, the default, leaves it to the operating system.
         * @return this.
         */
        public Builder connectTimeoutNs(final long timeoutNs) {
            connectTimeoutNs = timeoutNs;
            return this;
        }

        /**
         * Whether a listener may take an address that old connections still use (SO_REUSEADDR).
         *
         * @param reuse true by default.
         * @return this.
         */
        public Builder reuseAddress(final boolean reuse) {
            reuseAddress = reuse;
            return this;
        }

        /**
         * Checks all values.
         *
         * @return the options.
         * @throws IllegalArgumentException when a value is out of its range.
         */
        public TcpOptions build() {
            check("sendBufferBytes", sendBufferBytes, 1, Integer.MAX_VALUE);
            check("receiveBufferBytes", receiveBufferBytes, 1, Integer.MAX_VALUE);
            check("keepAliveIdleSeconds", keepAliveIdleSeconds, 1, Short.MAX_VALUE);
            check("keepAliveIntervalSeconds", keepAliveIntervalSeconds, 1, Short.MAX_VALUE);
            check("keepAliveCount", keepAliveCount, 1, Byte.MAX_VALUE);
            check("typeOfService", typeOfService, 0, 255);
            if (backlog < 1) {
                throw new IllegalArgumentException("backlog=" + backlog + ", limit=1, allow at least one connection");
            }
            if (connectTimeoutNs < 0) {
                throw new IllegalArgumentException("connectTimeoutNs=" + connectTimeoutNs
                        + ", limit=0, use 0 to leave it to the operating system");
            }
            return new TcpOptions(this);
        }

        private static void check(final String name, final int value, final int least, final int most) {
            if (value != OS_DEFAULT && (value < least || value > most)) {
                throw new IllegalArgumentException(name + "=" + value + ", limit=" + least + ".." + most
                        + ", use -1 to leave it to the operating system");
            }
        }
    }
}
