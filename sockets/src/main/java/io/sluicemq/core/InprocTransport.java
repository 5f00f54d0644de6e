package io.sluicemq.core;

import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;

/** {@code inproc://name}: peers in the same context, which read each other's rings. */
final class InprocTransport implements Transport {
    static final String SCHEME = "inproc";

    private final InprocRegistry registry;

    InprocTransport(final InprocRegistry registry) {
        this.registry = registry;
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new InprocDriver(registry, context);
    }
}
