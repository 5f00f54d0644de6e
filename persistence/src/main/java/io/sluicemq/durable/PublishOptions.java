package io.sluicemq.durable;

import com.google.protobuf.ByteString;
import io.sluicemq.journal.Durability;
import io.sluicemq.journal.proto.Envelope;
import io.sluicemq.journal.proto.Header;
import java.time.Duration;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;

/** How messages are published. Immutable; any thread; meant to be made once and used for many messages. */
public final class PublishOptions {
    /** QoS 1, not retained, never expires, {@link Durability#SYNCED}. */
    public static final PublishOptions DEFAULTS = builder().build();

    /** Bytes of all headers of a message, encoded. */
    public static final int MAX_HEADERS_BYTES = 1 << 20;

    private final QualityOfService qos;
    private final boolean retain;
    private final long expiryMs;
    private final Durability level;
    private final byte[] headers;

    private PublishOptions(final Builder builder, final byte[] headers) {
        qos = builder.qos;
        retain = builder.retain;
        expiryMs = builder.expiry == null ? 0 : Math.max(1, builder.expiry.toMillis());
        level = builder.level;
        this.headers = headers;
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
     * See {@link Builder#qos}.
     *
     * @return the value.
     */
    public QualityOfService qos() {
        return qos;
    }

    /**
     * See {@link Builder#retain}.
     *
     * @return the value.
     */
    public boolean retain() {
        return retain;
    }

    /**
     * See {@link Builder#expiry}.
     *
     * @return milliseconds, 0 for never.
     */
    public long expiryMs() {
        return expiryMs;
    }

    /**
     * See {@link Builder#level}.
     *
     * @return the value.
     */
    public Durability level() {
        return level;
    }

    /**
     * How long the headers are as they are stored, an {@code Envelope} of envelope.proto.
     *
     * @return bytes, 0 for none.
     */
    public int headersBytes() {
        return headers.length;
    }

    /**
     * Copies the headers as they are stored.
     *
     * @param target takes {@link #headersBytes()}.
     * @param offset of the first.
     */
    public void putHeaders(final MutableDirectBuffer target, final int offset) {
        target.putBytes(offset, headers);
    }

    /** Collects the values; checked as a whole in {@link #build()}. For one thread. */
    public static final class Builder {
        private final Envelope.Builder envelope = Envelope.newBuilder().setVersion(Headers.VERSION);
        private QualityOfService qos = QualityOfService.AT_LEAST_ONCE;
        private boolean retain;
        private Duration expiry;
        private Durability level = Durability.SYNCED;

        private Builder() {}

        /**
         * How hard delivery is tried. A subscription may ask for less. Default {@link QualityOfService#AT_LEAST_ONCE}.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder qos(final QualityOfService value) {
            qos = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Whether the message takes the place of the one that its topic retained, to be sent to who subscribes later; an empty payload
         * only takes it out. Default false.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder retain(final boolean value) {
            retain = value;
            return this;
        }

        /**
         * How long the message is worth something: it is not sent to anybody after that. Default: for ever.
         *
         * @param value 1 ms or more.
         * @return this.
         */
        public Builder expiry(final Duration value) {
            expiry = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * How durable the message is when its publishing is reported. Default {@link Durability#SYNCED}.
         *
         * @param value the new value.
         * @return this.
         */
        public Builder level(final Durability value) {
            level = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Adds a header, which comes with each message. Headers keep their order, and names may come more than once.
         *
         * @param name of the header.
         * @param value copied.
         * @return this.
         */
        public Builder header(final String name, final byte[] value) {
            envelope.addHeaders(Header.newBuilder().setName(name).setValue(ByteString.copyFrom(value)));
            return this;
        }

        /**
         * Checks and makes the options.
         *
         * @return immutable options.
         * @throws IllegalArgumentException naming the value, the limit and the remedy.
         */
        public PublishOptions build() {
            if (expiry != null && expiry.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("expiry=" + expiry + ", limit=1 ms or more, leave it out for never");
            }
            if (expiry != null && expiry.compareTo(Duration.ofDays(36_500)) > 0) {
                throw new IllegalArgumentException("expiry=" + expiry + ", limit=36500 days, leave it out for never");
            }
            final byte[] headers = envelope.getHeadersCount() == 0
                    ? new byte[0]
                    : envelope.build().toByteArray();
            if (headers.length > MAX_HEADERS_BYTES) {
                throw new IllegalArgumentException("headersBytes=" + headers.length + ", limit=" + MAX_HEADERS_BYTES
                        + ", put large values into the payload");
            }
            return new PublishOptions(this, headers);
        }
    }
}
