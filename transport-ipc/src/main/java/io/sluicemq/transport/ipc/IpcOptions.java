package io.sluicemq.transport.ipc;

import io.sluicemq.transport.TransportOptions;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Options of {@code ipc://} connections and listeners. Immutable; any thread. */
public final class IpcOptions implements TransportOptions {
    /** Value of a size that leaves it to the operating system. */
    public static final int OS_DEFAULT = -1;

    /** Default of {@link Builder#backlog}, as in libzmq. */
    public static final int DEFAULT_BACKLOG = 100;

    /** Default of {@link Builder#permissions}: the user who binds, and nobody else. */
    public static final Set<PosixFilePermission> DEFAULT_PERMISSIONS =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /** All defaults. */
    public static final IpcOptions DEFAULTS = builder().build();

    private final Set<PosixFilePermission> permissions;
    private final int backlog;
    private final int sendBufferBytes;
    private final int receiveBufferBytes;

    private IpcOptions(final Builder builder) {
        permissions = builder.permissions;
        backlog = builder.backlog;
        sendBufferBytes = builder.sendBufferBytes;
        receiveBufferBytes = builder.receiveBufferBytes;
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
     * Permissions of the socket's file, which say who may connect.
     *
     * @return an immutable set.
     */
    public Set<PosixFilePermission> permissions() {
        return permissions;
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

    void applyTo(final SocketChannel channel) throws IOException {
        setIfAsked(channel, StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
        setIfAsked(channel, StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
    }

    private static void setIfAsked(final SocketChannel channel, final SocketOption<Integer> option, final int value)
            throws IOException {
        if (value != OS_DEFAULT) {
            channel.setOption(option, value);
        }
    }

    @Override
    public String toString() {
        return "IpcOptions[permissions=" + PosixFilePermissions.toString(permissions) + ", backlog=" + backlog
                + ", sendBufferBytes=" + sendBufferBytes + ", receiveBufferBytes=" + receiveBufferBytes + "]";
    }

    /** Gathers the values of {@link IpcOptions}. Not thread safe. */
    public static final class Builder {
        private Set<PosixFilePermission> permissions = DEFAULT_PERMISSIONS;
        private int backlog = DEFAULT_BACKLOG;
        private int sendBufferBytes = OS_DEFAULT;
        private int receiveBufferBytes = OS_DEFAULT;

        private Builder() {}

        /**
         * Permissions of the socket's file, from its first moment on. On Linux, those may connect who may write; who may
         * pass through the directories above decides too. Below the fresh directory of {@code ipc://*}, those pass who
         * may write.
         *
         * @param allowed with OWNER_WRITE at least; {@link #DEFAULT_PERMISSIONS} by default.
         * @return this.
         */
        public Builder permissions(final Set<PosixFilePermission> allowed) {
            permissions = Set.copyOf(allowed);
            return this;
        }

        /**
         * Connections that may wait to be accepted. Those above that ask again for some 2 s, and then after their
         * reconnect interval.
         *
         * @param connections from 1; {@link #DEFAULT_BACKLOG} by default.
         * @return this.
         */
        public Builder backlog(final int connections) {
            backlog = connections;
            return this;
        }

        /**
         * Size of the kernel's send buffer (SO_SNDBUF), which on Linux bounds what is under way to the peer.
         *
         * @param bytes from 1, which the system rounds; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder sendBufferBytes(final int bytes) {
            sendBufferBytes = bytes;
            return this;
        }

        /**
         * Size of the kernel's receive buffer (SO_RCVBUF), which does nothing for Unix-domain sockets on Linux.
         *
         * @param bytes from 1, which the system rounds; {@link #OS_DEFAULT} by default.
         * @return this.
         */
        public Builder receiveBufferBytes(final int bytes) {
            receiveBufferBytes = bytes;
            return this;
        }

        /**
         * Checks all values.
         *
         * @return the options.
         * @throws IllegalArgumentException when a value is out of its range.
         */
        public IpcOptions build() {
            if (!permissions.contains(PosixFilePermission.OWNER_WRITE)) {
                throw new IllegalArgumentException("permissions="
                        + (permissions.isEmpty() ? permissions : EnumSet.copyOf(permissions))
                        + ", limit=at least OWNER_WRITE, without which nobody can connect");
            }
            if (backlog < 1) {
                throw new IllegalArgumentException("backlog=" + backlog + ", limit=1, allow at least one connection");
            }
            check("sendBufferBytes", sendBufferBytes);
            check("receiveBufferBytes", receiveBufferBytes);
            return new IpcOptions(this);
        }

        private static void check(final String name, final int value) {
            if (value != OS_DEFAULT && value < 1) {
                throw new IllegalArgumentException(name + "=" + value + ", limit=1.." + Integer.MAX_VALUE
                        + ", use -1 to leave it to the operating system");
            }
        }
    }
}
