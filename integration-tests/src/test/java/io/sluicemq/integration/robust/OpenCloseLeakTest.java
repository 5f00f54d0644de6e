package io.sluicemq.integration.robust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.Message;
import io.sluicemq.PublisherOptions;
import io.sluicemq.Receiver;
import io.sluicemq.ReqOptions;
import io.sluicemq.RouterOptions;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.SubscriberOptions;
import io.sluicemq.testkit.peers.LeakCheck;
import io.sluicemq.testkit.peers.Seed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;

/** Contexts that are opened, used in every way and closed in the middle of it leave nothing behind. */
@Timeout(600)
class OpenCloseLeakTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LEAK_LIMIT = Duration.ofSeconds(20);
    private static final SocketOptions SMALL = SocketOptions.builder()
            .sendHighWaterMark(20)
            .receiveHighWaterMark(20)
            .linger(Duration.ZERO)
            .build();
    private static final byte[] LARGE = new byte[1 << 20];

    private record Pair(Socket bound, Socket connected) {}

    @OverTransports
    void shouldLeaveNothingBehind(final String transport) throws InterruptedException {
        final int rounds = Tier.count(transport, 100, 1_000);
        final SplittableRandom random = new SplittableRandom(Seed.next("open and close"));
        final List<Path> statFiles = new ArrayList<>();
        round(transport, random, statFiles);
        final LeakCheck check = LeakCheck.start();

        for (int i = 0; i < rounds; i++) {
            round(transport, random, statFiles);
        }

        check.verify(LEAK_LIMIT);
        assertThat(statFiles).hasSizeGreaterThan(rounds).noneMatch(Files::exists);
    }

    private static void round(final String transport, final SplittableRandom random, final List<Path> statFiles)
            throws InterruptedException {
        final Context near = Endpoints.context();
        final Context far = "inproc".equals(transport) || random.nextBoolean() ? near : Endpoints.context();
        near.statFile().ifPresent(statFiles::add);
        far.statFile().ifPresent(statFiles::add);
        try (Background background = new Background()) {
            final Pair pair = pair(near, far, random.nextInt(7));
            pair.connected.connect(pair.bound.bind(Endpoints.fresh(transport)));
            // Some rounds close while the connection is only being made.
            if (random.nextInt(5) > 0) {
                assertThat(pair.connected.awaitPeers(1, LIMIT)).isTrue();
                assertThat(pair.bound.awaitPeers(1, LIMIT)).isTrue();
            }
            final List<FutureTask<?>> blocked = new ArrayList<>();
            use(pair.bound, background, random, blocked);
            use(pair.connected, background, random, blocked);
            close(random, pair, near, far);
            for (final FutureTask<?> task : blocked) {
                Background.result(task, LIMIT);
            }
        }
    }

    private static Pair pair(final Context near, final Context far, final int kind) {
        return switch (kind) {
            case 0 -> new Pair(near.pull(SMALL), far.push(SMALL));
            case 1 -> new Pair(near.pub(SMALL, PublisherOptions.DEFAULTS), far.sub(SMALL, SubscriberOptions.DEFAULTS));
            case 2 -> new Pair(near.rep(SMALL), far.req(SMALL, ReqOptions.DEFAULTS));
            case 3 -> new Pair(near.router(SMALL, RouterOptions.DEFAULTS), far.dealer(SMALL, DealerOptions.DEFAULTS));
            case 4 ->
                new Pair(near.xpub(SMALL, PublisherOptions.DEFAULTS), far.xsub(SMALL, SubscriberOptions.DEFAULTS));
            case 5 -> new Pair(near.dealer(SMALL, DealerOptions.DEFAULTS), far.dealer(SMALL, DealerOptions.DEFAULTS));
            default -> new Pair(near.pair(SMALL), far.pair(SMALL));
        };
    }

    /** Queues messages that nobody reads, and has threads wait that nobody wakes but the close. */
    private static void use(
            final Socket socket,
            final Background background,
            final SplittableRandom random,
            final List<FutureTask<?>> blocked) {
        if (socket instanceof SubSocket sub) {
            sub.subscribe("");
        }
        final boolean isTalk = "REQ REP".contains(socket.type().name());
        final byte[] body = random.nextInt(3) == 0 ? LARGE : new byte[random.nextInt(2_000)];
        if (socket instanceof Sender sender && !isTalk) {
            if (random.nextInt(3) == 0) {
                blocked.add(background.start("blocked-sender", () -> sendUntilClosed(sender, body)));
            } else {
                trySend(sender, body, random.nextInt(30));
            }
        } else if (socket instanceof Sender sender && "REQ".equals(socket.type().name())) {
            trySend(sender, body, 1);
        }
        if (socket instanceof Receiver receiver && !"REQ".equals(socket.type().name()) && random.nextInt(3) == 0) {
            blocked.add(background.start("blocked-receiver", () -> receiveUntilClosed(receiver)));
        }
    }

    private static void trySend(final Sender sender, final byte[] body, final int count) {
        final Message message = Message.of(new byte[] {0, 'x'}, body);
        for (int i = 0; i < count; i++) {
            sender.trySend(new Message().copyOf(message));
        }
    }

    private static Void sendUntilClosed(final Sender sender, final byte[] body) throws InterruptedException {
        final Message message = Message.of(new byte[] {0, 'x'}, body);
        SendResult result = SendResult.SENT;
        while (result != SendResult.CLOSED) {
            result = sender.send(new Message().copyOf(message));
        }
        return null;
    }

    private static Void receiveUntilClosed(final Receiver receiver) throws InterruptedException {
        while (receiver.receiveMessage() != null) {
            Thread.onSpinWait();
        }
        return null;
    }

    private static void close(final SplittableRandom random, final Pair pair, final Context near, final Context far) {
        final Duration linger = Duration.ofMillis(random.nextInt(3) == 0 ? 5 : 0);
        switch (random.nextInt(4)) {
            case 0 -> pair.bound.close(linger);
            case 1 -> pair.connected.close(linger);
            case 2 -> far.close(linger);
            default -> {
                // The context closes its sockets.
            }
        }
        near.close(linger);
        far.close(linger);
    }
}
