package io.sluicemq.transport.ipc;

import io.sluicemq.transport.TransportOptions;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** Options of {@code shm://} sockets. Those of the bound side hold for both. Immutable; any thread. */
public final class ShmOptions implements TransportOptions {
    /** Smallest ring, in bytes. */
    public static final int MIN_RING_BYTES = ShmLayout.MIN_RING_BYTES;

    /** Largest ring, in bytes. */
    public static final int MAX_RING_BYTES = ShmLayout.MAX_RING_BYTES;

    /** Default of {@link Builder#ringBytes}. */
    public static final int DEFAULT_RING_BYTES = 1 << 20;

    /** All defaults. */
    public static final ShmOptions DEFAULTS = builder().build();

    private final int ringBytes;
    private final Set<PosixFilePermission> permissions;

    private ShmOptions(final Builder builder) {
        ringBytes = builder.ringBytes;
        permissions = Set.copyOf(builder.permissions);
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
     * Capacity of each of the two rings of a connection.
     *
     * @return bytes.
     */
    public int ringBytes() {
        return ringBytes;
    }

    /**
     * Who may connect.
     *
     * @return immutable permissions of the control socket and of the files.
     */
    public Set<PosixFilePermission> permissions() {
        return permissions;
    }

    @Override
    public String toString() {
        return "ShmOptions[ringBytes=" + ringBytes + ", permissions=" + PosixFilePermissions.toString(permissions)
                + "]";
    }

    /** Gathers the values of {@link ShmOptions}. Not thread safe. */
    public static final class Builder {
        private int ringBytes = DEFAULT_RING_BYTES;
        private Set<PosixFilePermission> permissions =
                EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

        private Builder() {}

        /**
         * Capacity of each of the two rings of a connection, which is taken when a peer joins. A message of more than an eighth
         * of it goes in parts, by the I/O agent.
         *
         * @param bytes a power of two from {@link #MIN_RING_BYTES} to {@link #MAX_RING_BYTES}; {@link #DEFAULT_RING_BYTES} by
         *     default.
         * @return this.
         */
        public Builder ringBytes(final int bytes) {
            ringBytes = bytes;
            return this;
        }

        /**
         * Who may connect: those who may write to the control socket, and read and write the files of the rings.
         *
         * @param set permissions; read and write for the owner by default.
         * @return this.
         */
        public Builder permissions(final Set<PosixFilePermission> set) {
            permissions = Set.copyOf(Objects.requireNonNull(set, "set"));
            return this;
        }

        /**
         * Checks all values.
         *
         * @return the options.
         * @throws IllegalArgumentException when a value is out of its range.
         */
        public ShmOptions build() {
            if (!ShmLayout.isRingSize(ringBytes)) {
                throw new IllegalArgumentException("ringBytes=" + ringBytes + ", limit=" + MIN_RING_BYTES + ".."
                        + MAX_RING_BYTES + ", use a power of two");
            }
            if (!permissions.contains(PosixFilePermission.OWNER_READ)
                    || !permissions.contains(PosixFilePermission.OWNER_WRITE)) {
                throw new IllegalArgumentException(
                        "permissions=" + permissions + ", limit=OWNER_READ and OWNER_WRITE at least, add them");
            }
            return new ShmOptions(this);
        }
    }
}
