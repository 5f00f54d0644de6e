package io.sluicemq.transport.quic;

import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;

/**
 * Messages over QUIC, {@code quic://host:port}. Found by {@link java.util.ServiceLoader}; options are {@link QuicOptions} and {@link
 * io.sluicemq.transport.tls.TlsOptions}.
 */
public final class QuicTransport implements Transport {
    static final String SCHEME = "quic";

    /** Made by the service loader. */
    public QuicTransport() {
        // Holds nothing.
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new QuicDriver(context);
    }
}
