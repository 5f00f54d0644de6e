package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.DealerSocket;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.Proxy;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.Request;
import io.sluicemq.RouterSocket;
import io.sluicemq.SubSocket;
import io.sluicemq.XPubSocket;
import io.sluicemq.XSubSocket;
import io.sluicemq.testkit.peers.Await;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProxyTest extends SocketTestBase {
    private static final Duration LONG = Duration.ofSeconds(10);

    private Future<Void> start(final Proxy proxy) {
        return start(() -> {
            proxy.run();
            return null;
        });
    }

    @OverAllTransports
    void shouldShareRequestsAmongWorkers(final Medium medium) throws Exception {
        final RouterSocket frontend = context.router();
        final DealerSocket backend = context.dealer();
        final String front = frontend.bind(medium.fresh());
        final String back = backend.bind(medium.fresh());
        final Proxy proxy = Proxy.builder(frontend, backend).build();
        final Future<Void> running = start(proxy);
        final RepSocket[] workers = {context.rep(), context.rep()};
        for (int i = 0; i < workers.length; i++) {
            workers[i].connect(back);
            // In this order, so that their turns are in it too.
            awaitPeers(backend, i + 1);
        }
        final ReqSocket client = context.req();
        client.connect(front);

        for (int i = 0; i < 10; i++) {
            final String question = "question " + i;
            final Future<Message> reply = start(() -> client.request(question, LONG));
            answer(workers[i % 2], "question " + i, "answer " + i);
            assertThat(get(reply).text()).isEqualTo("answer " + i);
        }

        // The proxy counts a message after it sent it on, so the reply may be here first.
        Await.until(LONG, () -> proxy.statistics().backendMessages() == 10, "ten replies counted");
        assertThat(proxy.statistics().frontendMessages()).isEqualTo(10);
        proxy.stop();
        get(running);
    }

    private static void answer(final RepSocket worker, final String question, final String answer)
            throws InterruptedException {
        final Request request = worker.receiveRequest(LONG);
        assertThat(request.text()).isEqualTo(question);
        request.reply(answer);
    }

    @OverAllTransports
    void shouldForwardSubscriptionsAndWhatTheyAskFor(final Medium medium) throws Exception {
        final XSubSocket frontend = context.xsub();
        final XPubSocket backend = context.xpub();
        final PullSocket captured = context.pull();
        final PushSocket capture = context.push();
        capture.connect(captured.bind(Medium.INPROC.fresh()));
        final String front = frontend.bind(medium.fresh());
        final String back = backend.bind(medium.fresh());
        final Proxy proxy = Proxy.builder(frontend, backend).capture(capture).build();
        final Future<Void> running = start(proxy);
        final PubSocket pub = context.pub();
        pub.connect(front);
        final SubSocket sub = context.sub();
        sub.subscribe("a");
        sub.connect(back);

        assertThat(pub.awaitSubscribers("a", 1, LONG)).isTrue();
        pub.send("b unwanted");
        pub.send("a wanted");

        assertThat(receiveText(sub)).isEqualTo("a wanted");
        assertThat(captured.receiveMessage(LONG).frame(0)).containsExactly(1, 'a');
        assertThat(receiveText(captured)).isEqualTo("a wanted");
        proxy.stop();
        get(running);
    }

    @OverAllTransports
    void shouldLoseNothingWhenItsBackendIsFull(final Medium medium) throws Exception {
        final PullSocket frontend = context.pull(marks(10, 10));
        final PushSocket backend = context.push(marks(10, 10));
        final String front = frontend.bind(medium.fresh());
        final String back = backend.bind(medium.fresh());
        final Proxy proxy = Proxy.builder(frontend, backend).build();
        final Future<Void> running = start(proxy);
        final PushSocket source = context.push(marks(10, 10));
        source.connect(front);
        final PullSocket sink = context.pull(marks(10, 10));
        sink.connect(back);
        final int count = 2_000;

        final Future<Void> sending = start(() -> {
            for (int i = 0; i < count; i++) {
                source.send(Message.of("part", Integer.toString(i)));
            }
            return null;
        });

        for (int i = 0; i < count; i++) {
            assertThat(sink.receiveMessage(LONG).text(1)).isEqualTo(Integer.toString(i));
        }
        get(sending);
        proxy.stop();
        get(running);
    }

    @OverAllTransports
    void shouldObeyItsControlSocket(final Medium medium) throws Exception {
        final PullSocket frontend = context.pull();
        final PushSocket backend = context.push();
        final PairSocket control = context.pair();
        final String front = frontend.bind(medium.fresh());
        final String back = backend.bind(medium.fresh());
        final PairSocket commander = context.pair();
        commander.connect(control.bind(medium.fresh()));
        final Proxy proxy = Proxy.builder(frontend, backend).control(control).build();
        final Future<Void> running = start(proxy);
        final PushSocket source = context.push();
        source.connect(front);
        final PullSocket sink = context.pull();
        sink.connect(back);
        source.send("one");
        assertThat(receiveText(sink)).isEqualTo("one");

        commander.send("PAUSE");
        commander.send("STATISTICS");
        final Message statistics = commander.receiveMessage(LONG);
        source.send("two");

        assertThat(statistics.frameCount()).isEqualTo(8);
        assertThat(number(statistics, 0)).isEqualTo(1);
        assertThat(number(statistics, 1)).isEqualTo(3);
        assertSilent(sink);
        commander.send("RESUME");
        assertThat(receiveText(sink)).isEqualTo("two");
        commander.send("TERMINATE");
        get(running);
    }

    private static long number(final Message message, final int frame) {
        return ByteBuffer.wrap(message.frame(frame))
                .order(ByteOrder.nativeOrder())
                .getLong();
    }

    @OverAllTransports
    void shouldRefuseSocketsThatCannotBeJoined(final Medium medium) {
        final PullSocket one = context.pull();
        final PullSocket other = context.pull();
        one.bind(medium.fresh());

        assertThatThrownBy(() -> Proxy.builder(one, other).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("frontend=PULL")
                .hasMessageContaining("limit=");
    }
}
