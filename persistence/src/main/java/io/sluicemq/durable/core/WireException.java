package io.sluicemq.durable.core;

/** A peer sent what cannot be; the text says name=value, limit=value. It ends that connection and nothing else. */
final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WireException(final String text) {
        // A hostile peer must not make us walk the stack for each message.
        super(text, null, false, false);
    }
}
