package io.sluicemq.durable.core;

import io.sluicemq.durable.Delivered;
import io.sluicemq.durable.QualityOfService;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A message as it lies in a buffer; used again for the next. One thread. */
final class DeliveredView implements Delivered {
    private final WireInput input = new WireInput();
    private final Delivery delivery = new Delivery();
    private int producer;
    private boolean redelivered;
    private int offset;
    private int length;

    /** Shows a whole DELIVER. */
    DeliveredView wrap(
            final int ofProducer,
            final boolean isRedelivered,
            final DirectBuffer buffer,
            final int newOffset,
            final int newLength) {
        delivery.wrap(input.wrap(buffer, newOffset, newLength));
        producer = ofProducer;
        redelivered = isRedelivered;
        offset = newOffset;
        length = newLength;
        return this;
    }

    /** Whether the host says that it may have been sent before. */
    boolean isMarkedByHost() {
        return delivery.isRedelivered();
    }

    void mark(final boolean isRedelivered) {
        redelivered = isRedelivered;
    }

    @Override
    public int producer() {
        return producer;
    }

    @Override
    public long index() {
        return delivery.index();
    }

    @Override
    public QualityOfService qos() {
        return Qos.toPublic(delivery.qos());
    }

    @Override
    public boolean isRetained() {
        return delivery.isRetained();
    }

    @Override
    public boolean isRedelivered() {
        return redelivered;
    }

    @Override
    public long expiresAtEpochMs() {
        return delivery.expiresAtEpochMs();
    }

    @Override
    public long publishedAtEpochNs() {
        return delivery.publishedAtEpochNs();
    }

    @Override
    public int subscriptionIds() {
        return delivery.subscriptionIds();
    }

    @Override
    public int subscriptionId(final int i) {
        return delivery.subscriptionId(i);
    }

    @Override
    public DirectBuffer buffer() {
        return delivery.buffer();
    }

    @Override
    public int topicOffset() {
        return delivery.topicAt();
    }

    @Override
    public int topicLength() {
        return delivery.topicBytes();
    }

    @Override
    public int headersOffset() {
        return delivery.headersAt();
    }

    @Override
    public int headersLength() {
        return delivery.headersBytes();
    }

    @Override
    public int payloadOffset() {
        return delivery.payloadAt();
    }

    @Override
    public int payloadLength() {
        return delivery.payloadBytes();
    }

    @Override
    public DeliveredView copy() {
        final byte[] bytes = new byte[length];
        delivery.buffer().getBytes(offset, bytes);
        return new DeliveredView().wrap(producer, redelivered, new UnsafeBuffer(bytes), 0, length);
    }

    @Override
    public String toString() {
        return "producer=" + producer + " index=" + index() + " qos=" + qos() + " topic=" + topic() + " payloadBytes="
                + payloadLength() + (redelivered ? " redelivered" : "");
    }
}
