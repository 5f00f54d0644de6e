package io.sluicemq.wire;

import java.util.Objects;

/**
 * A failure and its text, as a {@link Mechanism} reports it. Immutable; any thread.
 *
 * @param failure what kind of failure.
 * @param text    {@code name=value, limit=value, what to do}.
 */
public record HandshakeError(HandshakeFailure failure, String text) {
    /**
     * Checks that both are there.
     *
     * @param failure what kind of failure.
     * @param text    {@code name=value, limit=value, what to do}.
     */
    public HandshakeError {
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(text, "text");
    }
}
