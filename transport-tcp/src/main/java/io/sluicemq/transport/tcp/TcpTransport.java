package io.sluicemq.transport.tcp;

import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;

/** ZMTP over TCP, {@code tcp://host:port}. Found by {@link java.util.ServiceLoader}; options are {@link TcpOptions}. */
public final class TcpTransport implements Transport {
    static final String SCHEME = "tcp";

    /** Made by the service loader. */
    public TcpTransport() {
        // Holds nothing.
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new TcpDriver(context, SCHEME, null);
    }
}
