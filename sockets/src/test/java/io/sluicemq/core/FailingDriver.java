package io.sluicemq.core;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportDriver;
import java.lang.reflect.Field;
import java.util.List;

/** Fails in each turn of its agent. */
final class FailingDriver implements TransportDriver {
    /** Puts one in, by the field, as there is no transport for it. Agent. */
    @SuppressWarnings("unchecked")
    static boolean addTo(final Drivers drivers) throws ReflectiveOperationException {
        final Field all = Drivers.class.getDeclaredField("all");
        all.setAccessible(true);
        return ((List<TransportDriver>) all.get(drivers)).add(new FailingDriver());
    }

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
