package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/** A ROUTER that says what a test tells it, by the codec of the wire. Speaks to the peer of the last HELLO. One thread. */
final class RawHost implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private final RouterSocket router;
    private final String endpoint;
    private final UUID producer;
    private final WireOutput output = new WireOutput();
    private final Deque<byte[]> others = new ArrayDeque<>();
    private byte[] peer;
    private long previous;

    RawHost(final Context context, final String endpoint, final UUID producer) {
        router = context.router();
        this.endpoint = router.bind(endpoint);
        this.producer = producer;
    }

    String endpoint() {
        return endpoint;
    }

    /** The next message of a type, or fails; others are kept for later calls. */
    WireInput expect(final int type) throws InterruptedException {
        for (int i = others.size(); i > 0; i--) {
            final byte[] waiting = others.poll();
            if (waiting[0] == type) {
                return input(waiting);
            }
            others.add(waiting);
        }
        while (true) {
            final Message message = router.receiveMessage(LIMIT);
            assertThat(message).as("message of type %d in time", type).isNotNull();
            final byte[] body = message.frame(1);
            if (body[0] == WireType.HELLO) {
                peer = message.frame(0);
                others.clear();
            }
            if (body[0] == type) {
                return input(body);
            }
            others.add(body);
        }
    }

    private static WireInput input(final byte[] body) {
        return new WireInput().wrap(new UnsafeBuffer(body), 0, body.length);
    }

    /** HELLO, WELCOME, RESUME. */
    Resume welcome(final boolean sessionPresent, final long headIndex) throws InterruptedException {
        return welcome(sessionPresent, headIndex, null);
    }

    Resume welcome(final boolean sessionPresent, final long headIndex, final Will will) throws InterruptedException {
        Hello.decode(expect(WireType.HELLO));
        say(out -> new Welcome(sessionPresent, producer, headIndex, 1 << 20, "host", will).encode(out));
        final Resume resume = Resume.decode(expect(WireType.RESUME));
        previous = 0;
        return resume;
    }

    void say(final Consumer<WireOutput> message) throws InterruptedException {
        message.accept(output);
        final byte[] body = new byte[output.length()];
        output.buffer().getBytes(0, body);
        assertThat(router.send(Message.of(peer, body), LIMIT)).isEqualTo(SendResult.SENT);
    }

    /** As {@link #say}, to whoever is still there. */
    void trySay(final Consumer<WireOutput> message) {
        message.accept(output);
        final byte[] body = new byte[output.length()];
        output.buffer().getBytes(0, body);
        router.trySend(Message.of(peer, body));
    }

    void deliver(final int flags, final long index, final String payload) throws InterruptedException {
        say(out -> delivery(out, flags, index, previous, payload));
        if ((flags & Delivery.QOS_MASK) > 0) {
            previous = index;
        }
    }

    static void delivery(
            final WireOutput out, final int flags, final long index, final long previous, final String payload) {
        Delivery.begin(out, flags, index, previous, 0, 1)
                .u8(0)
                .string("a/b")
                .u32(0)
                .bytes(payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits until all up to an index is stored. */
    void awaitStored(final long index) throws InterruptedException {
        while (Stored.upTo(expect(WireType.STORED)) < index) {
            assertThat(index).isPositive();
        }
    }

    /** Waits until all of QoS 1 up to an index is processed, and all of QoS 2 up to another. */
    Progress awaitProcessed(final long index, final long exactlyOnce) throws InterruptedException {
        Progress progress = Progress.decode(expect(WireType.PROCESSED), "PROCESSED");
        while (progress.upTo() < index || progress.exactlyOnceUpTo() < exactlyOnce) {
            progress = Progress.decode(expect(WireType.PROCESSED), "PROCESSED");
        }
        return progress;
    }

    /** Ends the connection without a word. */
    void cut() {
        router.peers().forEach(each -> router.disconnectPeer(each.id()));
    }

    @Override
    public void close() {
        router.close(Duration.ZERO);
    }
}
