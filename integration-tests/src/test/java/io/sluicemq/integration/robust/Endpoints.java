package io.sluicemq.integration.robust;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Fresh endpoints to bind to, one of each transport. */
final class Endpoints {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private Endpoints() {}

    /** For tests with a parameter {@code transport}. */
    static Stream<String> transports() {
        return Stream.of("inproc", "tcp", "ipc");
    }

    /** Those with connections that can break. */
    static Stream<String> networks() {
        return transports().filter(transport -> !"inproc".equals(transport));
    }

    static String fresh(final String transport) {
        return switch (transport) {
            case "inproc" -> "inproc://robust-" + NAMES.incrementAndGet();
            case "tcp" -> "tcp://127.0.0.1:0";
            case "ipc" ->
                "ipc://"
                        + Path.of(
                                System.getProperty("java.io.tmpdir"),
                                "robust-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet());
            default -> throw new IllegalArgumentException("transport=" + transport + ", limit=inproc, tcp, ipc");
        };
    }
}
