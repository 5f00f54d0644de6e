package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestCertificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ResetTokensTest {
    private static final byte[] SECRET = {1, 2, 3};
    private static final long ID = 42;

    private static InetSocketAddress at(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static byte[] token(final byte[] secret, final int port, final long id) {
        return new ResetTokens(secret, at(port)).tokenOf(id);
    }

    @Test
    void shouldBeTheSameForWhoIsStartedAgain() {
        final byte[] token = token(SECRET, 1, ID);

        assertThat(token(SECRET, 1, ID)).isEqualTo(token).hasSize(ResetTokens.BYTES);
        final ByteBuffer id = ByteBuffer.allocate(Long.BYTES).putLong(0, ID);
        assertThat(new ResetTokens(SECRET, at(1)).newResetToken(id)).isEqualTo(ByteBuffer.wrap(token));
    }

    @Test
    void shouldDifferByConnectionPortAndSecret() {
        final byte[] token = token(SECRET, 1, ID);

        assertThat(token(SECRET, 1, ID + 1)).isNotEqualTo(token);
        assertThat(token(SECRET, 2, ID)).isNotEqualTo(token);
        assertThat(token(new byte[] {1, 2, 4}, 1, ID)).isNotEqualTo(token);
    }

    @Test
    void shouldDifferByMachineAtTheWildcardAddress() {
        final InetSocketAddress wildcard = new InetSocketAddress(1);
        final byte[] token = new ResetTokens(SECRET, wildcard).tokenOf(ID);

        assertThat(new ResetTokens(SECRET, wildcard).tokenOf(ID)).isEqualTo(token);
        assertThat(new ResetTokens(SECRET, wildcard, "another machine").tokenOf(ID))
                .isNotEqualTo(token);
    }

    @Test
    void shouldFollowFromThePrivateKey() throws Exception {
        final var options = TestCertificates.bothSides();
        final var others = TestCertificates.bothSides();

        final byte[] secret = ResetTokens.secretOf(options.managers(0).key());

        assertThat(ResetTokens.secretOf(options.managers(1).key())).isEqualTo(secret);
        assertThat(ResetTokens.secretOf(others.managers(0).key())).isNotEqualTo(secret);
    }
}
