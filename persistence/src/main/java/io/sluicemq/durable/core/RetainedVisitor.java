package io.sluicemq.durable.core;

import org.agrona.DirectBuffer;

/** Told of retained messages. */
@FunctionalInterface
public interface RetainedVisitor {

    /**
     * Called for a topic. Must not call the object that calls it.
     *
     * @param topic holds the topic name from its start; valid during the call only.
     * @param lengthBytes of the topic name.
     * @param index of the message in the log.
     * @param expiryMs when the message expires, in milliseconds since 1970; {@link RetainedMessages#NEVER}: never.
     */
    void onRetained(DirectBuffer topic, int lengthBytes, long index, long expiryMs);
}
