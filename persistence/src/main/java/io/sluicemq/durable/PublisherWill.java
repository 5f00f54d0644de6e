package io.sluicemq.durable;

import java.time.Duration;

/**
 * A message that subscribers keep for the case that their publisher dies, MQTT 5.0 section 3.1.2.5. Each of them gets it once when the
 * connection breaks without a goodbye and the publisher does not come back in time. Immutable; any thread.
 */
public final class PublisherWill {
    /** Bytes of the payload at the most. */
    public static final int MAX_PAYLOAD_BYTES = 65_535;

    private static final Duration MAX_DELAY = Duration.ofDays(36_500);

    private final String topic;
    private final byte[] payload;
    private final PublishOptions options;
    private final Duration delay;

    /**
     * Makes a will.
     *
     * @param topic of the message.
     * @param payload of the message, copied.
     * @param options QoS, retain and expiry of the message, from its delivery on; the rest does not matter.
     * @param delay how long subscribers wait for the publisher to come back; rounded down to seconds.
     * @throws IllegalArgumentException when the topic is none, or a value is too large.
     */
    public PublisherWill(final String topic, final byte[] payload, final PublishOptions options, final Duration delay) {
        if (payload.length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "willBytes=" + payload.length + ", limit=" + MAX_PAYLOAD_BYTES + ", use a shorter will");
        }
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException("willDelay=" + delay + ", limit=0 to 36500 days, wait for less");
        }
        this.topic = TopicFilter.requireTopic(topic);
        this.payload = payload.clone();
        this.options = options;
        this.delay = delay;
    }

    /**
     * Topic of the message.
     *
     * @return as given.
     */
    public String topic() {
        return topic;
    }

    /**
     * Payload of the message.
     *
     * @return a copy.
     */
    public byte[] payload() {
        return payload.clone();
    }

    /**
     * How the message is delivered.
     *
     * @return as given.
     */
    public PublishOptions options() {
        return options;
    }

    /**
     * How long subscribers wait.
     *
     * @return as given.
     */
    public Duration delay() {
        return delay;
    }
}
