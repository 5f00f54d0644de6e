package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import org.agrona.DirectBuffer;

/** Takes what comes from one host. Whatever cannot be ends the connection and nothing else. The subscriber's thread. */
final class SubscriberInput {

    private final SubscriberLink link;
    private final Inbox inbox;
    private final HandOver handOver;
    private final SubscriberCounters counters;
    private final WireInput input = new WireInput();
    private final Delivery delivery = new Delivery();

    /** The rest of what came on this connection is not looked at. */
    private boolean ended;

    private boolean inMessage;
    private int reason;
    private String failure;
    private Goodbye goodbye;

    SubscriberInput(final SubscriberLink link, final LinkServices services) {
        this.link = link;
        inbox = services.inbox();
        handOver = services.handOver();
        counters = services.counters();
    }

    /** A new connection. */
    void begin() {
        ended = false;
        inMessage = false;
        failure = null;
        goodbye = null;
    }

    /** The host's last word; null if there is none. */
    Goodbye goodbye() {
        return goodbye;
    }

    /** Why the connection must end; null if it need not. */
    String failure() {
        return failure;
    }

    /** Code of MQTT 5.0 for the failure. */
    int reason() {
        return reason;
    }

    void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        if (ended) {
            return;
        }
        if (more || inMessage) {
            inMessage = more;
            fail(Reasons.PROTOCOL_ERROR, "frames=2 or more, limit=1");
            return;
        }
        try {
            input.wrap(buffer, offset, length);
            onMessage(buffer.getByte(offset), buffer, offset, length);
        } catch (final WireException e) {
            fail(Reasons.PROTOCOL_ERROR, e.getMessage());
        }
    }

    private void fail(final int code, final String text) {
        ended = true;
        reason = code;
        failure = text;
    }

    private void onMessage(final int type, final DirectBuffer buffer, final int offset, final int length) {
        if (type == WireType.DELIVER && link.isResumed()) {
            onDelivery(buffer, offset, length);
        } else if (type == WireType.WELCOME && link.isGreeting()) {
            onWelcome(Welcome.decode(input));
        } else if (type == WireType.DONE && link.isResumed()) {
            link.onDone(Done.decode(input));
        } else if (type == WireType.GOODBYE) {
            goodbye = Goodbye.decode(input);
            ended = true;
        } else {
            throw new WireException("messageType=" + type + ", limit=" + expected());
        }
    }

    private String expected() {
        return link.isGreeting() ? "WELCOME or GOODBYE" : "DELIVER, DONE or GOODBYE, after RESUME";
    }

    private void onWelcome(final Welcome welcome) {
        final ProducerState producer = inbox.producer(welcome.producer());
        if (producer == null) {
            fail(Reasons.QUOTA_EXCEEDED, "inbox=full, limit=room on its disk");
        } else if (producer.isConnected()) {
            fail(
                    Reasons.PROTOCOL_ERROR,
                    "producer=" + producer.id()
                            + " is connected at another endpoint, limit=1, disconnect from one of the two; "
                            + "if this is another host, let hosts prove who they are");
        } else if (welcome.headIndex() < producer.progress().highest()) {
            link.refuse(producer);
            fail(
                    Reasons.IMPLEMENTATION_ERROR,
                    "headIndex=" + welcome.headIndex() + " of producer=" + producer.id() + ", limit="
                            + producer.progress().highest()
                            + " or more, which came from it: its journal is an older copy, and new "
                            + "messages would be taken for old ones; forget the producer and connect again");
        } else {
            link.onWelcome(welcome, producer);
        }
    }

    private void onDelivery(final DirectBuffer buffer, final int offset, final int length) {
        delivery.wrap(input);
        if (delivery.index() < 0) {
            throw new WireException("index=" + delivery.index() + ", limit=0 or more");
        }
        if (!TopicFilter.isTopic(buffer, delivery.topicAt(), delivery.topicBytes())) {
            throw new WireException("topicBytes=" + delivery.topicBytes() + ", limit=a topic name in UTF-8");
        }
        final ProducerState producer = link.producer();
        SubscriberCounters.add(counters.received, 1);
        if (length > inbox.maxMessageBytes()) {
            fail(
                    Reasons.PACKET_TOO_LARGE,
                    "messageBytes=" + length + ", limit=" + inbox.maxMessageBytes()
                            + " as HELLO said, open the subscriber with larger segmentBytes");
            return;
        }
        if (delivery.qos() == Qos.AT_MOST_ONCE) {
            handOver.offer(producer, false, inbox.collectedMessages(), buffer, offset, length);
            return;
        }
        if (FaultPoints.MESSAGE_HEARD) {
            FaultPoints.pass();
        }
        final long index = delivery.index();
        final SubscriberProgress.Decision decision =
                producer.progress().onDelivery(index, delivery.previous(), delivery.qos());
        switch (decision) {
            case STORE -> {
                if (mayCome(index)) {
                    store(producer, buffer, offset, length);
                }
            }
            case HAND_OVER -> {
                // One too many is handed over all the same, as it counts as handed over from now on.
                mayCome(index);
                // Only of itself does this process know what it had.
                final boolean again =
                        delivery.isReturned() || (delivery.isRedelivered() && producer.isOlderThanThisProcess(index));
                handOver.offer(producer, again, inbox.collectedMessages(), buffer, offset, length);
            }
            case DUPLICATE -> SubscriberCounters.add(counters.duplicates, 1);
            case GAP ->
                throw new WireException("index=" + index + " previous=" + delivery.previous()
                        + ", limit=the message that came before it, something is missing");
        }
    }

    private boolean mayCome(final long index) {
        final boolean may = link.mayCome(index, delivery.qos());
        if (!may) {
            fail(
                    Reasons.RECEIVE_MAXIMUM_EXCEEDED,
                    "messages=" + (link.receiveMaximum() + 1) + " on their way, limit=" + link.receiveMaximum()
                            + ", the receive maximum");
        }
        return may;
    }

    private void store(final ProducerState producer, final DirectBuffer buffer, final int offset, final int length) {
        if (!inbox.store(producer, delivery.index(), buffer, offset, length)) {
            fail(Reasons.QUOTA_EXCEEDED, "inbox=full, limit=room on its disk");
        }
    }
}
