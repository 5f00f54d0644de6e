package io.sluicemq.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.PushSocket;
import io.sluicemq.SendResult;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connect that is refused leaves behind: nothing. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RefusedEndpointTest {
    @ParameterizedTest
    @ValueSource(strings = {"tcp://*:5555", "tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "ipc://*", "ipc://@abstract"})
    void shouldTakeNoMessageForAnEndpointThatItRefused(final String endpoint) {
        try (Context context = Context.create();
                PushSocket push = context.push()) {
            assertThatThrownBy(() -> push.connect(endpoint))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("endpoint=" + endpoint);

            final SendResult result = push.trySend(Message.of("nobody"));

            assertThat(result).isEqualTo(SendResult.NOT_CONNECTED);
            assertThat(push.peers()).isEmpty();
        }
    }

    @Test
    void shouldStillConnectElsewhereAfterARefusal() {
        try (Context context = Context.create();
                PushSocket push = context.push()) {
            assertThatThrownBy(() -> push.connect("tcp://*:5555")).isInstanceOf(IllegalArgumentException.class);

            push.connect("inproc://elsewhere");

            assertThat(push.trySend(Message.of("later"))).isEqualTo(SendResult.SENT);
            assertThat(push.close(Duration.ZERO)).isEqualTo(1);
        }
    }
}
