package io.sluicemq.integration.robust;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Fresh endpoints to bind to, one of each transport. */
final class Endpoints {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private Endpoints() {}

    /** For tests with a parameter {@code transport}. */
    static Stream<String> transports() {
        return Stream.of("inproc", "tcp");
    }

    static String fresh(final String transport) {
        return switch (transport) {
            case "inproc" -> "inproc://robust-" + NAMES.incrementAndGet();
            case "tcp" -> "tcp://127.0.0.1:0";
            default -> throw new IllegalArgumentException("transport=" + transport + ", limit=inproc, tcp");
        };
    }
}
