package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ZmtpCommandsTest {
    private final UnsafeBuffer target = new UnsafeBuffer(new byte[1024]);
    private final UnsafeBuffer argument = new UnsafeBuffer(Bytes.of("-A0123456789abcdefghij"));
    private final CommandReader reader = new CommandReader();

    @Test
    void shouldWriteSubscribeCommand() {
        final int length = ZmtpCommands.putSubscribe(target, 5, argument, 1, 1);

        assertThat(Bytes.copyOf(target, 5, length))
                .isEqualTo(Bytes.of(
                        0x04, // flags: COMMAND       RFC 37, "Subscribe"; golden bytes of libzmq
                        0x0B, // size
                        0x09, // name length
                        "SUBSCRIBE",
                        "A")); // prefix
    }

    @Test
    void shouldWriteCancelCommand() {
        final int length = ZmtpCommands.putCancel(target, 5, argument, 1, 1);

        assertThat(Bytes.copyOf(target, 5, length)).isEqualTo(Bytes.of(0x04, 0x08, 0x06, "CANCEL", "A"));
    }

    @Test
    void shouldWriteSubscriptionMessagesForOlderPeers() {
        final int subscribe = ZmtpCommands.putSubscribeMessage(target, 0, argument, 1, 1);
        final int cancel = ZmtpCommands.putCancelMessage(target, subscribe, argument, 1, 1);

        assertThat(Bytes.copyOf(target, 0, subscribe + cancel))
                .isEqualTo(Bytes.of(
                        Bytes.of(0x00, 0x02, 0x01, "A"), // RFC 23 and 29; golden bytes of libzmq
                        Bytes.of(0x00, 0x02, 0x00, "A")));
    }

    @Test
    void shouldWriteLongSubscription() {
        final UnsafeBuffer prefix = new UnsafeBuffer(Bytes.zeros(300));

        final int length = ZmtpCommands.putSubscribe(target, 0, prefix, 0, 300);

        assertThat(Bytes.copyOf(target, 0, length))
                .isEqualTo(Bytes.longFrame(0x04, Bytes.of(0x09, "SUBSCRIBE", Bytes.zeros(300))));
        assertThat(length).isLessThanOrEqualTo(ZmtpCommands.maxSubscriptionLength(300));
    }

    @Test
    void shouldWritePingWithTtlAndContext() {
        final int bare = ZmtpCommands.putPing(target, 0, 0, null, 0, 0);
        final int full = ZmtpCommands.putPing(target, bare, 0x0102, argument, 1, 16);

        assertThat(Bytes.copyOf(target, 0, bare + full))
                .isEqualTo(Bytes.of(
                        Bytes.of(0x04, 0x07, 0x04, "PING", 0x00, 0x00), // RFC 37, "Heartbeats": TTL, no context
                        Bytes.of(0x04, 0x17, 0x04, "PING", 0x01, 0x02, "A0123456789abcde")));
        assertThat(full).isEqualTo(ZmtpCommands.MAX_PING_LENGTH);
    }

    @Test
    void shouldRefuseImpossiblePing() {
        assertThatThrownBy(() -> ZmtpCommands.putPing(target, 0, 65_536, null, 0, 0))
                .hasMessageContaining("ttlDeciseconds=65536, limit=65535");
        assertThatThrownBy(() -> ZmtpCommands.putPing(target, 0, 0, argument, 0, 17))
                .hasMessageContaining("contextLength=17, limit=16");
    }

    @Test
    void shouldAnswerPingWithItsContext() {
        final UnsafeBuffer ping = new UnsafeBuffer(Bytes.of(4, "PING", 0, 0, "LOL")); // golden bytes of libzmq
        final CommandReader.Kind kind = reader.read(ping, 0, ping.capacity());

        final int length = ZmtpCommands.putPong(target, 0, ping, reader.argumentOffset(), reader.argumentLength());

        assertThat(kind).isEqualTo(CommandReader.Kind.PING);
        assertThat(Bytes.copyOf(target, 0, length)).isEqualTo(Bytes.of(0x04, 0x08, 0x04, "PONG", "LOL"));
    }

    @Test
    void shouldCutContextOfPingTo16Bytes() {
        final UnsafeBuffer ping = new UnsafeBuffer(Bytes.of(4, "PING", 0, 9, "0123456789abcdefX"));

        reader.read(ping, 0, ping.capacity());

        assertThat(reader.ttlDeciseconds()).isEqualTo(9);
        assertThat(reader.argumentOffset()).isEqualTo(7);
        assertThat(reader.argumentLength()).isEqualTo(16);
        assertThat(ZmtpCommands.putPong(target, 0, ping, 7, 17)).isEqualTo(2 + 5 + 16);
    }

    @Test
    void shouldReadTtlAsUnsigned() {
        final UnsafeBuffer ping = new UnsafeBuffer(Bytes.of(4, "PING", 0xFF, 0xFF));

        reader.read(ping, 0, ping.capacity());

        assertThat(reader.ttlDeciseconds()).isEqualTo(65_535);
    }

    @Test
    void shouldWriteAndReadError() {
        final int length = ZmtpCommands.putError(target, 0, "no\n\u00e4" + "x".repeat(300));

        assertThat(Bytes.copyOf(target, 0, length))
                .isEqualTo(Bytes.longFrame(
                        0x04, Bytes.of(5, "ERROR", 255, "no??" + "x".repeat(251)))); // RFC 37, "Error Handling"
        assertThat(length).isEqualTo(ZmtpCommands.MAX_ERROR_LENGTH);
        assertThat(reader.read(target, 9, length - 9)).isEqualTo(CommandReader.Kind.ERROR);
        assertThat(reader.reason(target)).isEqualTo("no??" + "x".repeat(251));
    }

    @Test
    void shouldTellCommandsApart() {
        assertThat(kindOf(Bytes.of(9, "SUBSCRIBE"))).isEqualTo(CommandReader.Kind.SUBSCRIBE);
        assertThat(kindOf(Bytes.of(6, "CANCEL", "abc"))).isEqualTo(CommandReader.Kind.CANCEL);
        assertThat(kindOf(Bytes.of(4, "PONG"))).isEqualTo(CommandReader.Kind.PONG);
        assertThat(kindOf(Bytes.of(5, "READY"))).isEqualTo(CommandReader.Kind.READY);
        assertThat(kindOf(Bytes.of(5, "ERROR", 0))).isEqualTo(CommandReader.Kind.ERROR);
        assertThat(kindOf(Bytes.of(4, "ping", 0, 0))).isEqualTo(CommandReader.Kind.UNKNOWN);
        assertThat(kindOf(Bytes.of(4, "JOIN", "group"))).isEqualTo(CommandReader.Kind.UNKNOWN);
    }

    @Test
    void shouldFindMalformedCommands() {
        assertThat(kindOf(Bytes.of())).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(0, "x"))).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(5, "PING"))).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(255, "PING"))).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(4, "PING"))).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(4, "PING", 0))).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(5, "ERROR"))).isEqualTo(CommandReader.Kind.MALFORMED);
        assertThat(kindOf(Bytes.of(5, "ERROR", 4, "abc"))).isEqualTo(CommandReader.Kind.MALFORMED);
    }

    @Test
    void shouldReadSubscriptionMessages() {
        assertThat(messageKindOf(Bytes.of(1, "abc"))).isEqualTo(CommandReader.Kind.SUBSCRIBE);
        assertThat(reader.argumentOffset()).isEqualTo(1);
        assertThat(reader.argumentLength()).isEqualTo(3);
        assertThat(messageKindOf(Bytes.of(0))).isEqualTo(CommandReader.Kind.CANCEL);
        assertThat(reader.argumentLength()).isZero();
        assertThat(messageKindOf(Bytes.of(2, "abc"))).isEqualTo(CommandReader.Kind.UNKNOWN);
        assertThat(messageKindOf(Bytes.of())).isEqualTo(CommandReader.Kind.UNKNOWN);
    }

    @Test
    void shouldWriteReady() {
        final int length = ZmtpCommands.putReady(target, 0, "meta".getBytes(StandardCharsets.US_ASCII));

        assertThat(Bytes.copyOf(target, 0, length)).isEqualTo(Bytes.of(0x04, 0x0A, 0x05, "READY", "meta"));
    }

    private CommandReader.Kind kindOf(final byte[] body) {
        return reader.read(new UnsafeBuffer(body), 0, body.length);
    }

    private CommandReader.Kind messageKindOf(final byte[] body) {
        return reader.readSubscriptionMessage(new UnsafeBuffer(body), 0, body.length);
    }

    @Test
    void shouldWriteAndReadOurOwnCommands() {
        final int begin = ZmtpCommands.putBegin(target, 0, 0x0102030405060708L);
        final int received = ZmtpCommands.putReceived(target, begin, 5, 300, true);
        final int end = ZmtpCommands.putEnd(target, begin + received);

        assertThat(Bytes.copyOf(target, 0, begin))
                .isEqualTo(Bytes.of(
                        0x04, // flags: COMMAND
                        0x10, // size
                        0x07, // name length
                        "X-BEGIN",
                        Bytes.of(1, 2, 3, 4, 5, 6, 7, 8))); // number
        assertThat(Bytes.copyOf(target, begin, received))
                .isEqualTo(Bytes.of(
                        Bytes.of(0x04, 0x1C, 0x0A, "X-RECEIVED"),
                        Bytes.of(0, 0, 0, 0, 0, 0, 0, 5), // number
                        Bytes.of(0, 0, 0, 0, 0, 0, 1, 44), // count
                        Bytes.of(1))); // last
        assertThat(Bytes.copyOf(target, begin + received, end)).isEqualTo(Bytes.of(0x04, 0x06, 0x05, "X-END"));
        assertThat(received).isEqualTo(ZmtpCommands.MAX_OWN_LENGTH);
        assertThat(reader.read(target, 2, begin - 2)).isEqualTo(CommandReader.Kind.BEGIN);
        assertThat(reader.number()).isEqualTo(0x0102030405060708L);
        assertThat(reader.read(target, begin + 2, received - 2)).isEqualTo(CommandReader.Kind.RECEIVED);
        assertThat(reader.number()).isEqualTo(5);
        assertThat(reader.count()).isEqualTo(300);
        assertThat(reader.isLast()).isTrue();
        assertThat(reader.read(target, begin + received + 2, end - 2)).isEqualTo(CommandReader.Kind.END);
    }

    @Test
    void shouldRejectOurOwnCommandsThatAreCutShort() {
        final int begin = ZmtpCommands.putBegin(target, 0, 1);
        final int received = ZmtpCommands.putReceived(target, begin, 1, 1, false);

        for (int cut = 1; cut <= Long.BYTES; cut++) {
            assertThat(reader.read(target, 2, begin - 2 - cut)).isEqualTo(CommandReader.Kind.MALFORMED);
            assertThat(reader.read(target, begin + 2, received - 2 - cut)).isEqualTo(CommandReader.Kind.MALFORMED);
        }
    }
}
