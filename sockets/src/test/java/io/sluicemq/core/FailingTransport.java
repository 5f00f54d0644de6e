package io.sluicemq.core;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.Transport;
import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.TransportDriver;

/** Whose driver fails in each turn of its agent. Found as any transport is. */
public final class FailingTransport implements Transport {
    static final String SCHEME = "failing";

    @Override
    public String scheme() {
        return SCHEME;
    }

    @Override
    public TransportDriver open(final TransportContext context) {
        return new Driver();
    }

    private static final class Driver implements TransportDriver {
        @Override
        public BoundEndpoint listen(final Endpoint local, final PipeAcceptor acceptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Dialing dial(final Endpoint remote, final PipeEnd end) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void validate(final Endpoint endpoint) {}

        @Override
        public int poll(final long nowNs) {
            throw new InternalError("thrown by a test");
        }

        @Override
        public void close() {}
    }
}
