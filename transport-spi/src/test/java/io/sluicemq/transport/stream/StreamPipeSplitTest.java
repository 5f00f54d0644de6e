package io.sluicemq.transport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.transport.MessageKind;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.FrameHeader;
import io.sluicemq.wire.HandshakeConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two pipes over a connection that splits every read and write at random places. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class StreamPipeSplitTest {
    private static final int ROUNDS = 40;
    private static final int MAX_TURNS = 2_000_000;

    private final long seed = Long.getLong("sluicemq.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final FakeContext context = new FakeContext();
    private final StreamGroup leftGroup = new StreamGroup(context);
    private final StreamGroup rightGroup = new StreamGroup(context);

    private List<Sent> down;
    private List<Sent> up;

    private record Sent(int kind, UnsafeBuffer buffer) {}

    @Test
    void shouldCarryEverythingHoweverReadsAndWritesAreSplit() {
        System.err.println("seed=" + seed);
        for (int round = 0; round < ROUNDS; round++) {
            final MemoryChannel[] channels = MemoryChannel.pair(random);
            final RecordingEnd publisher = end(SocketType.XPUB, round);
            final RecordingEnd subscriber = end(SocketType.XSUB, round);
            final StreamPipe left = new StreamPipe(leftGroup, channels[0], publisher, true);
            final StreamPipe right = new StreamPipe(rightGroup, channels[1], subscriber, false);
            for (final MemoryChannel channel : channels) {
                channel.split(true);
                channel.window(64 + random.nextInt(random.nextBoolean() ? 500 : 400_000));
            }
            publisher.accepts = () -> random.nextInt(8) > 0;
            subscriber.accepts = () -> random.nextInt(8) > 0;
            down = messages(round % 3 == 0 ? 5 : 150, round % 3 == 0 ? 900_000 : 40_000);
            up = messages(40, 40_000);

            left.start();
            right.start();
            final List<String> subscribed = run(channels, left, right, publisher, subscriber);

            assertReceived(subscriber, down);
            assertReceived(publisher, up);
            assertThat(publisher.subscriptions).isEqualTo(subscribed);
            left.finish(Long.MAX_VALUE / 2);
            for (int i = 0; i < MAX_TURNS && publisher.closedCount + subscriber.closedCount < 2; i++) {
                turn(channels, left, right);
            }
            assertThat(publisher.closedCount).isEqualTo(1);
            assertThat(subscriber.closedCount).isEqualTo(1);
            assertThat(publisher.unsent).isZero();
            if (exchangesCounts(round)) {
                assertSettled(publisher, down.size(), up.size());
                assertSettled(subscriber, up.size(), down.size());
            }
        }
        assertThat(leftGroup.pipeCount() + rightGroup.pipeCount()).isZero();
    }

    private static boolean exchangesCounts(final int round) {
        return round % 2 == 0;
    }

    private RecordingEnd end(final SocketType type, final int round) {
        final HandshakeConfig.Builder handshake = HandshakeConfig.builder(type);
        return new RecordingEnd(
                context,
                exchangesCounts(round)
                        ? handshake.countsId(type.wireNumber() + 1).build()
                        : handshake.build(),
                RecordingEnd.OPTIONS);
    }

    private static void assertSettled(final RecordingEnd end, final int sent, final int received) {
        assertThat(end.account.sent()).isEqualTo(sent);
        assertThat(end.account.acknowledged()).isEqualTo(sent);
        assertThat(end.account.settled()).isTrue();
        assertThat(end.account.received()).isEqualTo(received);
    }

    private List<String> run(
            final MemoryChannel[] channels,
            final StreamPipe left,
            final StreamPipe right,
            final RecordingEnd publisher,
            final RecordingEnd subscriber) {
        final List<String> subscribed = new ArrayList<>();
        int downSent = 0;
        int upSent = 0;
        for (int i = 0; i < MAX_TURNS; i++) {
            downSent = offerSome(publisher, down, downSent);
            upSent = offerSome(subscriber, up, upSent);
            if (subscriber.carrier != null && upSent < up.size() && random.nextInt(20) == 0) {
                subscribed.add(subscribe(subscriber, subscribed.size()));
            }
            turn(channels, left, right);
            if (publisher.carrier != null && subscriber.carrier != null && random.nextInt(3) == 0) {
                publisher.carrier.resumeReading();
                subscriber.carrier.resumeReading();
            }
            if (subscriber.received.size() == down.size()
                    && publisher.received.size() == up.size()
                    && publisher.subscriptions.size() == subscribed.size()
                    && upSent == up.size()) {
                return subscribed;
            }
        }
        throw new AssertionError("not everything arrived: " + subscriber.received.size() + " of " + down.size() + ", "
                + publisher.received.size() + " of " + up.size() + ", seed=" + seed + ", closed: " + publisher.detail
                + " / " + subscriber.detail);
    }

    private String subscribe(final RecordingEnd end, final int number) {
        final String prefix = number % 5 == 0 ? "" : "p" + number;
        final UnsafeBuffer buffer = new UnsafeBuffer(prefix.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        end.carrier.subscription(number % 2 == 0, buffer, prefix.length());
        return (number % 2 == 0 ? "+" : "-") + prefix;
    }

    private int offerSome(final RecordingEnd end, final List<Sent> messages, final int sentBefore) {
        int sent = sentBefore;
        if (end.carrier == null) {
            return sent;
        }
        for (int burst = random.nextInt(12); burst > 0 && sent < messages.size(); burst--) {
            final Sent message = messages.get(sent);
            if (!end.carrier.offer(
                    message.kind(), message.buffer(), 0, message.buffer().capacity())) {
                break;
            }
            sent++;
        }
        if (random.nextInt(3) > 0) {
            end.carrier.flush();
        }
        return sent;
    }

    private void turn(final MemoryChannel[] channels, final StreamPipe left, final StreamPipe right) {
        if (channels[0].readyOps() != 0) {
            left.onReady(channels[0].readyOps());
        }
        leftGroup.poll();
        if (channels[1].readyOps() != 0) {
            right.onReady(channels[1].readyOps());
        }
        rightGroup.poll();
        context.runTimers();
    }

    private static void assertReceived(final RecordingEnd end, final List<Sent> messages) {
        assertThat(end.received).hasSameSizeAs(messages);
        for (int i = 0; i < messages.size(); i++) {
            final byte[] expected = new byte[messages.get(i).buffer().capacity()];
            messages.get(i).buffer().getBytes(0, expected);
            assertThat(end.received.get(i)).as("message %d", i).isEqualTo(ByteBuffer.wrap(expected));
            assertThat(end.kinds.get(i)).isEqualTo(messages.get(i).kind());
        }
    }

    private List<Sent> messages(final int count, final int maxLength) {
        final List<Sent> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int frames = random.nextInt(4) > 0 ? 1 : 2 + random.nextInt(random.nextInt(10) == 0 ? 3_000 : 5);
            final byte[][] bodies = new byte[frames][];
            int total = 0;
            for (int f = 0; f < frames; f++) {
                final int longest = frames > 10 ? 200 : random.nextBoolean() ? 100 : maxLength;
                bodies[f] = new byte[random.nextInt(longest + 1)];
                random.nextBytes(bodies[f]);
                if (bodies[f].length > 0) {
                    bodies[f][0] = 7;
                }
                total += bodies[f].length + (frames > 1 ? FrameHeader.encodedLength(bodies[f].length) : 0);
            }
            // Memory of both sorts, as a channel reads only direct memory in place.
            final UnsafeBuffer buffer = new UnsafeBuffer(
                    random.nextBoolean() ? ByteBuffer.allocateDirect(total) : ByteBuffer.allocate(total));
            int at = 0;
            for (int f = 0; f < frames; f++) {
                if (frames > 1) {
                    at += FrameHeader.put(buffer, at, f < frames - 1 ? FrameHeader.MORE : 0, bodies[f].length);
                }
                buffer.putBytes(at, bodies[f]);
                at += bodies[f].length;
            }
            messages.add(new Sent(frames > 1 ? MessageKind.FRAMES : MessageKind.SINGLE, buffer));
        }
        return messages;
    }
}
