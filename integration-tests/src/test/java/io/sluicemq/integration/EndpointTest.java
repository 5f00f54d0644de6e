package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.peers.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class EndpointTest extends SocketTestBase {

    @OverAllFamilies
    void shouldConnectBeforeBind(final Medium medium) throws InterruptedException {
        final String endpoint = medium.freshResolved();
        final PushSocket push = context.push();
        push.connect(endpoint);
        assertThat(push.send("early")).isEqualTo(SendResult.SENT);

        final PullSocket pull = context.pull();
        pull.bind(endpoint);

        assertThat(receiveText(pull)).isEqualTo("early");
    }

    @OverAllFamilies
    void shouldConnectManyBeforeOneBinds(final Medium medium) throws InterruptedException {
        final String endpoint = medium.freshResolved();
        for (int i = 0; i < 3; i++) {
            final PushSocket push = context.push();
            push.connect(endpoint);
            push.send("p" + i);
        }

        final PullSocket pull = context.pull();
        pull.bind(endpoint);

        assertThat(new String[] {receiveText(pull), receiveText(pull), receiveText(pull)})
                .containsExactlyInAnyOrder("p0", "p1", "p2");
    }

    @OverAllFamilies
    void shouldSayWhyAnEndpointCannotBeBoundTwice(final Medium medium) throws InterruptedException {
        final PullSocket first = context.pull();
        final PullSocket second = context.pull();
        final String endpoint = first.bind(medium.fresh());

        assertThatThrownBy(() -> second.bind(endpoint))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("endpoint=" + endpoint)
                .hasMessageContaining("limit=");
        assertThatThrownBy(() -> first.bind(endpoint)).isInstanceOf(IllegalStateException.class);
        final PushSocket push = context.push();
        push.connect(endpoint);
        push.send("still bound");
        assertThat(receiveText(first)).isEqualTo("still bound");
    }

    @OverAllFamilies
    void shouldBindAgainAfterUnbindAndAfterClose(final Medium medium) throws InterruptedException {
        final PullSocket first = context.pull();
        final String endpoint = first.bind(medium.fresh());
        assertThat(first.unbind(endpoint)).isTrue();
        assertThat(first.unbind(endpoint)).isFalse();
        final PullSocket second = context.pull();
        second.bind(endpoint);
        second.close();

        final PullSocket third = context.pull();
        third.bind(endpoint);

        final PushSocket push = context.push();
        push.connect(endpoint);
        push.send("third");
        assertThat(receiveText(third)).isEqualTo("third");
    }

    @OverAllFamilies
    void shouldBindToSeveralEndpoints(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final String[] endpoints = {
            pull.bind(medium.fresh()), pull.bind(medium.fresh()), pull.bind(Medium.INPROC.fresh())
        };
        for (final String endpoint : endpoints) {
            final PushSocket push = context.push();
            push.connect(endpoint);
            push.send(endpoint);
        }

        assertThat(new String[] {receiveText(pull), receiveText(pull), receiveText(pull)})
                .containsExactlyInAnyOrder(endpoints);
    }

    @OverAllFamilies
    void shouldConnectToSeveralEndpoints(final Medium medium) throws InterruptedException {
        final PushSocket push = context.push();
        final PullSocket[] pulls = {context.pull(), context.pull()};
        for (final PullSocket pull : pulls) {
            push.connect(pull.bind(medium.fresh()));
        }
        awaitPeers(push, 2);

        push.send("a");
        push.send("b");

        assertThat(receiveText(pulls[0])).isEqualTo("a");
        assertThat(receiveText(pulls[1])).isEqualTo("b");
    }

    @OverAllFamilies
    void shouldKeepPeersThatCameBeforeAnUnbind(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        final String endpoint = join(medium, pull, push);

        assertThat(pull.unbind(endpoint)).isTrue();
        push.send("still there");

        assertThat(receiveText(pull)).isEqualTo("still there");
    }

    @OverAllFamilies
    void shouldSendNoMoreAfterDisconnect(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        final String endpoint = join(medium, pull, push);
        push.send("before");

        assertThat(push.disconnect(endpoint)).isTrue();
        Await.until(LIMIT, () -> push.peers().isEmpty() && pull.peers().isEmpty(), "no peers");

        assertThat(push.disconnect(endpoint)).isFalse();
        assertThat(push.send(Message.of("after"), MOMENT)).isEqualTo(SendResult.NOT_CONNECTED);
        assertThat(receiveText(pull)).isEqualTo("before");
        assertSilent(pull);
    }

    @OverAllFamilies
    void shouldConnectAgainAfterDisconnect(final Medium medium) throws InterruptedException {
        final PullSocket pull = context.pull();
        final PushSocket push = context.push();
        final String endpoint = join(medium, pull, push);
        push.disconnect(endpoint);
        Await.until(LIMIT, () -> push.peers().isEmpty(), "no peers");

        push.connect(endpoint);
        push.send("again");

        assertThat(receiveText(pull)).isEqualTo("again");
    }

    @OverAllFamilies
    void shouldForgetAConnectThatNobodyAnswered(final Medium medium) throws InterruptedException {
        final String endpoint = medium.freshResolved();
        final PushSocket push = context.push();
        push.connect(endpoint);

        assertThat(push.disconnect(endpoint)).isTrue();

        Await.until(LIMIT, () -> push.peers().isEmpty(), "no peers");
        final PullSocket pull = context.pull();
        pull.bind(endpoint);
        assertThat(pull.awaitPeers(1, MOMENT)).isFalse();
    }

    @OverAllFamilies
    void shouldTellTheLastEndpointResolved(final Medium medium) {
        final PullSocket pull = context.pull();
        assertThat(pull.lastEndpoint()).isEmpty();

        final String bound = pull.bind(medium.fresh());
        assertThat(pull.lastEndpoint()).isEqualTo(bound).doesNotEndWith(":0");
        final String other = medium.freshResolved();
        pull.connect(other);

        assertThat(pull.lastEndpoint()).isEqualTo(other);
    }

    @Test
    void shouldResolveWildcards() throws InterruptedException {
        final PullSocket pull = context.pull();
        final String any = pull.bind("tcp://*:0");
        final String star = pull.bind("tcp://127.0.0.1:*");

        assertThat(any).doesNotContain("*").doesNotEndWith(":0");
        assertThat(star).matches("tcp://127\\.0\\.0\\.1:[1-9][0-9]*");
        final String port = any.substring(any.lastIndexOf(':') + 1);
        for (final String endpoint : new String[] {"tcp://127.0.0.1:" + port, star}) {
            final PushSocket push = context.push();
            push.connect(endpoint);
            push.send(endpoint);
            assertThat(receiveText(pull)).isEqualTo(endpoint);
        }
        assertThat(pull.unbind(any)).isTrue();
        assertThat(pull.unbind(star)).isTrue();
    }

    @Test
    void shouldConnectByName() throws InterruptedException {
        final PullSocket pull = context.pull();
        final String bound = pull.bind("tcp://127.0.0.1:0");
        final PushSocket push = context.push();

        push.connect("tcp://localhost:" + bound.substring(bound.lastIndexOf(':') + 1));
        push.send("by name");

        assertThat(receiveText(pull)).isEqualTo("by name");
    }

    @Test
    void shouldShowTheGrammarForAWrongEndpoint() {
        final PullSocket pull = context.pull();

        for (final String endpoint :
                new String[] {"", "tcp", "tcp://", "://x", "tcp://127.0.0.1", "tcp://127.0.0.1:x"}) {
            assertThatThrownBy(() -> pull.bind(endpoint))
                    .as("bind %s", endpoint)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit=");
            assertThatThrownBy(() -> pull.connect(endpoint))
                    .as("connect %s", endpoint)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit=");
        }
        assertThatThrownBy(() -> pull.connect("pigeon://loft"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scheme=pigeon")
                .hasMessageContaining("inproc");
    }

    @ParameterizedTest
    @EnumSource(
            value = Medium.class,
            names = {"IPC", "SHM"})
    void shouldTellAListenerNothingOfABindThatFindsItsPathInUse(final Medium medium) {
        final RecordingListener listener = new RecordingListener();
        final String endpoint = medium.fresh();
        final PullSocket pull =
                context.pull(SocketOptions.builder().listener(listener).build());
        pull.bind(endpoint);

        assertThatThrownBy(() -> context.pull().bind(endpoint))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another one accepts there");

        context.push().connect(endpoint);
        listener.await("connected");
        assertThat(listener.events()).containsExactly("listening", "connected");
    }

    @OverAllFamilies
    void shouldRefuseToBindOrConnectAClosedSocket(final Medium medium) {
        final PullSocket pull = context.pull();
        pull.close();

        assertThatThrownBy(() -> pull.bind(medium.fresh())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pull.connect(medium.freshResolved())).isInstanceOf(IllegalStateException.class);
        assertThat(pull.close(Duration.ZERO)).isZero();
    }

    @Test
    void shouldKeepTheInprocNamesOfContextsApart() throws InterruptedException {
        final String endpoint = Medium.INPROC.fresh();
        try (Context other = Medium.context()) {
            final PullSocket here = context.pull();
            final PullSocket there = other.pull();
            here.bind(endpoint);
            there.bind(endpoint);
            final PushSocket push = other.push();
            push.connect(endpoint);
            push.send("there");

            assertThat(receiveText(there)).isEqualTo("there");
            assertSilent(here);
        }
    }
}
