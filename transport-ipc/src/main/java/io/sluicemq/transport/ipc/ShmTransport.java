package io.sluicemq.transport.ipc;

import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;

/**
 * Messages through memory that two processes of a machine share, {@code shm://name} or {@code shm:///path}. Found by {@link
 * java.util.ServiceLoader}; options are {@link ShmOptions}.
 */
public final class ShmTransport implements Transport {
    static final String SCHEME = "shm";

    /** Made by the service loader. */
    public ShmTransport() {
        // Holds nothing.
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new ShmDriver(context);
    }
}
