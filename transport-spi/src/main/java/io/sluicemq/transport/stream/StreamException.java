package io.sluicemq.transport.stream;

import io.sluicemq.transport.CloseReason;
import java.io.IOException;
import java.util.Objects;

/** A connection came to its end for a reason that its {@link StreamChannel} knows better than that the medium failed. */
public final class StreamException extends IOException {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    /**
     * Gives the reason.
     *
     * @param reason what the socket is told, and goes by when it dials again.
     * @param text for people: names what was seen, the limit and the remedy.
     * @param cause may be null.
     */
    public StreamException(final CloseReason reason, final String text, final Throwable cause) {
        super(text, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * What ended the connection.
     *
     * @return as given.
     */
    public CloseReason reason() {
        return reason;
    }

    static CloseReason reasonOf(final IOException failure, final CloseReason otherwise) {
        return failure instanceof StreamException known ? known.reason() : otherwise;
    }
}
