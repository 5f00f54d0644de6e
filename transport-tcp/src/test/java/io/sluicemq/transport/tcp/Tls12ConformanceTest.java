package io.sluicemq.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestAgent;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.testkit.TestPipeEnd;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.SocketType;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.tls.TlsAttributes;
import io.sluicemq.transport.tls.TlsIdentity;
import io.sluicemq.transport.tls.TlsOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same over the older TLS, which has no end of one direction alone. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class Tls12ConformanceTest extends TlsTcpConformanceTest {
    private static final TlsOptions BOTH_SIDES = make();

    @Override
    TlsOptions bothSides() {
        return BOTH_SIDES;
    }

    private static TlsOptions make() {
        final TlsIdentity own = new TestCertificates().server();
        return TlsOptions.builder()
                .identity(own)
                .pinnedFingerprint(own.fingerprint())
                .clientAuthentication(TlsOptions.ClientAuthentication.REQUIRED)
                .protocols("TLSv1.2")
                .build();
    }

    @Test
    void shouldSpeakThatVersion() throws Exception {
        try (TestAgent other = new TestAgent()) {
            other.transportOptions(neededOptions());
            final TransportDriver driver = other.open(transport());
            final TestPipeEnd client = new TestPipeEnd(other, SocketType.PAIR);

            final TransportDriver.BoundEndpoint bound = driver.listen(freshEndpoint(), new PipeAcceptor() {
                @Override
                public PipeEnd accept(final String remoteAddress) {
                    return new TestPipeEnd(other, SocketType.PAIR);
                }

                @Override
                public <T extends TransportOptions> T transportOptions(final Class<T> type, final T defaults) {
                    return type == TlsOptions.class ? type.cast(BOTH_SIDES) : defaults;
                }
            });
            driver.dial(bound.endpoint(), client);
            other.await("open", client::isOpen);

            assertThat(client.peer().attributes()).containsEntry(TlsAttributes.PROTOCOL, "TLSv1.2");
        }
    }
}
