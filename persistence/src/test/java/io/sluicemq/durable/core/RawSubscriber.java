package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.SendResult;
import io.sluicemq.journal.Durability;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/** A DEALER that speaks the wire by hand. One thread. */
final class RawSubscriber implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** For what was said last to come to a host that is still there. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    /** A delivery, copied. */
    record Got(
            int qos,
            boolean retained,
            boolean again,
            boolean last,
            long index,
            long previous,
            String topic,
            String text,
            List<Integer> ids) {}

    private final DealerSocket dealer;
    private final WireOutput output = new WireOutput();
    private final WireInput input = new WireInput();
    private final List<Got> early = new ArrayList<>();
    private int requests;

    RawSubscriber(final Context context, final String endpoint) {
        dealer = context.dealer();
        dealer.connect(endpoint);
    }

    /** Sends what is encoded. */
    void say(final Consumer<WireOutput> encode) throws InterruptedException {
        encode.accept(output);
        assertThat(dealer.send(output.buffer(), 0, output.length())).isEqualTo(SendResult.SENT);
    }

    void sayRaw(final byte... bytes) throws InterruptedException {
        dealer.send(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    void say(final Message message) throws InterruptedException {
        dealer.send(message);
    }

    /** Begins a connection; returns the host's WELCOME. */
    Welcome hello(final String session, final boolean cleanStart, final int receiveMaximum, final long expirySeconds)
            throws InterruptedException {
        say(
                new Hello(cleanStart, expirySeconds, receiveMaximum, Durability.SYNCED, Integer.MAX_VALUE, session)
                        ::encode);
        return welcome();
    }

    /** The host's answer to a HELLO. */
    Welcome welcome() throws InterruptedException {
        final Message message = next(WireType.WELCOME);
        return Welcome.decode(input.wrap(message.buffer(), message.frameOffset(0), message.frameLength(0)));
    }

    Welcome hello(final String session) throws InterruptedException {
        return hello(session, false, 1_000, Hello.NEVER);
    }

    void resume(final long storedUpTo, final long processedUpTo, final Long... beyond) throws InterruptedException {
        say(new Resume(storedUpTo, new Progress(processedUpTo, List.of(beyond), 0))::encode);
    }

    /** Hello and resume of somebody who knows nothing. */
    RawSubscriber join(final String session) throws InterruptedException {
        hello(session);
        resume(0, 0);
        return this;
    }

    int subscribe(final String filter, final int qos) throws InterruptedException {
        return subscribe(new Subscribe(++requests, qos, false, false, 0, 0, filter));
    }

    int subscribe(final Subscribe subscribe) throws InterruptedException {
        say(subscribe::encode);
        return done(subscribe.request()).reason();
    }

    int unsubscribe(final String filter) throws InterruptedException {
        final int request = ++requests;
        say(new Unsubscribe(request, filter)::encode);
        return done(request).reason();
    }

    private Done done(final int request) throws InterruptedException {
        final Message message = next(WireType.DONE);
        final Done done = Done.decode(input.wrap(message.buffer(), message.frameOffset(0), message.frameLength(0)));
        assertThat(done.request()).isEqualTo(request);
        return done;
    }

    void stored(final long upTo) throws InterruptedException {
        say(out -> Stored.encode(out, upTo, Durability.SYNCED));
    }

    void processed(final long upTo, final Long... beyond) throws InterruptedException {
        say(new Progress(upTo, List.of(beyond), 0)::encodeProcessed);
    }

    void processedExactlyOnce(final long upTo) throws InterruptedException {
        say(new Progress(0, List.of(), upTo)::encodeProcessed);
    }

    Goodbye goodbye() throws InterruptedException {
        final Message message = next(WireType.GOODBYE);
        return Goodbye.decode(input.wrap(message.buffer(), message.frameOffset(0), message.frameLength(0)));
    }

    List<Got> deliveries(final int count) throws InterruptedException {
        final List<Got> got = new ArrayList<>();
        while (got.size() < count) {
            got.add(delivery());
        }
        return got;
    }

    Got delivery() throws InterruptedException {
        if (!early.isEmpty()) {
            return early.remove(0);
        }
        final Message message = next(WireType.DELIVER);
        return decode(message);
    }

    /** Texts of a replay, up to a count; then the reason and next index if it is over. */
    List<String> replayed(final int request, final int count) throws InterruptedException {
        final List<String> texts = new ArrayList<>();
        while (texts.size() < count) {
            final Message message = dealer.receiveMessage(PATIENCE);
            assertThat(message).isNotNull();
            input.wrap(message.buffer(), message.frameOffset(0), message.frameLength(0));
            final int type = message.buffer().getByte(message.frameOffset(0));
            assertThat(input.i32("request")).isEqualTo(request);
            if (type == WireType.REPLAY_END) {
                texts.add("end " + input.u8("reason"));
                return texts;
            }
            assertThat(type).isEqualTo(WireType.REPLAYED);
            final Delivery delivery = new Delivery().wrap(input);
            texts.add(text(delivery, delivery.payloadAt(), delivery.payloadBytes()));
        }
        return texts;
    }

    /** Whether nothing comes for a while. */
    boolean isQuiet(final Duration time) throws InterruptedException {
        return early.isEmpty() && dealer.receiveMessage(time) == null;
    }

    private Got decode(final Message message) {
        final Delivery delivery =
                new Delivery().wrap(input.wrap(message.buffer(), message.frameOffset(0), message.frameLength(0)));
        final List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < delivery.subscriptionIds(); i++) {
            ids.add(delivery.subscriptionId(i));
        }
        return new Got(
                delivery.qos(),
                delivery.isRetained(),
                delivery.isRedelivered(),
                delivery.isLastOfBatch(),
                delivery.index(),
                delivery.previous(),
                text(delivery, delivery.topicAt(), delivery.topicBytes()),
                text(delivery, delivery.payloadAt(), delivery.payloadBytes()),
                ids);
    }

    private static String text(final Delivery delivery, final int at, final int bytes) {
        final byte[] copy = new byte[bytes];
        delivery.buffer().getBytes(at, copy);
        return new String(copy, StandardCharsets.UTF_8);
    }

    private Message next(final int type) throws InterruptedException {
        while (true) {
            final Message message = dealer.receiveMessage(PATIENCE);
            assertThat(message).as("message of type %d", type).isNotNull();
            final int got = message.buffer().getByte(message.frameOffset(0));
            if (got == type) {
                return message;
            }
            assertThat(got).as("waiting for type %d: %s", type, message.text()).isEqualTo(WireType.DELIVER);
            early.add(decode(message));
        }
    }

    @Override
    public void close() {
        dealer.close(LINGER);
    }
}
