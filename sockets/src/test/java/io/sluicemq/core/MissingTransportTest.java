package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** This module's tests run without any transport but inproc, as a program does whose author forgot one. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MissingTransportTest {
    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:0, sluicemq-transport-tcp",
        "tls+tcp://127.0.0.1:0, sluicemq-transport-tcp",
        "ipc://orders, sluicemq-transport-ipc",
        "shm://orders, sluicemq-transport-ipc"
    })
    void shouldNameTheArtifactWhenItsTransportIsMissing(final String endpoint, final String artifact) {
        try (Context context = Context.create();
                PullSocket pull = context.pull()) {
            assertThatThrownBy(() -> pull.bind(endpoint))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit=[inproc], add the artifact io.sluicemq:" + artifact + " ");
        }
    }

    @Test
    void shouldNameTheSchemesWhenNoArtifactHasTheOneAskedFor() {
        try (Context context = Context.create();
                PullSocket pull = context.pull()) {
            assertThatThrownBy(() -> pull.connect("pigeon://home"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("scheme=pigeon, limit=[inproc], use one of these");
        }
    }
}
