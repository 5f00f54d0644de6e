package io.sluicemq.durable;

import java.util.List;
import org.agrona.DirectBuffer;

/**
 * A message that a {@link DurableSubscriber} hands over. Inside a {@link DeliveryHandler} it is a view of where the message lies, valid
 * during that call only; {@link #copy()} makes one that stays. Not to be written to. One thread at a time.
 */
public interface Delivered {
    /**
     * The number that this subscriber gave to the host, for ever; see {@link DurableSubscriber#producer}. With {@link #index} it is
     * the id of the message, the same each time it is handed over.
     *
     * @return 1 or more.
     */
    int producer();

    /**
     * The place of the message in the host's log.
     *
     * @return the index; of a will a number below 0, which is its own; of {@link QualityOfService#AT_MOST_ONCE} without meaning.
     */
    long index();

    /**
     * Whether it is the last will of its host, see {@link PublisherWill}.
     *
     * @return false for what the host has published.
     */
    default boolean isWill() {
        return index() < 0;
    }

    /**
     * What was published and granted, the lower of both.
     *
     * @return the quality of service.
     */
    QualityOfService qos();

    /**
     * Whether it comes since it was retained, or was published so and the subscription keeps the flag.
     *
     * @return the flag.
     */
    boolean isRetained();

    /**
     * Whether it may have been handed over before.
     *
     * @return false if it certainly was not.
     */
    boolean isRedelivered();

    /**
     * When it loses its worth.
     *
     * @return in ms since 1970; 0 for never.
     */
    long expiresAtEpochMs();

    /**
     * When it was published, by the host's clock.
     *
     * @return in ns since 1970.
     */
    long publishedAtEpochNs();

    /**
     * How many of the subscriptions that it matched have a number.
     *
     * @return 0 to 255.
     */
    int subscriptionIds();

    /**
     * The number of a subscription that it matched.
     *
     * @param i from 0 to below {@link #subscriptionIds()}.
     * @return the number given in {@link SubscribeOptions.Builder#subscriptionId}.
     */
    int subscriptionId(int i);

    /**
     * Holds topic, headers and payload.
     *
     * @return the buffer, not to be written to.
     */
    DirectBuffer buffer();

    /**
     * Where the topic begins.
     *
     * @return offset in the buffer.
     */
    int topicOffset();

    /**
     * Length of the topic.
     *
     * @return bytes of UTF-8.
     */
    int topicLength();

    /**
     * Where the headers begin.
     *
     * @return offset in the buffer.
     */
    int headersOffset();

    /**
     * Length of the headers.
     *
     * @return bytes; 0 for none.
     */
    int headersLength();

    /**
     * Where the payload begins.
     *
     * @return offset in the buffer.
     */
    int payloadOffset();

    /**
     * Length of the payload.
     *
     * @return bytes.
     */
    int payloadLength();

    /**
     * The topic as a text.
     *
     * @return a new object.
     */
    default String topic() {
        return buffer().getStringWithoutLengthUtf8(topicOffset(), topicLength());
    }

    /**
     * The payload as bytes.
     *
     * @return a copy.
     */
    default byte[] payload() {
        final byte[] bytes = new byte[payloadLength()];
        buffer().getBytes(payloadOffset(), bytes);
        return bytes;
    }

    /**
     * The payload as a text.
     *
     * @return a new object, of what is taken for UTF-8.
     */
    default String text() {
        return buffer().getStringWithoutLengthUtf8(payloadOffset(), payloadLength());
    }

    /**
     * The headers, in the order in which they were given. Makes objects: for where that may be.
     *
     * @return immutable, perhaps empty.
     * @throws IllegalStateException if they are not what this version can read, which says nothing against the payload.
     */
    default List<MessageHeader> headers() {
        return Headers.parse(buffer(), headersOffset(), headersLength());
    }

    /**
     * A copy that stays valid.
     *
     * @return a new object with bytes of its own.
     */
    Delivered copy();
}
