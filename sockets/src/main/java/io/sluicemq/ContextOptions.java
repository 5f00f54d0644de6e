package io.sluicemq;

import io.sluicemq.transport.TransportOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;

/** What a {@link Context} is made of. Immutable; any thread. */
public final class ContextOptions {
    /** One I/O thread, as libzmq. */
    public static final ContextOptions DEFAULTS = builder().build();

    private static final int MAX_IO_AGENTS = 64;

    private final int ioAgents;
    private final boolean invoked;
    private final ThreadFactory threadFactory;
    private final long maxIdleBufferBytes;
    private final Map<Class<? extends TransportOptions>, TransportOptions> transportOptions;

    private ContextOptions(final Builder builder) {
        ioAgents = builder.ioAgents;
        invoked = builder.invoked;
        threadFactory = builder.threadFactory;
        maxIdleBufferBytes = builder.maxIdleBufferBytes;
        transportOptions = Map.copyOf(builder.transports);
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * See {@link Builder#ioAgents}.
     *
     * @return the number.
     */
    public int ioAgents() {
        return ioAgents;
    }

    /**
     * See {@link Builder#invoked}.
     *
     * @return whether the application does the I/O.
     */
    public boolean invoked() {
        return invoked;
    }

    /**
     * See {@link Builder#threadFactory}.
     *
     * @return the factory.
     */
    public ThreadFactory threadFactory() {
        return threadFactory;
    }

    /**
     * See {@link Builder#maxIdleBufferBytes}.
     *
     * @return bytes.
     */
    public long maxIdleBufferBytes() {
        return maxIdleBufferBytes;
    }

    /**
     * See {@link Builder#transport}.
     *
     * @return by class.
     */
    public Map<Class<? extends TransportOptions>, TransportOptions> transportOptions() {
        return transportOptions;
    }

    @Override
    public String toString() {
        return "ContextOptions[ioAgents=" + ioAgents + ", invoked=" + invoked + ", maxIdleBufferBytes="
                + maxIdleBufferBytes + OptionTexts.transports(transportOptions.values()) + "]";
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private int ioAgents = 1;
        private boolean invoked;
        private long maxIdleBufferBytes = 256L << 20;
        private final Map<Class<? extends TransportOptions>, TransportOptions> transports = new HashMap<>();
        private ThreadFactory threadFactory = task -> {
            final Thread thread = new Thread(task);
            // A program that forgets its context still ends.
            thread.setDaemon(true);
            return thread;
        };

        private Builder() {}

        /**
         * How many I/O agents share the sockets (ZMQ_IO_THREADS). Default 1.
         *
         * @param count 1 to 64.
         * @return this.
         */
        public Builder ioAgents(final int count) {
            ioAgents = count;
            return this;
        }

        /**
         * Whether no I/O thread is started, and the application's own threads do the I/O by {@link Context#invoke()} and in calls
         * that wait: one spinning thread then has the latency of raw NIO. Default false.
         *
         * @param value true to invoke.
         * @return this.
         */
        public Builder invoked(final boolean value) {
            invoked = value;
            return this;
        }

        /**
         * Makes the I/O threads. Default: daemon threads. A platform thread of the application that waits for a message or for
         * room may do a turn of I/O in place of them, listeners included; one that goes on to send after that, or sends more than
         * the connection takes, may do so in calls that do not wait.
         *
         * @param factory called once an I/O agent; the thread gets the agent's name.
         * @return this.
         */
        public Builder threadFactory(final ThreadFactory factory) {
            threadFactory = Objects.requireNonNull(factory, "threadFactory");
            return this;
        }

        /**
         * Most bytes of buffers for large messages kept for reuse. Default 256 MiB.
         *
         * @param bytes 0 or more.
         * @return this.
         */
        public Builder maxIdleBufferBytes(final long bytes) {
            maxIdleBufferBytes = bytes;
            return this;
        }

        /**
         * Options of one transport, such as {@code TlsOptions} with the certificate of this process, for all sockets that say
         * nothing of it; the last of a class counts.
         *
         * @param options of the transport.
         * @return this.
         */
        public Builder transport(final TransportOptions options) {
            transports.put(options.getClass(), options);
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public ContextOptions build() {
            if (ioAgents < 1 || ioAgents > MAX_IO_AGENTS) {
                throw new IllegalArgumentException(
                        "ioAgents=" + ioAgents + ", limit=1.." + MAX_IO_AGENTS + ", start with 1");
            }
            OptionChecks.atLeast("maxIdleBufferBytes", maxIdleBufferBytes, 0, "use 0 to keep none");
            return new ContextOptions(this);
        }
    }
}
