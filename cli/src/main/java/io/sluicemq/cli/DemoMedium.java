package io.sluicemq.cli;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A transport in the demo.
 *
 * @param name of the transport.
 * @param endpoint to be bound; a {@code %d} in it becomes a fresh number.
 * @param helper where the other side runs.
 */
record DemoMedium(String name, String endpoint, DemoHelper helper) {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    String freshEndpoint() {
        return endpoint.replace("%d", Integer.toString(NUMBERS.incrementAndGet()));
    }
}
