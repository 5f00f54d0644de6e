package io.sluicemq.transport.tcp;

import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.tls.TlsLayer;

/**
 * ZMTP over TLS over TCP, {@code tls+tcp://host:port}. Found by {@link java.util.ServiceLoader}; options are {@link TcpOptions}
 * and {@link io.sluicemq.transport.tls.TlsOptions}.
 */
public final class TlsTcpTransport implements Transport {
    private static final String SCHEME = "tls+tcp";

    /** Made by the service loader. */
    public TlsTcpTransport() {
        // Holds nothing.
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new TcpDriver(context, SCHEME, new TlsLayer(context));
    }
}
