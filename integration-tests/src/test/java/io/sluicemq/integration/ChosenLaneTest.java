package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PeerInfo;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqOptions;
import io.sluicemq.Request;
import io.sluicemq.RouterOptions;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.Await;
import io.sluicemq.transport.quic.QuicLane;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The lane of a single message over quic, which its sender has chosen. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ChosenLaneTest extends SocketTestBase {
    private static final byte[] ID = "dealer".getBytes(StandardCharsets.US_ASCII);

    /** More than a lane and its receiver take with {@link #MARK}. */
    private static final int MANY = 60;

    private static final int MARK = 20;
    private static final String PASSING = "passing";

    /** What a message is made of behind its envelope; the last frame begins with what it is. */
    private enum Shape {
        SMALL(1, 8_000),
        FRAMES(2, 4_000),
        REFERENCE(1, 20_000),
        LARGE(1, 300_000);

        private final int frames;
        private final int frameBytes;

        Shape(final int frames, final int frameBytes) {
            this.frames = frames;
            this.frameBytes = frameBytes;
        }

        Message addTo(final Message message, final String head) {
            if (this == REFERENCE && message.frameCount() == 0) {
                return message.wrap(body(head + " ", frameBytes));
            }
            for (int i = 1; i <= frames; i++) {
                message.add(body(i == frames ? head + " " : "", frameBytes));
            }
            return message;
        }
    }

    /** Two sockets, the one of which sends to the other with back-pressure. */
    private enum Types {
        PUSH,
        DEALER,
        ROUTER,
        REQ,
        PAIR;

        Socket from(final ChosenLaneTest test) {
            return switch (this) {
                case PUSH -> test.context.push(lanes(MARK));
                case DEALER -> test.context.dealer(lanes(MARK), DealerOptions.DEFAULTS);
                case ROUTER ->
                    test.context.router(
                            lanes(MARK), RouterOptions.builder().mandatory(true).build());
                case REQ ->
                    test.context.req(
                            lanes(MARK),
                            ReqOptions.builder().relaxed(true).correlate(true).build());
                case PAIR -> test.context.pair(lanes(MARK));
            };
        }

        Socket to(final ChosenLaneTest test) {
            return switch (this) {
                case PUSH -> test.context.pull(lanes(MARK));
                case DEALER, REQ -> test.context.router(lanes(MARK), RouterOptions.DEFAULTS);
                case ROUTER ->
                    test.context.dealer(lanes(MARK).toBuilder().routingId(ID).build(), DealerOptions.DEFAULTS);
                case PAIR -> test.context.pair(lanes(MARK));
            };
        }

        Message message(final Shape shape, final String head) {
            return shape.addTo(this == ROUTER ? Message.of(ID) : new Message(), head);
        }
    }

    /** Lanes 1 and 2 for whoever chooses them, and one for a topic. */
    private static SocketOptions lanes(final int sendMark) {
        return SocketOptions.builder()
                .sendHighWaterMark(sendMark)
                .receiveHighWaterMark(MARK)
                .reconnect(Duration.ofMillis(10), Duration.ZERO)
                .transport(QuicOptions.builder()
                        .ordering(Ordering.LANE)
                        .windowBytes(64 * 1024)
                        .lanes(QuicLane.explicit(), QuicLane.explicit(), QuicLane.forTopics("bulk."))
                        .build())
                .build();
    }

    private static byte[] body(final String begin, final int size) {
        final byte[] body = new byte[Math.max(size, begin.length())];
        Arrays.fill(body, (byte) '.');
        System.arraycopy(begin.getBytes(StandardCharsets.US_ASCII), 0, body, 0, begin.length());
        return body;
    }

    private static String head(final Message message) {
        final byte[] frame = message.frame(message.frameCount() - 1);
        final String begin = new String(frame, 0, Math.min(20, frame.length), StandardCharsets.US_ASCII);
        return begin.substring(0, begin.indexOf(' '));
    }

    private static List<String> receiveHeads(final Receiver from, final int count) throws InterruptedException {
        final List<String> heads = new ArrayList<>();
        while (heads.size() < count) {
            final Message message = from.receiveMessage(LIMIT);
            assertThat(message).as("message behind %s", heads).isNotNull();
            heads.add(head(message));
        }
        return heads;
    }

    /** All came, those of one lane in order, and the one of the other was not behind them. */
    private static void assertPassed(final List<String> heads) {
        final int passing = heads.indexOf(PASSING);
        assertThat(passing).as("place of the one that passes").isBetween(0, heads.size() - 2);
        final List<String> others = new ArrayList<>(heads);
        others.remove(passing);
        for (int i = 0; i < others.size(); i++) {
            assertThat(others.get(i)).isEqualTo(Integer.toString(i));
        }
    }

    private static int fill(final Sender from, final Types types, final Shape shape) throws InterruptedException {
        int sent = 0;
        while (from.send(types.message(shape, Integer.toString(sent)).lane(1), MOMENT) == SendResult.SENT) {
            sent++;
        }
        return sent;
    }

    /** What is sent before goes by the outlet, where lanes wait for each other. */
    private static void begin(final Types types, final Socket from, final Socket to) throws InterruptedException {
        join(Medium.QUIC, to, from);
        ((Sender) from).send(types.message(Shape.SMALL, "first"), LIMIT);
        assertThat(receiveHeads((Receiver) to, 1)).containsExactly("first");
    }

    private void assertPasses(final Types types, final Shape shape, final int lane) throws InterruptedException {
        final Socket from = types.from(this);
        final Socket to = types.to(this);
        begin(types, from, to);
        final int sent = fill((Sender) from, types, shape);

        final SendResult result =
                ((Sender) from).send(types.message(Shape.SMALL, PASSING).lane(lane), LIMIT);

        assertThat(result).isEqualTo(SendResult.SENT);
        assertPassed(receiveHeads((Receiver) to, sent + 1));
        assertSilent((Receiver) to);
    }

    @ParameterizedTest
    @EnumSource(Types.class)
    void shouldPassALaneThatIsFullFromEachType(final Types types) throws Exception {
        assertPasses(types, Shape.SMALL, 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Shape.class,
            names = {"FRAMES", "REFERENCE", "LARGE"})
    void shouldPassALaneThatIsFullInEachShape(final Shape shape) throws Exception {
        assertPasses(Types.PUSH, shape, 0);
    }

    @ParameterizedTest
    @CsvSource({"SMALL,400", "REFERENCE,300", "LARGE,100"})
    void shouldDropForTheFullLaneOfASubscriberAlone(final Shape shape, final int count) throws Exception {
        final PubSocket pub = context.pub(lanes(MARK), PublisherOptions.DEFAULTS);
        final SubSocket sub = context.sub(lanes(MARK), SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        join(Medium.QUIC, pub, sub);
        assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
        for (int i = 0; i < count; i++) {
            pub.send(shape.addTo(new Message(), Integer.toString(i)).lane(1));
        }
        Await.until(LIMIT, () -> pub.stats().dropped(DropCause.HIGH_WATER_MARK) > 0, "drops");

        pub.send(Shape.SMALL.addTo(new Message(), PASSING).lane(2));

        int others = 0;
        boolean passed = false;
        while (!passed || others + pub.stats().dropped(DropCause.HIGH_WATER_MARK) < count) {
            final Message message = sub.receiveMessage(LIMIT);
            assertThat(message).as("message behind %s others", others).isNotNull();
            final boolean passes = head(message).equals(PASSING);
            passed |= passes;
            others += passes ? 0 : 1;
        }
        assertThat(others).isBetween(MARK, count - 1);
        assertSilent(sub);
    }

    @Test
    void shouldKeepTheLaneOfWhatAPublisherWaitsWith() throws Exception {
        final PubSocket pub =
                context.pub(lanes(100), PublisherOptions.builder().noDrop(true).build());
        final SubSocket sub = context.sub(lanes(100), SubscriberOptions.DEFAULTS);
        sub.subscribe("");
        join(Medium.QUIC, pub, sub);
        assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
        for (int i = 0; i < MANY; i++) {
            pub.send(Shape.SMALL.addTo(new Message(), Integer.toString(i)).lane(1), LIMIT);
        }

        pub.send(Shape.SMALL.addTo(new Message(), PASSING).lane(2), LIMIT);

        assertPassed(receiveHeads(sub, MANY + 1));
    }

    @Test
    void shouldReplyOnTheLaneThatIsChosen() throws Exception {
        final DealerSocket dealer = context.dealer(lanes(1_000), DealerOptions.DEFAULTS);
        // The lane alone holds more than the dealer takes, so it is full however soon the agent comes to it.
        final RepSocket rep = context.rep(lanes(100));
        join(Medium.QUIC, rep, dealer);
        final int count = 200;
        final List<Request> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dealer.send(Message.of("", "ask"), LIMIT);
            requests.add(rep.receiveRequest(LIMIT));
        }
        for (int i = 1; i < count; i++) {
            requests.get(i).reply(Shape.SMALL.addTo(new Message(), "full").lane(1));
        }
        assertThat(rep.stats().dropped(DropCause.HIGH_WATER_MARK)).isPositive();

        requests.get(0).reply(Shape.SMALL.addTo(new Message(), PASSING).lane(2));

        final int came = count - (int) rep.stats().dropped(DropCause.HIGH_WATER_MARK);
        final List<String> heads = receiveHeads(dealer, came);
        assertThat(heads.indexOf(PASSING)).isBetween(0, came - 2);
        assertThat(Collections.frequency(heads, PASSING)).isEqualTo(1);
        assertSilent(dealer);
    }

    @Test
    void shouldChooseAgainstTheTopicUnlessThereIsNoSuchLane() throws Exception {
        final PushSocket push = context.push(lanes(100));
        final PullSocket pull = context.pull(lanes(100));
        join(Medium.QUIC, pull, push);
        for (int i = 0; i < MANY; i++) {
            push.send(Message.of(body("bulk.", 8_000), body(i + " ", 0)));
        }

        push.send(Message.of("bulk.", MANY + " ").lane(15));
        push.send(Message.of("bulk.", PASSING + " ").lane(0));

        assertPassed(receiveHeads(pull, MANY + 2));
    }

    @Test
    void shouldKeepTheLaneOfWhatIsSentBeforeThereIsAPeer() throws Exception {
        final String endpoint = Medium.QUIC.freshResolved();
        final PushSocket push = context.push(lanes(100));
        push.connect(endpoint);
        for (int i = 0; i < MANY; i++) {
            push.send(Shape.SMALL.addTo(new Message(), Integer.toString(i)).lane(1));
        }
        push.send(Shape.SMALL.addTo(new Message(), PASSING).lane(2));

        final PullSocket pull = context.pull(lanes(100));
        pull.bind(endpoint);

        assertPassed(receiveHeads(pull, MANY + 1));
    }

    /** Whoever fills a lane before the connection is there, and goes on with it, holds up no other. */
    @Test
    void shouldPassALaneThatWasFullBeforeThereWasAPeer() throws Exception {
        // By reference more waits then than a ring has bytes for.
        final int mark = 200;
        final String endpoint = Medium.QUIC.freshResolved();
        final PushSocket push = context.push(lanes(mark));
        push.connect(endpoint);
        final Future<Integer> filling = start(() -> {
            int sent = 0;
            boolean taken = true;
            // More than waits without a peer.
            while (taken || sent < mark + MARK / 2) {
                final Message bulk = Shape.REFERENCE.addTo(new Message(), Integer.toString(sent));
                taken = push.send(bulk.lane(1), MOMENT) == SendResult.SENT;
                sent += taken ? 1 : 0;
            }
            return sent;
        });
        final PullSocket pull = context.pull(lanes(MARK));
        pull.bind(endpoint);
        final int sent = get(filling);

        assertThat(push.send(Shape.SMALL.addTo(new Message(), PASSING).lane(2), LIMIT))
                .isEqualTo(SendResult.SENT);

        assertPassed(receiveHeads(pull, sent + 1));
    }

    @Test
    void shouldReceiveOrCountEachMessageWhenConnectionsBreak() throws Exception {
        final PushSocket push = context.push(lanes(200));
        final PullSocket pull = context.pull(lanes(200));
        join(Medium.QUIC, pull, push);
        final int count = 600;
        final Future<Integer> sending = start(() -> {
            int sent = 0;
            while (sent < count
                    && push.send(
                                    Shape.SMALL
                                            .addTo(new Message(), Integer.toString(sent))
                                            .lane(sent % 3),
                                    LIMIT)
                            == SendResult.SENT) {
                sent++;
            }
            return sent;
        });

        final Set<String> came = new HashSet<>();
        while (came.size() + dropped(push) < count) {
            final Message message = pull.receiveMessage(MOMENT);
            if (message != null) {
                assertThat(came.add(head(message))).as("once").isTrue();
                if (came.size() % 100 == 50) {
                    pull.peers().stream().filter(PeerInfo::connected).forEach(peer -> pull.disconnectPeer(peer.id()));
                }
            }
        }

        assertThat(get(sending)).isEqualTo(count);
        assertThat(came.size() + dropped(push)).isEqualTo(count);
        assertSilent(pull);
    }

    private static int dropped(final PushSocket push) {
        return push.stats().dropped().values().stream().mapToInt(Long::intValue).sum();
    }

    @ParameterizedTest
    @CsvSource({"dealer-1,0", "other,1"})
    void shouldSendToAPeerOnTheLaneOfItsRoutingId(final String id, final int passing) throws Exception {
        final QuicOptions byPeer = QuicOptions.builder()
                .ordering(Ordering.LANE)
                .windowBytes(64 * 1024)
                .lanes(QuicLane.forRoutingIds(ID))
                .build();
        final RouterSocket router = context.router(
                lanes(MARK).toBuilder().transport(byPeer).build(),
                RouterOptions.builder().mandatory(true).build());
        final byte[] peer = id.getBytes(StandardCharsets.US_ASCII);
        final DealerSocket dealer =
                context.dealer(lanes(MARK).toBuilder().routingId(peer).build(), DealerOptions.DEFAULTS);
        join(Medium.QUIC, router, dealer);
        router.send(Shape.SMALL.addTo(Message.of(peer), "first"), LIMIT);
        assertThat(receiveHeads(dealer, 1)).containsExactly("first");
        int sent = 0;
        while (router.send(Shape.SMALL.addTo(Message.of(peer), Integer.toString(sent)), MOMENT) == SendResult.SENT) {
            sent++;
        }

        final SendResult result =
                router.send(Shape.SMALL.addTo(Message.of(peer), PASSING).lane(passing), LIMIT);

        assertThat(result).isEqualTo(SendResult.SENT);
        assertPassed(receiveHeads(dealer, sent + 1));
    }

    @Test
    void shouldKeepTheNewestWhateverItsLane() throws Exception {
        final SocketOptions newest = lanes(MARK).toBuilder().conflate(true).build();
        final PushSocket push = context.push(newest);
        final PullSocket pull = context.pull(newest);
        join(Medium.QUIC, pull, push);
        for (int i = 0; i < 100; i++) {
            push.send(Shape.SMALL.addTo(new Message(), Integer.toString(i)).lane(i % 3));
        }

        String head = receiveHeads(pull, 1).get(0);
        while (!head.equals("99")) {
            final String next = receiveHeads(pull, 1).get(0);
            assertThat(Integer.parseInt(next)).isGreaterThan(Integer.parseInt(head));
            head = next;
        }
    }

    @OverAllTransports
    void shouldChangeNothingWhereThereAreNoLanes(final Medium medium) throws Exception {
        final PushSocket push = context.push();
        final PullSocket pull = context.pull();
        join(medium, pull, push);
        final PubSocket pub = context.pub();
        final SubSocket sub = context.sub();
        sub.subscribe("");
        join(medium, pub, sub);
        assertThat(pub.awaitSubscribers("", 1, LIMIT)).isTrue();
        final Shape[] shapes = Shape.values();

        for (int i = 0; i < 40; i++) {
            final Shape shape = shapes[i % shapes.length];
            push.send(shape.addTo(new Message(), Integer.toString(i)).lane(i % 16), LIMIT);
            pub.send(shape.addTo(new Message(), Integer.toString(i)).lane(i % 16));
        }

        for (final Receiver receiver : List.of(pull, sub)) {
            for (int i = 0; i < 40; i++) {
                final Shape shape = shapes[i % shapes.length];
                final Message message = receiver.receiveMessage(LIMIT);
                assertThat(head(message)).isEqualTo(Integer.toString(i));
                assertThat(message.frameCount()).isEqualTo(shape.frames);
                assertThat(message.frameLength(0)).isEqualTo(shape.frameBytes);
                assertThat(message.lane()).isEqualTo(Message.NO_LANE);
            }
        }
    }
}
