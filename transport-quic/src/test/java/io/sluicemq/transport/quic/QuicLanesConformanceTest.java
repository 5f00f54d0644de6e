package io.sluicemq.transport.quic;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The same with lanes on both sides; in the long tier. */
@EnabledIfSystemProperty(named = "sluicemq.long", matches = "true")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QuicLanesConformanceTest extends QuicConformanceTest {
    @Override
    QuicOptions.Builder options() {
        return QuicOptions.builder().ordering(QuicOptions.Ordering.LANE);
    }
}
