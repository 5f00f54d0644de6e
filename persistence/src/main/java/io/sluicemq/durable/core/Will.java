package io.sluicemq.durable.core;

import io.sluicemq.durable.PublishOptions;
import io.sluicemq.durable.PublisherWill;
import io.sluicemq.durable.TopicFilter;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What subscribers get when the host dies and does not come back, MQTT 5.0 3.1.2.5.
 *
 * @param topic of the message.
 * @param qos of the message, 0 to 2.
 * @param retain whether it is to be kept.
 * @param delaySeconds between the death and the message.
 * @param expirySeconds how long the message is worth something, 0 for ever.
 * @param payload of the message.
 */
record Will(String topic, int qos, boolean retain, long delaySeconds, long expirySeconds, UnsafeBuffer payload) {
    static final int MAX_PAYLOAD_BYTES = 65_535;
    private static final int QOS_MASK = 3;
    private static final int RETAIN = 4;

    void encode(final WireOutput output) {
        output.string(topic)
                .u8(qos | (retain ? RETAIN : 0))
                .u32(delaySeconds)
                .u32(expirySeconds)
                .u32(payload.capacity())
                .bytes(payload, 0, payload.capacity());
    }

    private static String topic(final String text) {
        try {
            return TopicFilter.requireTopic(text);
        } catch (final IllegalArgumentException e) {
            throw new WireException("willTopic=" + text.length() + " characters, limit=a topic name");
        }
    }

    static Will decode(final WireInput input) {
        final String topic = topic(input.string("willTopic"));
        final int flags = input.u8("willFlags");
        final int qos = Qos.check(flags & QOS_MASK);
        final long delaySeconds = input.u32("willDelaySeconds");
        final long expirySeconds = input.u32("willExpirySeconds");
        final int length = input.count("willBytes", MAX_PAYLOAD_BYTES);
        final UnsafeBuffer payload = new UnsafeBuffer(input.bytes(length, "willPayload"));
        return new Will(topic, qos, (flags & RETAIN) != 0, delaySeconds, expirySeconds, payload);
    }

    /** As in the options of a publisher; null for none. */
    static Will of(final PublisherWill will) {
        if (will == null) {
            return null;
        }
        final PublishOptions how = will.options();
        return new Will(
                will.topic(),
                Qos.of(how.qos()),
                how.retain(),
                will.delay().toSeconds(),
                (how.expiryMs() + 999) / 1_000,
                new UnsafeBuffer(will.payload()));
    }
}
