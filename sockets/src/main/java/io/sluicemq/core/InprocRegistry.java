package io.sluicemq.core;

import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import java.net.BindException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** The names of a context: who is bound to them, and who came before. Any I/O agent of the context. */
final class InprocRegistry {
    private final Map<String, Bound> bound = new HashMap<>();
    private final List<InprocDialing> waiting = new ArrayList<>();

    /** Binds a name, and returns those who wait for it. */
    synchronized List<InprocDialing> bind(final Endpoint local, final Bound listener) throws BindException {
        if (bound.putIfAbsent(local.address(), listener) != null) {
            throw new BindException("endpoint=" + local + ", limit=one socket bound to a name, unbind it first");
        }
        final List<InprocDialing> matched = new ArrayList<>();
        for (final Iterator<InprocDialing> each = waiting.iterator(); each.hasNext(); ) {
            final InprocDialing candidate = each.next();
            if (candidate.name().equals(local.address())) {
                matched.add(candidate);
                each.remove();
            }
        }
        return matched;
    }

    synchronized void unbind(final String name, final Bound listener) {
        bound.remove(name, listener);
    }

    /** Finds who is bound to a name; if nobody, the connect waits and the result is null. */
    synchronized Bound findOrWait(final InprocDialing dialing) {
        final Bound listener = bound.get(dialing.name());
        if (listener == null) {
            waiting.add(dialing);
        }
        return listener;
    }

    /** Takes back a connect that still waits; false if it was matched. */
    synchronized boolean giveUp(final InprocDialing dialing) {
        return waiting.remove(dialing);
    }

    /** A bound socket and where its I/O agent takes tasks. */
    record Bound(PipeAcceptor acceptor, Executor agent) {}
}
