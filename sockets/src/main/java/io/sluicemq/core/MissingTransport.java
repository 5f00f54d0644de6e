package io.sluicemq.core;

import java.util.Set;
import java.util.TreeSet;

/** What a user is told whose endpoint names a transport that is not there. The names of artifacts are all that is known of them. */
final class MissingTransport {
    private MissingTransport() {}

    static IllegalArgumentException of(final String scheme, final Set<String> found) {
        final String artifact = artifactOf(scheme);
        return new IllegalArgumentException("scheme=" + scheme + ", limit=" + new TreeSet<>(found)
                + (artifact == null
                        ? ", use one of these, or add the artifact of the transport you mean to the class path"
                        : ", add the artifact io.sluicemq:" + artifact + " to the class path or module path"));
    }

    private static String artifactOf(final String scheme) {
        return switch (scheme) {
            case "tcp", "tls+tcp" -> "sluicemq-transport-tcp";
            case "ipc", "shm" -> "sluicemq-transport-ipc";
            default -> null;
        };
    }
}
