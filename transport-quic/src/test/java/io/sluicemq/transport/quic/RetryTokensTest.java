package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
final class RetryTokensTest {
    private static final InetSocketAddress HERE = address(1, 4_000);
    private static final ByteBuf ID = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    private static final long NOW_NS = -5;

    private final RetryTokens tokens = new RetryTokens();

    private static InetSocketAddress address(final int last, final int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last}), port);
        } catch (final UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ByteBuf token() {
        final ByteBuf token = Unpooled.buffer();
        tokens.mint(token, ID, HERE, NOW_NS);
        return token;
    }

    @Test
    void shouldFindTheConnectionIdInItsOwnToken() {
        final ByteBuf token = token();

        final int at = tokens.connectionIdAt(token, HERE, NOW_NS + RetryTokens.VALID_NS);

        assertThat(token.readableBytes()).isLessThanOrEqualTo(RetryTokens.MAX_BYTES);
        assertThat(token.slice(at, token.readableBytes() - at)).isEqualTo(ID);
    }

    @Test
    void shouldRefuseATokenThatIsOld() {
        assertThat(tokens.connectionIdAt(token(), HERE, NOW_NS + RetryTokens.VALID_NS + 1))
                .isEqualTo(-1);
        assertThat(tokens.connectionIdAt(token(), HERE, NOW_NS - 1)).isEqualTo(-1);
    }

    @Test
    void shouldRefuseATokenOfAnotherAddress() {
        assertThat(tokens.connectionIdAt(token(), address(1, 4_001), NOW_NS)).isEqualTo(-1);
        assertThat(tokens.connectionIdAt(token(), address(2, 4_000), NOW_NS)).isEqualTo(-1);
    }

    @Test
    void shouldRefuseATokenOfAnotherProcess() {
        assertThat(new RetryTokens().connectionIdAt(token(), HERE, NOW_NS)).isEqualTo(-1);
    }

    @Test
    void shouldRefuseATokenWithAnyByteChangedOrMissing() {
        final ByteBuf token = token();
        for (int i = 0; i < token.readableBytes(); i++) {
            final ByteBuf changed = token.copy();
            changed.setByte(i, changed.getByte(i) ^ 1);

            assertThat(tokens.connectionIdAt(changed, HERE, NOW_NS))
                    .as("byte %d", i)
                    .isEqualTo(-1);
            assertThat(tokens.connectionIdAt(token.slice(0, i), HERE, NOW_NS))
                    .as("first %d bytes", i)
                    .isEqualTo(-1);
        }
        assertThat(tokens.connectionIdAt(Unpooled.wrappedBuffer(new byte[500]), HERE, NOW_NS))
                .isEqualTo(-1);
    }
}
