package io.sluicemq.core;

import io.sluicemq.testkit.TransportConformanceTest;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.Transport;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class InprocConformanceTest extends TransportConformanceTest {
    private final InprocRegistry registry = new InprocRegistry();
    private int names;

    @Override
    protected Transport transport() {
        return new InprocTransport(registry);
    }

    @Override
    protected Endpoint freshEndpoint() {
        return Endpoint.parse("inproc://name-" + names++);
    }

    @Override
    protected Endpoint deadEndpoint() {
        return null;
    }

    @Override
    protected List<String> malformedAddresses() {
        return List.of("x".repeat(257));
    }

    @Override
    protected boolean hasCarrier() {
        return false;
    }
}
