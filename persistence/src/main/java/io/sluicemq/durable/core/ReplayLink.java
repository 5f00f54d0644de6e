package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.FrameHandler;
import io.sluicemq.Poller;
import io.sluicemq.SendResult;
import io.sluicemq.durable.DeliveryHandler;
import io.sluicemq.durable.ReplayOptions;
import io.sluicemq.durable.TopicFilter;
import io.sluicemq.journal.Durability;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/**
 * The way of a replay to its host. As with a session, each connection has a socket of its own, thrown away with it. One thread at a
 * time, but for what says otherwise.
 */
final class ReplayLink {
    private static final long ANSWER_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long MIN_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MAX_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);
    /** WELCOME may bring a will. */
    private static final int MIN_FRAME_BYTES = 256 << 10;

    private static final Duration LINGER = Duration.ofSeconds(1);

    private final Context context;
    private final String endpoint;
    private final ReplayOptions options;
    private final Poller poller;
    private final ReplayProgress progress;
    private final WireInput input = new WireInput();
    private final WireOutput output = new WireOutput();
    private final Delivery delivery = new Delivery();
    private final DeliveredView view = new DeliveredView();
    private final FrameHandler frames = this::onFrame;
    private DealerSocket dealer;
    private LinkEvents events;
    private boolean helloDue;
    private boolean wishDue;

    /** A new connection comes after a pause. */
    private boolean pausing;

    /** When the connection was there, and the host had not answered; or when the pause ends. */
    private long sinceNs;

    private boolean connected;
    private boolean welcomed;
    private long pauseNs = MIN_PAUSE_NS;
    private int request;
    private DeliveryHandler handler;
    private int handed;

    /** Why this connection is to end; null if it is not. */
    private String failure;

    private int failureReason;

    /** Why there is no use in another connection; null if there is. */
    private String refusal;

    // For any thread.
    private volatile UUID producer;
    private volatile String lastError = "";

    ReplayLink(final Context context, final String endpoint, final ReplayOptions options, final Poller poller) {
        this.context = context;
        this.endpoint = endpoint;
        this.options = options;
        this.poller = poller;
        progress = new ReplayProgress(options);
        open();
    }

    private void open() {
        events = new LinkEvents(() -> {});
        final DealerSocket made = context.dealer(
                options.socketOptions().toBuilder()
                        .listener(events)
                        .linger(LINGER)
                        .maxMessageBytes(Math.max(options.maxMessageBytes(), MIN_FRAME_BYTES))
                        .build(),
                DealerOptions.DEFAULTS);
        try {
            made.connect(endpoint);
        } catch (final RuntimeException e) {
            made.close(Duration.ZERO);
            throw e;
        }
        dealer = made;
        poller.addReceiver(dealer);
        pausing = false;
        connected = false;
        welcomed = false;
        helloDue = true;
        wishDue = false;
        failure = null;
    }

    /** Takes messages, and does what is due; returns how many were handed over. */
    int receive(final DeliveryHandler newHandler, final int limit, final long nowNs) {
        if (refusal != null) {
            throw new IllegalStateException(refusal);
        }
        handed = 0;
        if (progress.isOver()) {
            return 0;
        }
        if (pausing) {
            if (nowNs - sinceNs < 0) {
                return 0;
            }
            dealer.close(Duration.ZERO);
            open();
        }
        handler = newHandler;
        tell();
        // Before the look at the socket: what had come before the end is there then.
        final String gone = events.gone();
        int messages = 1;
        while (messages > 0 && handed < limit && failure == null && !progress.isOver()) {
            messages = dealer.tryReceive(frames, limit - handed);
            tell();
        }
        if (messages < 0) {
            throw new IllegalStateException("the context was closed, close the replay first");
        }
        if (failure != null) {
            breakOff(nowNs);
        } else if (gone != null && messages == 0) {
            pause(gone, nowNs);
        } else {
            checkTime(nowNs);
        }
        return handed;
    }

    private void checkTime(final long nowNs) {
        if (welcomed || !events.isConnected()) {
            return;
        }
        if (!connected) {
            connected = true;
            sinceNs = nowNs;
        } else if (nowNs - sinceNs > ANSWER_LIMIT_NS) {
            fail(0x88, "welcomeSeconds=10, limit=10, see whether a host listens at " + endpoint);
            breakOff(nowNs);
        }
    }

    private void breakOff(final long nowNs) {
        if (failureReason != 0) {
            new Goodbye(failureReason, Goodbye.UNCHANGED, failure).encode(output);
            send();
        }
        pause(failure, nowNs);
    }

    private void pause(final String why, final long nowNs) {
        lastError = why;
        poller.remove(dealer);
        // Lets a last word go out; the socket is closed when the pause ends.
        dealer.disconnect(endpoint);
        pausing = true;
        pauseNs = Math.min(MAX_PAUSE_NS, pauseNs * 2);
        sinceNs = nowNs + pauseNs;
    }

    private void tell() {
        if (helloDue) {
            new Hello(false, 0, options.creditMessages(), Durability.JOURNALED, options.maxMessageBytes(), "")
                    .encode(output);
            helloDue = !send();
        }
        if (wishDue) {
            progress.begin(request).encode(output);
            wishDue = !send();
        }
        final int credit = welcomed && !wishDue ? progress.creditDue() : 0;
        if (credit > 0) {
            output.begin(WireType.CREDIT).u32(request).u32(credit);
            if (send()) {
                progress.onCreditSent();
            }
        }
    }

    private boolean send() {
        return dealer.trySend(output.buffer(), 0, output.length()) == SendResult.SENT;
    }

    private void fail(final int reason, final String text) {
        failureReason = reason;
        failure = text;
    }

    private void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        if (failure != null || progress.isOver()) {
            return;
        }
        if (more) {
            fail(Reasons.PROTOCOL_ERROR, "frames=2 or more, limit=1");
            return;
        }
        try {
            input.wrap(buffer, offset, length);
            onMessage(buffer.getByte(offset), offset + length);
        } catch (final WireException e) {
            fail(Reasons.PROTOCOL_ERROR, e.getMessage());
        }
    }

    private void onMessage(final int type, final int end) {
        if (type == WireType.GOODBYE) {
            final Goodbye goodbye = Goodbye.decode(input);
            fail(0, "reason=" + goodbye.reason() + ' ' + goodbye.text());
        } else if (type == WireType.WELCOME && !welcomed) {
            onWelcome(Welcome.decode(input));
        } else if (type == WireType.REPLAYED && welcomed && !wishDue) {
            checkRequest();
            onReplayed(end);
        } else if (type == WireType.REPLAY_END && welcomed && !wishDue) {
            checkRequest();
            final int reason = input.u8("reason");
            final long next = input.i64("nextIndex");
            input.end("REPLAY_END");
            onEnd(reason, next);
        } else {
            throw new WireException("messageType=" + type + ", limit=WELCOME, then REPLAYED, REPLAY_END or GOODBYE");
        }
    }

    private void checkRequest() {
        final int named = input.i32("request");
        if (named != request) {
            throw new WireException("request=" + named + ", limit=" + request + ", the one of this connection");
        }
    }

    private void onWelcome(final Welcome welcome) {
        if (producer != null && !producer.equals(welcome.producer())) {
            refusal = "producer=" + welcome.producer() + ", limit=" + producer + ", another host listens at " + endpoint
                    + " now, begin a replay of its log";
            fail(Reasons.PROTOCOL_ERROR, refusal);
            return;
        }
        producer = welcome.producer();
        welcomed = true;
        request++;
        wishDue = true;
    }

    private void onReplayed(final int end) {
        // What follows the request is laid out as a DELIVER behind its type, so the byte before it stands for the type.
        final int start = input.offset() - 1;
        final DirectBuffer buffer = input.buffer();
        delivery.wrap(input);
        if (!TopicFilter.isTopic(buffer, delivery.topicAt(), delivery.topicBytes())) {
            throw new WireException("topicBytes=" + delivery.topicBytes() + ", limit=a topic name in UTF-8");
        }
        pauseNs = MIN_PAUSE_NS;
        if (progress.onMessage(delivery)) {
            handed++;
            handler.onDelivery(view.wrap(0, false, buffer, start, end - start));
        }
    }

    private void onEnd(final int reason, final long next) {
        if (reason == Reasons.SUCCESS) {
            progress.onEnd(next);
        } else if (reason == Reasons.QUOTA_EXCEEDED) {
            fail(0, "reason=" + reason + ", the host has too many replays under way");
        } else {
            refusal = "reason=" + reason + ", the host refuses the replay of filter=" + options.filter();
            fail(0, refusal);
        }
    }

    boolean isOver() {
        return progress.isOver();
    }

    long nextIndex() {
        return progress.nextIndex();
    }

    UUID producer() {
        return producer;
    }

    String lastError() {
        return lastError;
    }

    /** Twice is once. */
    void close() {
        if (!pausing) {
            poller.remove(dealer);
        }
        dealer.close(Duration.ZERO);
    }
}
