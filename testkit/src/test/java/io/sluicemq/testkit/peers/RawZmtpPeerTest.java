package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(LeakCheckExtension.class)
class RawZmtpPeerTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void shouldTalkZmtpAsClient() {
        try (JeroMqPeer jeromq = JeroMqPeer.start();
                PeerSocket pull = jeromq.open(PeerSocketType.PULL);
                RawZmtpPeer raw = RawZmtpPeer.connect(pull.bind("tcp://127.0.0.1:*"))) {

            final ZmtpBytes.Frame ready = raw.handshake("PUSH");
            raw.sendByteByByte(ZmtpBytes.frame(0, "slowly".getBytes(StandardCharsets.US_ASCII)));

            assertThat(ready.commandName()).isEqualTo("READY");
            assertThat(pull.receiveText(LIMIT)).containsExactly("slowly");
        }
    }

    @Test
    void shouldTalkZmtpAsServer() {
        PeerAssumptions.requireLibzmq();
        try (LibzmqPeer libzmq = LibzmqPeer.start();
                PeerSocket push = libzmq.open(PeerSocketType.PUSH);
                RawZmtpListener listener = RawZmtpListener.open(4_096)) {
            push.connect(listener.endpoint());

            try (RawZmtpPeer raw = listener.accept(LIMIT)) {
                raw.handshake("PULL");
                push.sendText(LIMIT, "first", "last");

                raw.expectHex("01 05 66 69 72 73 74  00 04 6c 61 73 74");
                raw.expectSilence(SHORT);
            }
        }
    }

    @Test
    void shouldSeeThatWrongGreetingEndsConnection() {
        try (JeroMqPeer jeromq = JeroMqPeer.start();
                PeerSocket pull = jeromq.open(PeerSocketType.PULL);
                RawZmtpPeer raw = RawZmtpPeer.connect(pull.bind("tcp://127.0.0.1:*"))) {
            final byte[] greeting = ZmtpBytes.greeting(1);
            greeting[12] = 'X';

            raw.send(greeting);

            raw.expectClosed(LIMIT);
        }
    }

    @Test
    void shouldTellSilenceFromEndAndFromWrongBytes() {
        try (RawZmtpListener listener = RawZmtpListener.open();
                RawZmtpPeer client = RawZmtpPeer.connect(listener.endpoint(), 4_096);
                RawZmtpPeer server = listener.accept(LIMIT)) {
            server.expectSilence(SHORT);

            client.sendHex("00 01");
            assertThatThrownBy(() -> server.expectHex("00 02"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("received=[00 01]");

            client.send(ZmtpBytes.longHead(0, -1));
            assertThat(server.receive(9)).isEqualTo(ZmtpBytes.hex("02 ff ff ff ff ff ff ff ff"));

            assertThatThrownBy(() -> client.expectClosed(SHORT)).isInstanceOf(AssertionError.class);
            client.shutdownOutput();
            server.expectClosed(LIMIT);
            server.reset();
            client.expectClosed(LIMIT);
        }
    }

    @Test
    void shouldReadLongFrames() {
        try (RawZmtpListener listener = RawZmtpListener.open();
                RawZmtpPeer client = RawZmtpPeer.connect(listener.endpoint());
                RawZmtpPeer server = listener.accept(LIMIT)) {
            final byte[] body = BulkPattern.frame(7, 300);

            client.send(ZmtpBytes.frame(1, body));

            assertThat(server.receiveFrame()).isEqualTo(new ZmtpBytes.Frame(3, body));
        }
    }
}
