package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.SendResult;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InvokedContextTest extends SocketTestBase {
    private Context invoked;

    @BeforeEach
    void openInvokedContext() {
        invoked = Context.create(Medium.contextOptions().invoked(true).build());
    }

    @AfterEach
    void closeInvokedContext() {
        invoked.close(Duration.ZERO);
    }

    @OverAllTransports
    void shouldPingPongOnOneThread(final Medium medium) throws InterruptedException {
        final PairSocket one = invoked.pair();
        final PairSocket two = invoked.pair();
        join(medium, one, two);

        for (int i = 0; i < 500; i++) {
            assertThat(one.send("ping " + i)).isEqualTo(SendResult.SENT);
            assertThat(receiveText(two)).isEqualTo("ping " + i);
            two.send("pong " + i);
            assertThat(receiveText(one)).isEqualTo("pong " + i);
        }
    }

    @OverAllTransports
    void shouldPumpTheTailOutInClose(final Medium medium) throws InterruptedException {
        final PushSocket push = invoked.push();
        final PullSocket pull = context.pull();
        final String endpoint = medium.isNetwork() ? pull.bind(medium.fresh()) : medium.fresh();
        if (!medium.isNetwork()) {
            invoked.pull().bind(endpoint);
        }
        push.connect(endpoint);
        awaitPeers(push, 1);
        for (int i = 0; i < 500; i++) {
            push.send("n" + i);
        }

        assertThat(push.close(LIMIT)).isZero();

        for (int i = 0; medium.isNetwork() && i < 500; i++) {
            assertThat(receiveText(pull)).isEqualTo("n" + i);
        }
    }

    @OverAllTransports
    void shouldReturnFromCloseInTime(final Medium medium) throws InterruptedException {
        final PushSocket push = invoked.push();
        push.connect(medium.freshResolved());
        push.send("left");

        final long startNs = System.nanoTime();
        final long left = invoked.close(Duration.ofMillis(100));

        assertThat(System.nanoTime() - startNs).isBetween(90_000_000L, 1_000_000_000L);
        assertThat(left).isEqualTo(1);
        assertThat(push.stats().dropped(DropCause.LINGER_EXPIRED)).isEqualTo(1);
    }

    @OverAllTransports
    void shouldLetSeveralThreadsTakeTurnsAtTheIo(final Medium medium) throws Exception {
        final ReqSocket req = invoked.req();
        final RepSocket rep = invoked.rep();
        join(medium, rep, req);
        final Future<Integer> serving = start(() -> {
            int served = 0;
            Message request = rep.receiveMessage();
            while (request != null) {
                rep.send("re: " + request.text());
                served++;
                request = rep.receiveMessage();
            }
            return served;
        });

        for (int i = 0; i < 100; i++) {
            assertThat(frames(req.request("q" + i, LIMIT))).containsExactly("re: q" + i);
        }
        rep.close();

        assertThat(get(serving)).isEqualTo(100);
    }

    @OverAllTransports
    void shouldGiveUpWaitingInTime(final Medium medium) throws InterruptedException {
        final PullSocket pull = invoked.pull();
        pull.bind(medium.fresh());

        assertThat(pull.receiveMessage(MOMENT)).isNull();
        assertThat(pull.awaitPeers(1, MOMENT)).isFalse();
        assertThat(invoked.push().send(Message.of("x"), MOMENT)).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void shouldWorkByInvokeAlone() {
        final PushSocket push = invoked.push();
        final PullSocket pull = invoked.pull();
        push.connect(pull.bind(Medium.TCP.fresh()));
        push.trySend(Message.of("by invoke"));
        final Message message = new Message();

        while (!pull.tryReceive(message)) {
            invoked.invoke();
        }

        assertThat(message.text()).isEqualTo("by invoke");
    }

    @Test
    void shouldRefuseToInvokeAContextWithThreads() {
        assertThatThrownBy(() -> context.invoke())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ContextOptions.invoked");
    }
}
