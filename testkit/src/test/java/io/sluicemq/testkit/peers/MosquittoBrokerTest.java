package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(LeakCheckExtension.class)
class MosquittoBrokerTest {

    @BeforeEach
    void requireMosquitto() {
        PeerAssumptions.requireMosquitto();
    }

    @Test
    void shouldPassOnMessagesToSubscribers() {
        try (MosquittoBroker broker = MosquittoBroker.start();
                RawMqttPeer peer = RawMqttPeer.connect(broker.port(), "one")) {
            peer.subscribe(1, "a/+", 0);
            peer.publish("a/b", "x".repeat(1_000), false);
            peer.unsubscribe(2, "a/+");
            peer.publish("a/b", "late", false);
            peer.ping();
            peer.flush();

            assertThat(peer.read().type()).isEqualTo(RawMqttPeer.SUBACK);
            final RawMqttPeer.Packet message = peer.read();
            assertThat(message.type()).isEqualTo(RawMqttPeer.PUBLISH);
            assertThat(message.topic()).isEqualTo("a/b");
            assertThat(message.payload()).isEqualTo("x".repeat(1_000));
            assertThat(peer.read().type()).isEqualTo(RawMqttPeer.UNSUBACK);
            assertThat(peer.read().type()).isEqualTo(RawMqttPeer.PINGRESP);
        }
    }

    @Test
    void shouldKeepWhatWasPersistedWhenKilled() {
        try (MosquittoBroker broker = MosquittoBroker.start()) {
            retain(broker, "kept");
            broker.persistNow();
            retain(broker, "kept again");
            broker.persistNow();

            broker.kill();

            assertThat(broker.isAlive()).isFalse();
            broker.restart();
            assertThat(retained(broker)).isEqualTo("kept again");
        }
    }

    @Test
    void shouldKeepEverythingWhenStopped() {
        try (MosquittoBroker broker = MosquittoBroker.start()) {
            retain(broker, "kept");

            broker.stop();

            broker.restart();
            assertThat(retained(broker)).isEqualTo("kept");
            assertThatThrownBy(broker::restart).isInstanceOf(PeerException.class);
        }
    }

    private static void retain(final MosquittoBroker broker, final String payload) {
        try (RawMqttPeer peer = RawMqttPeer.connect(broker.port(), "writer")) {
            peer.publish("topic", payload, true);
            peer.ping();
            peer.flush();
            assertThat(peer.read().type()).isEqualTo(RawMqttPeer.PINGRESP);
        }
    }

    private static String retained(final MosquittoBroker broker) {
        try (RawMqttPeer peer = RawMqttPeer.connect(broker.port(), "reader")) {
            peer.subscribe(1, "#", 0);
            peer.flush();
            assertThat(peer.read().type()).isEqualTo(RawMqttPeer.SUBACK);
            return peer.read().payload();
        }
    }
}
